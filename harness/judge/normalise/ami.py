"""Events and responses of the manager interface → facts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import itemgetter
from urllib.parse import unquote

from harness.judge.normalise.aliases import Aliases
from harness.judge.normalise.catalogue import (
    DURATIONS,
    SNAPSHOT,
    Kind,
    Layer,
    kind_of,
    never_compared,
    variable_layer,
)
from harness.judge.normalise.facts import Fact, Whereabouts
from harness.model import Headers, Observation, Seconds, Value

__all__ = ["AmiReader", "seconds_of"]

_HARNESS_CONTEXT, _HARNESS_VARIABLE = "harness-", "HARNESS_"
_OUTGOING = ("AppDial", "AppDial2", "AppQueue")
_APPLICATION_EVENTS = ("APP_", "STREAM_")
_NAME = itemgetter(0)
# Sent for the call as a whole, with the snapshot of whichever channel happened to end last.
_CALL_ENDS = "LINKEDID_END"


class AmiReader:
    """Reads events, responses, and what was asked for."""

    __slots__ = ("_aliases", "_asked", "_whereabouts")

    def __init__(self, aliases: Aliases, whereabouts: Whereabouts) -> None:
        self._aliases = aliases
        self._whereabouts = whereabouts
        self._asked: dict[str, str] = {}

    def ask(self, observation: Observation) -> None:
        """An action that the scenario sent: what answers it is compared as its answer."""
        if name := observation.get("Action"):
            self._asked[observation.get("ActionID")] = name

    def read(self, observation: Observation) -> Iterator[tuple[Fact, bool]]:
        """The fact that an event or a response amounts to, if any."""
        pairs = observation.headers
        values = dict(pairs)
        event = values.get("Event", "")
        action = self._asked.get(values.get("ActionID", ""))
        if action:
            fact = self._fact(event, _ANSWER, "", pairs, values)
            yield replace(fact, event=f"{fact.event} to {action}", stream=f"answer to {action}"), False
            return
        kind = kind_of(event) if event else _ANSWER
        if kind is None or self._is_harness(event, values):
            return
        subject = self._subject(kind, values)
        if event == "Newexten":
            self._whereabouts.move(subject, values)
        elif event == "DialBegin":
            self._whereabouts.dial(subject, values)
        yield self._fact(event, kind, subject, pairs, values), kind.bag

    def _is_harness(self, event: str, values: Mapping[str, str]) -> bool:
        """The harness's own legs and its own originate are not the site's behaviour."""
        if values.get("Context", "").startswith(_HARNESS_CONTEXT):
            ours = values.get("EventName", "").startswith(_APPLICATION_EVENTS)
            return event in ("Newexten", "VarSet") or (event == "CEL" and ours)
        if event == "VarSet" and values.get("Variable", "").startswith(_HARNESS_VARIABLE):
            return True
        if event == "Newexten":
            return values.get("Application") in _OUTGOING
        if event == "Playback":
            return _HARNESS_CONTEXT in values.get("Sound", "")
        return event in ("DialBegin", "DialState", "DialEnd") and "Uniqueid" not in values

    def _subject(self, kind: Kind, values: Mapping[str, str]) -> str:
        if values.get("EventName") == _CALL_ENDS:
            return ""
        token = values.get(kind.subject) or values.get("Uniqueid") or ""
        if token in self._aliases.names:
            return self._aliases.names[token]
        return self._aliases.name(values.get("Channel") or token)

    def _fact(self, event: str, kind: Kind, subject: str, pairs: Headers, values: Mapping[str, str]) -> Fact:
        label, stream, layer = _label(event, kind, values)
        plan = _plan(label, kind, tuple(map(_NAME, pairs)))
        fields: list[tuple[str, Value]] = []
        durations: list[tuple[str, Seconds]] = []
        for index, name in plan.counting:
            value = pairs[index][1]
            seconds = seconds_of(values.get("Variable", "") if name == "Value" else name, value, event=event)
            if seconds is not None:
                durations.append((name, Seconds(seconds)))
            elif name == plan.several:
                fields.extend((part, self._aliases.text(text)) for part, text in _parts(name, value))
            else:
                fields.append((name, self._aliases.text(value)))
        return Fact(
            subject, stream, label, tuple(fields), kind.surface, layer,
            plan.names, tuple(durations), self._whereabouts.of(subject),
        )  # fmt: skip


# Events and responses to what a scenario asked are compared whole: nothing in them is a mere snapshot.
_ANSWER = Kind("answer", "ami", shows=tuple(SNAPSHOT - {"Uniqueid", "Linkedid"}))


def _label(event: str, kind: Kind, values: Mapping[str, str]) -> tuple[str, str, Layer]:
    """Name of the event, its stream and its layer, where a header of the event says more than its name."""
    if event == "VarSet":
        variable = values.get("Variable", "")
        return f"VarSet {variable}", f"variable {variable}", variable_layer(variable)
    if event == "UserEvent":
        return f"UserEvent {values.get('UserEvent', '')}", kind.stream, kind.layer
    if event == "CEL":
        return f"CEL {values.get('EventName', '')}", kind.stream, kind.layer
    return event or "Response", kind.stream, kind.layer


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which headers of a kind of event count: index and name. `several` is the one that holds several values."""

    counting: tuple[tuple[int, str], ...]
    names: frozenset[str]
    several: str


@lru_cache(maxsize=4096)
def _plan(label: str, kind: Kind, names: tuple[str, ...]) -> _Plan:
    chosen = () if label == f"CEL {_CALL_ENDS}" else enumerate(names)
    counting = tuple((index, name) for index, name in chosen if _counts(label, name, kind))
    return _Plan(counting, frozenset(names), "Extra" if kind.surface == "cel" else "Env")


def _counts(label: str, name: str, kind: Kind) -> bool:
    if name in SNAPSHOT:
        return name in kind.shows
    return name != "Event" and name not in kind.drops and not never_compared(label, name)


def _parts(name: str, value: str) -> Iterable[tuple[str, str]]:
    """What a header holds that keeps several values, each by a name of its own; else the header itself."""
    parts = _environment(value) if name == "Env" else _json_object(value)
    if not parts:
        return ((name, value),)
    return tuple((f"{name}.{key}", part) for key, part in sorted(parts.items()))


def _json_object(value: str) -> Mapping[str, str]:
    try:
        parts = json.loads(value)
    except ValueError:
        return {}
    return {key: str(part) for key, part in parts.items()} if isinstance(parts, dict) else {}


def _environment(value: str) -> Mapping[str, str]:
    """What AsyncAGI tells a program at the start: `agi_x: y` in lines, quoted as in an address of the web."""
    lines = (line.partition(": ") for line in unquote(value).splitlines())
    return {key: part for key, _, part in lines if key and not never_compared("AsyncAGIStart", key)}


def seconds_of(measure: str, value: str, *, event: str = "") -> float | None:
    """A duration in seconds; None when the header (of that event) holds none, or not a number."""
    unit = DURATIONS.get(f"{event} {measure}") or DURATIONS.get(measure)
    if unit is None or not value:
        return None
    try:
        return float(value) / unit
    except ValueError:
        return None
