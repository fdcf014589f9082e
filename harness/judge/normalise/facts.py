"""What is compared: facts, sorted into streams, and where in the dialplan things were when they happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from harness.judge.normalise.aliases import Aliases
from harness.judge.normalise.catalogue import Layer
from harness.model import Fields, Observation, Seconds

__all__ = ["DEPRECATED", "Fact", "Normal", "Reader", "Spot", "Whereabouts"]

DEPRECATED = "log deprecated"
"""The event of a line of the log that says so. Asterisk says each of these once in its life."""

Spot = tuple[str, str, str]
Streams = Mapping[tuple[str, str], tuple["Fact", ...]]


@dataclass(frozen=True, slots=True)
class Fact:
    """What counts of one observation.

    `fields` are compared exactly, `durations` with the scenario's tolerance. `names` are the headers that the
    event had, whatever their values. `spot` is where the dialplan was. `seen` is the observation's number in its
    trace, -1 for what no single observation says.
    """

    subject: str
    stream: str
    event: str
    fields: Fields
    surface: str
    layer: Layer
    names: frozenset[str] = frozenset()
    durations: tuple[tuple[str, Seconds], ...] = ()
    spot: Spot | None = None
    seen: int = -1

    @property
    def key(self) -> tuple[str, Fields]:
        """Two facts with the same key are the same thing happening."""
        return (self.event, self.fields)


@dataclass(frozen=True, slots=True)
class Normal:
    """A trace in the form in which it is compared. `bags` are the streams without an order."""

    streams: Streams
    bags: frozenset[tuple[str, str]]


class Reader(Protocol):
    """Reads one kind of observation, in order."""

    def read(self, observation: Observation) -> Iterator[tuple[Fact, bool]]:
        """The facts that an observation amounts to, each with whether order is without meaning for it."""
        ...


class Whereabouts:
    """Where in the dialplan each channel is, as far as was read. `last` is the newest place of all."""

    __slots__ = ("_aliases", "_dialled_by", "_spots", "last")

    def __init__(self, aliases: Aliases) -> None:
        self._aliases = aliases
        self._spots: dict[str, Spot] = {}
        self._dialled_by: dict[str, str] = {}
        self.last: Spot | None = None

    def move(self, subject: str, values: Mapping[str, str]) -> None:
        """A channel runs a priority (the headers of `Newexten`)."""
        spot = (values.get("Context", ""), values.get("Extension", ""), values.get("Priority", ""))
        self._spots[subject] = self.last = spot

    def dial(self, subject: str, values: Mapping[str, str]) -> None:
        """A channel dials another (the headers of `DialBegin`)."""
        self._dialled_by[self._aliases.name(values.get("DestUniqueid", ""))] = subject

    def of(self, subject: str) -> Spot | None:
        """Where a channel is, or who dialled it, or else whatever runs."""
        seen: set[str] = set()
        while subject not in self._spots and subject in self._dialled_by and subject not in seen:
            seen.add(subject)
            subject = self._dialled_by[subject]
        return self._spots.get(subject, self.last)
