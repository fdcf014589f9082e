"""Events and responses of the manager interface → facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from harness.judge.normalise.catalogue import Kind, answer_kind, in_layer, kind_of
from harness.judge.normalise.facts import Fact, Facts, fact
from harness.judge.normalise.packets import plan_of, values_of
from harness.judge.normalise.reader import Reader
from harness.judge.normalise.variables import Variables
from harness.model import AmiPacket, Attributes, Step

__all__ = ["AmiReader"]

_HARNESS_CONTEXT, _HARNESS_VARIABLE = "harness-", "HARNESS_"
_NAMELESS = ("", "<unknown>")
_OUTGOING = ("AppDial", "AppDial2", "AppQueue")
_APPLICATION_EVENTS = ("APP_", "STREAM_")
_DIALS = ("DialBegin", "DialState", "DialEnd")
# Sent for the call as a whole, with the snapshot of whichever channel happened to end last.
_CALL_ENDS = "LINKEDID_END"
_WHOSE = ("Uniqueid", "Channel", "Linkedid", "LinkedID")


@dataclass(slots=True)
class AmiReader(Reader):
    """Reads events, responses, and what was asked for."""

    _variables: Variables = field(default_factory=Variables)
    _asked: dict[str, tuple[str, int]] = field(default_factory=dict)
    _counts: Counter[str] = field(default_factory=Counter)

    def ask(self, step: Step) -> None:
        """Remember an action that the scenario sends: its responses and events are read as answers to it."""
        details = dict(step.details)
        if name := details.get("Action"):
            self._counts[name] += 1
            self._asked[details.get("ActionID", "")] = name, self._counts[name]

    def read(self, number: int, seen: AmiPacket) -> Facts:
        """The fact that an event or a response amounts to, if any."""
        event = seen.event
        if self._asked and (asked := self._asked.get(seen.get("ActionID"))):
            return self._answer(number, seen, *asked)
        kind = kind_of(event) if event else answer_kind("")
        if kind is None or _is_harness(event, values := seen.values):
            return ()
        subject = self._subject(kind, values)
        if event == "VarSet":
            return self._variable(number, seen, subject, kind)
        if event == "Newexten":
            self.whereabouts.move(subject, seen)
        elif event == "Newchannel":
            self.whereabouts.join(subject, seen)
        elif event == "DialBegin":
            self.whereabouts.dial(subject, seen)
        elif event == "NewConnectedLine" and _shows_what_was_dialled(seen):
            kind = in_layer(kind, "path")
        return ((self._fact(number, seen, subject, _label(event, values), kind.stream, kind), kind.bag),)

    def _answer(self, number: int, seen: AmiPacket, action: str, count: int) -> Facts:
        """What answers an action. What it lists (channels, members of a queue) is in no order."""
        event = seen.event
        if event and self.masks.is_own(seen.get("Uniqueid")):
            return ()
        label = f"{event or 'Response'} to {action}"
        stream = f"list {count} of {action}" if event else f"answer to {action}"
        return ((self._fact(number, seen, "", label, stream, answer_kind(event)), bool(event)),)

    def _variable(self, number: int, seen: AmiPacket, subject: str, kind: Kind) -> Facts:
        name = seen.values.get("Variable", "")
        found = self._variables.take(subject, name, seen.values.get("Value", ""))
        if found is None:
            return ()
        variable, layer = found
        label, stream = f"VarSet {variable}", f"variable {variable}"
        if variable != name:
            seen = AmiPacket(seen.at, tuple((n, variable if n == "Variable" else v) for n, v in seen.headers))
        return ((self._fact(number, seen, subject, label, stream, in_layer(kind, layer)), kind.bag),)

    def _subject(self, kind: Kind, values: Attributes) -> str:
        if values.get("EventName") == _CALL_ENDS:
            return ""
        token = values.get(kind.subject) or values.get("Uniqueid", "")
        if (known := self.masks.aliases.names.get(token)) is not None:
            return known
        return self.masks.aliases.name(values.get("Channel") or token)

    def _fact(self, number: int, seen: AmiPacket, subject: str, label: str, stream: str, kind: Kind) -> Fact:
        plan = plan_of(label, seen.event, kind, seen.headers)
        pairs = tuple(values_of(seen, plan, self.masks))
        at = self.whereabouts.standing(subject) or self.whereabouts.of(subject, *self._others(seen.values))
        names = plan.names_of(pairs)
        if plan.texts is None:
            return fact(subject, stream, label, pairs, kind.surface, kind.layer, seen=number, names=names, at=at)
        runner, spot = at
        return Fact(subject, stream, label, pairs, kind.surface, kind.layer, names, (), spot, runner, number)

    def _others(self, values: Attributes) -> Iterator[str]:
        """The channels that a packet names beside its subject."""
        name = self.masks.aliases.name
        return (name(values[header]) for header in _WHOSE if header in values)


def _shows_what_was_dialled(seen: AmiPacket) -> bool:
    """Whether a phone is told of nothing but the number that it has dialled, which it shows already."""
    return seen.get("ConnectedLineNum") == seen.get("Exten") and seen.get("ConnectedLineName") in _NAMELESS


def _is_harness(event: str, values: Attributes) -> bool:
    """The harness's own legs and its own originate are not the site's behaviour."""
    if values.get("Context", "").startswith(_HARNESS_CONTEXT):
        ours = values.get("EventName", "").startswith(_APPLICATION_EVENTS)
        return event in ("Newexten", "VarSet") or (event == "CEL" and ours)
    if event == "VarSet":
        return values.get("Variable", "").startswith(_HARNESS_VARIABLE)
    if event == "Newexten":
        return values.get("Application") in _OUTGOING
    return event in _DIALS and "Uniqueid" not in values


def _label(event: str, values: Attributes) -> str:
    """Name of the event, with a header that says more than its name."""
    if event == "UserEvent":
        return f"UserEvent {values.get('UserEvent', '')}"
    if event == "CEL":
        return f"CEL {values.get('EventName', '')}"
    return event or "Response"
