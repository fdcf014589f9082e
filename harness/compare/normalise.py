"""Trace → facts: what counts of each observation, with stable names, sorted into sequences.

A *stream* is a sequence in which order means something: what one channel did of one kind. Events of different
streams overtake each other on every run, even on one release, so nothing is said about their order.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import itemgetter

from harness.compare.aliases import Aliases, aliases_of
from harness.compare.catalogue import (
    DURATIONS,
    SNAPSHOT,
    Kind,
    Layer,
    kind_of,
    never_compared,
    variable_layer,
)
from harness.model import Headers, Observation, Trace

__all__ = ["Fact", "Normal", "normalise"]

Spot = tuple[str, str, str]
Streams = Mapping[tuple[str, str], tuple["Fact", ...]]

_HARNESS_CONTEXT = "harness-"
_OUTGOING = ("AppDial", "AppDial2", "AppQueue")
_APPLICATION_EVENTS = ("APP_", "STREAM_")
_NAME = itemgetter(0)
_LEVELS = ("WARNING", "ERROR")
# Sent for the call as a whole, with the snapshot of whichever channel happened to end last.
_CALL_ENDS = "LINKEDID_END"


@dataclass(frozen=True, slots=True)
class Fact:
    """What counts of one observation.

    `fields` are compared exactly, `durations` (in seconds) with the scenario's tolerance. `names` are the
    headers that the event had, whatever their values. `spot` is where the dialplan was.
    """

    subject: str
    stream: str
    event: str
    fields: Headers
    surface: str
    layer: Layer
    names: frozenset[str] = frozenset()
    durations: tuple[tuple[str, float], ...] = ()  # name, seconds
    spot: Spot | None = None

    @property
    def key(self) -> tuple[str, Headers]:
        """Two facts with the same key are the same thing happening."""
        return (self.event, self.fields)


@dataclass(frozen=True, slots=True)
class Normal:
    """A trace in the form in which it is compared. `bags` are the streams without an order."""

    streams: Streams
    bags: frozenset[tuple[str, str]]


def normalise(trace: Trace) -> Normal:
    """What counts of a trace. Depends on nothing but the trace."""
    streams: dict[tuple[str, str], list[Fact]] = {}
    bags: set[tuple[str, str]] = set()
    reader = _Reader(aliases_of(trace))
    for observation in trace.observations:
        for fact, bag in reader.read(observation):
            where = (fact.subject, fact.stream)
            streams.setdefault(where, []).append(fact)
            if bag:
                bags.add(where)
    streams["", "ending"] = [reader.ending(trace)]
    return Normal({where: tuple(facts) for where, facts in streams.items()}, frozenset(bags))


class _Reader:
    """Reads observations in order, remembering where in the dialplan each channel is."""

    __slots__ = ("_aliases", "_asked", "_dialled_by", "_last", "_spots")

    def __init__(self, aliases: Aliases) -> None:
        self._aliases = aliases
        self._asked: dict[str, str] = {}
        self._spots: dict[str, Spot] = {}
        self._dialled_by: dict[str, str] = {}
        self._last: Spot | None = None

    def read(self, observation: Observation) -> Iterator[tuple[Fact, bool]]:
        """The fact that an observation amounts to, if any, and whether order is without meaning for it."""
        if observation.via == "ami" or observation.raw.startswith("Event:"):
            yield from self._ami(observation)
        elif observation.via == "log":
            yield from self._log(observation)
        elif observation.via == "state":
            yield from self._state(observation)
        elif name := observation.get("Action"):
            self._asked[observation.get("ActionID")] = name

    def ending(self, trace: Trace) -> Fact:
        """How the play ended, as a fact like the others: an expectation can waver as well."""
        result = self._aliases.text(trace.problem) or trace.ending.value
        return Fact("", "ending", "expectation", (("Result", result),), "expectation", "effect")

    def _ami(self, observation: Observation) -> Iterator[tuple[Fact, bool]]:
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
            self._move(subject, values)
        elif event == "DialBegin":
            self._dialled_by[self._aliases.name(values.get("DestUniqueid", ""))] = subject
        yield self._fact(event, kind, subject, pairs, values), kind.bag

    def _is_harness(self, event: str, values: Mapping[str, str]) -> bool:
        """The harness's own legs and its own originate are not the site's behaviour."""
        if values.get("Context", "").startswith(_HARNESS_CONTEXT):
            ours = values.get("EventName", "").startswith(_APPLICATION_EVENTS)
            return event in ("Newexten", "VarSet") or (event == "CEL" and ours)
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

    def _move(self, subject: str, values: Mapping[str, str]) -> None:
        spot = (values.get("Context", ""), values.get("Extension", ""), values.get("Priority", ""))
        self._spots[subject] = self._last = spot

    def _spot(self, subject: str) -> Spot | None:
        seen: set[str] = set()
        while subject not in self._spots and subject in self._dialled_by and subject not in seen:
            seen.add(subject)
            subject = self._dialled_by[subject]
        return self._spots.get(subject, self._last)

    def _fact(self, event: str, kind: Kind, subject: str, pairs: Headers, values: Mapping[str, str]) -> Fact:
        label, stream, layer = _label(event, kind, values)
        plan = _plan(label, kind, tuple(map(_NAME, pairs)))
        fields: list[tuple[str, str]] = []
        durations: list[tuple[str, float]] = []
        for index, name in plan.counting:
            value = pairs[index][1]
            seconds = _seconds(values.get("Variable", "") if name == "Value" else name, value)
            if seconds is not None:
                durations.append((name, seconds))
            elif name == plan.several:
                fields.extend((part, self._aliases.text(text)) for part, text in _parts(name, value))
            else:
                fields.append((name, self._aliases.text(value)))
        return Fact(
            subject, stream, label, tuple(fields), kind.surface, layer,
            plan.names, tuple(durations), self._spot(subject),
        )  # fmt: skip

    def _log(self, observation: Observation) -> Iterator[tuple[Fact, bool]]:
        level = observation.get("Level")
        if level in _LEVELS:
            message = self._aliases.text(observation.get("Message"))
            yield (
                Fact("", "log", f"log {level}", (("Message", message),), "log", "effect", spot=self._last),
                True,
            )

    def _state(self, observation: Observation) -> Iterator[tuple[Fact, bool]]:
        pairs = tuple((name, self._aliases.text(value)) for name, value in observation.headers)
        subject = dict(pairs).get("Name", "")
        fields = tuple(pair for pair in pairs if pair[0] != "Name")
        yield Fact(subject, "after", f"state {subject}", fields, "state", "effect"), False


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
    return _Plan(counting, frozenset(names), "Extra" if kind.surface == "cel" else "")


def _counts(label: str, name: str, kind: Kind) -> bool:
    if name in SNAPSHOT:
        return name in kind.shows
    return name != "Event" and name not in kind.drops and not never_compared(label, name)


def _parts(name: str, value: str) -> Iterable[tuple[str, str]]:
    """What a header holds that keeps several values as JSON, each by a name of its own; else the header itself."""
    try:
        parts = json.loads(value)
    except ValueError:
        return ((name, value),)
    if not isinstance(parts, dict):
        return ((name, value),)
    return tuple((f"{name}.{key}", str(part)) for key, part in sorted(parts.items()))


def _seconds(measure: str, value: str) -> float | None:
    """A duration in seconds; None when the header holds none, or not a number."""
    unit = DURATIONS.get(measure)
    if unit is None or not value:
        return None
    try:
        return float(value) / unit
    except ValueError:
        return None
