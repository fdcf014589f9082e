"""Events and responses of the manager interface → facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from harness.judge.normalise.catalogue import CALL_ENDS, Kind, answer_kind, in_layer, kind_of
from harness.judge.normalise.facts import Fact, Facts, fact
from harness.judge.normalise.packets import Layout, Plan, layout_of, plan_of, values_of
from harness.judge.normalise.reader import Reader
from harness.judge.normalise.variables import Variables
from harness.model import AmiPacket, Headers, Step

__all__ = ["AmiReader"]

_HARNESS_CONTEXT, _HARNESS_VARIABLE = "harness-", "HARNESS_"
_NAMELESS = ("", "<unknown>")
_OUTGOING = ("AppDial", "AppDial2", "AppQueue")
_APPLICATION_EVENTS = ("APP_", "STREAM_")
_DIALS = ("DialBegin", "DialState", "DialEnd")
_SPOT = ("Context", "Extension", "Priority")
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

    def read(self, number: int, seen: AmiPacket, event: str) -> Facts:
        """The fact that an event or a response amounts to, if any."""
        if self._asked and (asked := self._asked.get(seen.get("ActionID"))):
            return self._answer(number, seen, event, *asked)
        kind = kind_of(event) if event else answer_kind("")
        if kind is None:
            return ()
        headers = seen.headers
        layout = layout_of(headers)
        if _is_harness(event, headers, layout):
            return ()
        subject = self._subject(kind, headers, layout)
        if event == "VarSet":
            return self._variable(number, headers, layout, subject, kind)
        if event == "Newexten":
            context, extension, priority = (layout.value(headers, name) for name in _SPOT)
            self.whereabouts.move(subject, layout.value(headers, "Linkedid"), (context, extension, priority))
        elif event == "Newchannel":
            self.whereabouts.join(subject, layout.value(headers, "Linkedid"))
        elif event == "DialBegin":
            self.whereabouts.dial(subject, layout.value(headers, "DestUniqueid"))
        elif event == "NewConnectedLine" and _shows_what_was_dialled(headers, layout):
            kind = in_layer(kind, "path")
        plan = plan_of(_label(event, headers, layout), event, kind, layout)
        return ((self._fact(number, headers, subject, kind.stream, kind, plan), kind.bag),)

    def _answer(self, number: int, seen: AmiPacket, event: str, action: str, count: int) -> Facts:
        """What answers an action. What it lists (channels, members of a queue) is in no order."""
        if event and self.masks.is_own(seen.get("Uniqueid")):
            return ()
        kind, stream = answer_kind(event), f"list {count} of {action}" if event else f"answer to {action}"
        plan = plan_of(f"{event or 'Response'} to {action}", event, kind, layout_of(seen.headers))
        return ((self._fact(number, seen.headers, "", stream, kind, plan), bool(event)),)

    def _variable(self, number: int, headers: Headers, layout: Layout, subject: str, kind: Kind) -> Facts:
        name = layout.value(headers, "Variable")
        found = self._variables.take(subject, name, layout.value(headers, "Value"))
        if found is None:
            return ()
        variable, layer = found
        if variable != name:
            headers = tuple([(n, variable if n == "Variable" else v) for n, v in headers])
        kind = in_layer(kind, layer)
        plan = plan_of(f"VarSet {variable}", "VarSet", kind, layout)
        return ((self._fact(number, headers, subject, f"variable {variable}", kind, plan), kind.bag),)

    def _subject(self, kind: Kind, headers: Headers, layout: Layout) -> str:
        value = layout.value
        if kind.stream == "cel" and value(headers, "EventName") == CALL_ENDS:
            return ""
        token = value(headers, kind.subject) or value(headers, "Uniqueid")
        if (known := self.masks.aliases.names.get(token)) is not None:
            return known
        return self.masks.aliases.name(value(headers, "Channel") or token)

    def _fact(self, number: int, headers: Headers, subject: str, stream: str, kind: Kind, plan: Plan) -> Fact:
        fields = values_of(headers, plan, self.masks)
        at = self.whereabouts.standing(subject)
        if at is None:
            at = self.whereabouts.of(subject, *self._others(headers, plan.layout))
        label, surface, layer, names = plan.label, kind.surface, kind.layer, plan.names_of(fields)
        if plan.columns:
            return fact(subject, stream, label, fields, surface, layer, seen=number, names=names, at=at)
        runner, spot = at
        return Fact(subject, stream, label, fields, surface, layer, names, (), spot, runner, number)

    def _others(self, headers: Headers, layout: Layout) -> Iterator[str]:
        """The channels that a packet names beside its subject."""
        name = self.masks.aliases.name
        return (name(headers[layout.places[header]][1]) for header in _WHOSE if header in layout.places)


def _shows_what_was_dialled(headers: Headers, layout: Layout) -> bool:
    """Whether a phone is told of nothing but the number that it has dialled, which it shows already."""
    is_dialled = layout.value(headers, "ConnectedLineNum") == layout.value(headers, "Exten")
    return is_dialled and layout.value(headers, "ConnectedLineName") in _NAMELESS


def _is_harness(event: str, headers: Headers, layout: Layout) -> bool:
    """The harness's own legs and its own originate are not the site's behaviour."""
    if layout.value(headers, "Context").startswith(_HARNESS_CONTEXT):
        ours = layout.value(headers, "EventName").startswith(_APPLICATION_EVENTS)
        return event in ("Newexten", "VarSet") or (event == "CEL" and ours)
    if event == "VarSet":
        return layout.value(headers, "Variable").startswith(_HARNESS_VARIABLE)
    if event == "Newexten":
        return layout.value(headers, "Application") in _OUTGOING
    return event in _DIALS and "Uniqueid" not in layout.places


def _label(event: str, headers: Headers, layout: Layout) -> str:
    """Name of the event, with a header that says more than its name."""
    if event == "UserEvent":
        return f"UserEvent {layout.value(headers, 'UserEvent')}"
    if event == "CEL":
        return f"CEL {layout.value(headers, 'EventName')}"
    return event or "Response"
