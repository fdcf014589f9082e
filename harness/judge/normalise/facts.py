"""What is compared: facts, sorted into streams; and where in the dialplan each channel was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import msgspec

from harness.judge.normalise.aliases import Aliases
from harness.model import AmiPacket, Fields, Layer, Seconds, Spot, Value

__all__ = [
    "DEPRECATED", "MASKED", "NOWHERE", "Fact", "Facts", "Normal", "Pairs", "Standing", "Whereabouts", "fact",
]  # fmt: skip

MASKED: Final = "<masked>"
"""The value of what is there and is never compared."""

DEPRECATED = "log deprecated"
"""The event of a line of the log that says so. Asterisk says each of these once in its life."""

Standing = tuple[str, Spot | None]
"""A channel that runs the dialplan, and where it is: empty and None for nothing known."""
NOWHERE: Final[Standing] = ("", None)

Told = tuple[str, Fields, frozenset[str], frozenset[str], tuple[tuple[str, Seconds], ...]]
Streams = Mapping[tuple[str, str], tuple["Fact", ...]]


class Fact(msgspec.Struct, frozen=True, gc=False):
    """What counts of one observation.

    `fields` are compared exactly, `durations` with the scenario's tolerance. `names` are the headers that the
    event had, whatever their values. `spot` is where the dialplan was, in the channel `runner`. `seen` is the
    observation's number in its trace, -1 for what no single observation says. `truths` are the fields that hold
    true or false: Python takes these for equal to 1 and 0.
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
    runner: str = ""
    seen: int = -1
    truths: frozenset[str] = frozenset()

    @property
    def key(self) -> tuple[str, Fields, frozenset[str]]:
        """Two facts with the same key are the same thing happening."""
        return (self.event, self.fields, self.truths)

    @property
    def told(self) -> Told:
        """All of it that is compared: where two are equal, nothing has changed."""
        return (self.event, self.fields, self.truths, self.names, self.durations)


Pairs = Iterable[tuple[str, Value]]
Facts = Iterable[tuple[Fact, bool]]
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
    at: Standing = NOWHERE,
) -> Fact:
    """A fact from names and values; where `names` are not given, it has those of the values.

    What is `MASKED` is one of its names and no field.
    """
    given = tuple(pairs)
    names = frozenset([name for name, _ in given]) if names is None else names
    kinds = {type(value) for _, value in given}
    durations: tuple[tuple[str, Seconds], ...] = ()
    if Seconds in kinds:
        durations = tuple([(name, value) for name, value in given if isinstance(value, Seconds)])
    fields = tuple([pair for pair in given if pair[1] is not MASKED and type(pair[1]) is not Seconds])
    truths = frozenset([name for name, value in fields if type(value) is bool]) if bool in kinds else frozenset()
    runner, spot = at
    return Fact(subject, stream, event, fields, surface, layer, names, durations, spot, runner, seen, truths)


@dataclass(frozen=True)
class Normal:
    """A trace as it is compared. `bags` are the streams without an order."""

    streams: Streams
    bags: frozenset[tuple[str, str]]

    @cached_property
    def told(self) -> Mapping[tuple[str, str], tuple[Told, ...]]:
        """Of each stream all that is compared."""
        return {where: tuple([fact.told for fact in facts]) for where, facts in self.streams.items()}

    def tells_as(self, other: Normal) -> bool:
        """Whether nothing differs from another play, wherever and whenever each thing was."""
        return self.told == other.told and self.bags == other.bags


@dataclass(slots=True)
class Whereabouts:
    """Where in the dialplan each channel is, as far as was read."""

    aliases: Aliases
    _spots: dict[str, Spot] = field(default_factory=dict)
    _dialled_by: dict[str, str] = field(default_factory=dict)
    _call_of: dict[str, str] = field(default_factory=dict)
    _begun_by: dict[str, str] = field(default_factory=dict)

    def join(self, subject: str, seen: AmiPacket) -> None:
        """A channel is made, and is of a call (`Newchannel`)."""
        self._call_of[subject] = seen.get("Linkedid")

    def move(self, subject: str, seen: AmiPacket) -> None:
        """A channel runs a priority (`Newexten`)."""
        self._begun_by.setdefault(seen.get("Linkedid"), subject)
        spot = (seen.get("Context"), seen.get("Extension"), seen.get("Priority"))
        self._spots[subject] = spot

    def dial(self, subject: str, seen: AmiPacket) -> None:
        """A channel dials another (`DialBegin`)."""
        self._dialled_by[self.aliases.name(seen.get("DestUniqueid"))] = subject

    def of(self, *subjects: str) -> Standing:
        """Where the first of these channels is that runs the dialplan, or who dialled it, or who began its call.

        Of what names no channel: the only one that runs it.
        """
        for subject in subjects:
            runner = self._runner(subject)
            if runner in self._spots:
                return runner, self._spots[runner]
        for subject in subjects:
            runner = self._begun_by.get(self._call_of.get(subject, ""), "")
            if runner:
                return runner, self._spots[runner]
        return next(iter(self._spots.items())) if len(self._spots) == 1 else NOWHERE

    def standing(self, subject: str) -> Standing | None:
        """Where a channel is that runs the dialplan; None for all others."""
        spot = self._spots.get(subject)
        return (subject, spot) if spot else None

    def logged(self, channel: str, spot: Spot | None, *subjects: str) -> Standing:
        """Where the log says that a channel is; where it says nothing, as `of` these."""
        return (self.aliases.name(channel), spot) if spot else self.of(*subjects)

    def _runner(self, subject: str) -> str:
        seen: set[str] = set()
        while subject not in self._spots and subject in self._dialled_by and subject not in seen:
            seen.add(subject)
            subject = self._dialled_by[subject]
        return subject
