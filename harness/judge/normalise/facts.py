"""What is compared: facts, sorted into streams; and where in the dialplan each channel was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from harness.judge.normalise.aliases import Aliases
from harness.model import AmiPacket, Fields, Layer, Seconds, Spot, Value

__all__ = ["DEPRECATED", "MASKED", "Fact", "Facts", "Normal", "Pairs", "Whereabouts", "fact"]

MASKED: Final = "<masked>"
"""The value of what is there and is never compared."""

DEPRECATED = "log deprecated"
"""The event of a line of the log that says so. Asterisk says each of these once in its life."""

Streams = Mapping[tuple[str, str], tuple["Fact", ...]]


@dataclass(frozen=True, slots=True)
class Fact:
    """What counts of one observation.

    `fields` are compared exactly, `durations` with the scenario's tolerance. `names` are the headers that the
    event had, whatever their values. `spot` is where the dialplan was. `seen` is the observation's number in its
    trace, -1 for what no single observation says. `truths` are the fields that hold true or false: Python takes
    these for equal to 1 and 0.
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
    truths: frozenset[str] = frozenset()

    @property
    def key(self) -> tuple[str, Fields, frozenset[str]]:
        """Two facts with the same key are the same thing happening."""
        return (self.event, self.fields, self.truths)


Pairs = Iterable[tuple[str, Value]]
Facts = Iterator[tuple[Fact, bool]]
"""What a reader makes of one observation: facts, and whether their stream is without an order."""


def fact(
    subject: str,
    stream: str,
    event: str,
    pairs: Pairs,
    surface: str,
    layer: Layer = "effect",
    *,
    seen: int,
    names: frozenset[str] | None = None,
    spot: Spot | None = None,
) -> Fact:
    """A fact from names and values; where `names` are not given, it has those of the values.

    What is `MASKED` is one of its names and no field.
    """
    given = tuple(pairs)
    names = frozenset([name for name, _ in given]) if names is None else names
    durations = tuple([(name, value) for name, value in given if isinstance(value, Seconds)])
    fields = tuple([pair for pair in given if pair[1] is not MASKED and not isinstance(pair[1], Seconds)])
    truths = frozenset([name for name, value in fields if isinstance(value, bool)])
    return Fact(subject, stream, event, fields, surface, layer, names, durations, spot, seen, truths)


@dataclass(frozen=True, slots=True)
class Normal:
    """A trace as it is compared. `bags` are the streams without an order."""

    streams: Streams
    bags: frozenset[tuple[str, str]]


@dataclass(slots=True)
class Whereabouts:
    """Where in the dialplan each channel is, as far as was read. `last` is the newest place of all."""

    aliases: Aliases
    last: Spot | None = None
    _spots: dict[str, Spot] = field(default_factory=dict)
    _dialled_by: dict[str, str] = field(default_factory=dict)

    def move(self, subject: str, seen: AmiPacket) -> None:
        """A channel runs a priority (`Newexten`)."""
        spot = (seen.get("Context"), seen.get("Extension"), seen.get("Priority"))
        self._spots[subject] = self.last = spot

    def dial(self, subject: str, seen: AmiPacket) -> None:
        """A channel dials another (`DialBegin`)."""
        self._dialled_by[self.aliases.name(seen.get("DestUniqueid"))] = subject

    def of(self, subject: str) -> Spot | None:
        """Where a channel is, or who dialled it, or else whatever runs."""
        seen: set[str] = set()
        while subject not in self._spots and subject in self._dialled_by and subject not in seen:
            seen.add(subject)
            subject = self._dialled_by[subject]
        return self._spots.get(subject, self.last)
