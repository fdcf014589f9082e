"""What is compared: facts, sorted into streams; and where in the dialplan each channel was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Final

import msgspec

from harness.judge.normalise.aliases import Aliases
from harness.model import Fields, Layer, Seconds, Spot, Value

__all__ = [
    "DEPRECATED",
    "MASKED",
    "NOWHERE",
    "Fact",
    "Facts",
    "Normal",
    "Pairs",
    "Standing",
    "Told",
    "Whereabouts",
    "fact",
    "key_of",
    "told_of",
]  # fmt: skip

MASKED: Final = "<masked>"
"""The value of what is there and is never compared."""

DEPRECATED = "log deprecated"
"""The event of a line of the log that says so. Asterisk says each of these once in its life."""

_TEXTS = frozenset({str, tuple, int, float, type(None)})
Standing = tuple[str, Spot | None]
"""A channel that runs the dialplan, and where it is: empty and None for nothing known."""
NOWHERE: Final[Standing] = ("", None)

Key = tuple[str, Fields, frozenset[str]]
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
    def key(self) -> Key:
        """Two facts with the same key are the same thing happening."""
        return key_of(self)


key_of: Callable[[Fact], Key] = attrgetter("event", "fields", "truths")
"""What makes a fact the same thing happening as another one."""
told_of: Callable[[Fact], Told] = attrgetter("event", "fields", "truths", "names", "durations")
"""All of a fact that is compared: where two are equal, nothing has changed."""

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
    fields: Fields = tuple(pairs)
    names = frozenset([name for name, _ in fields]) if names is None else names
    kinds = {type(value) for _, value in fields}
    durations: tuple[tuple[str, Seconds], ...] = ()
    truths: frozenset[str] = frozenset()
    if not kinds <= _TEXTS:
        durations = tuple([(name, value) for name, value in fields if isinstance(value, Seconds)])
        fields = tuple([pair for pair in fields if type(pair[1]) is not Seconds])
        truths = frozenset([name for name, value in fields if type(value) is bool])
    if any([value is MASKED for _, value in fields]):  # noqa: C419 # quicker
        fields = tuple([pair for pair in fields if pair[1] is not MASKED])
    runner, spot = at
    return Fact(subject, stream, event, fields, surface, layer, names, durations, spot, runner, seen, truths)


@dataclass(frozen=True, slots=True)
class Normal:
    """A trace as it is compared. `bags` are the streams without an order."""

    streams: Streams
    bags: frozenset[tuple[str, str]]


@dataclass(slots=True)
class Whereabouts:
    """Where in the dialplan each channel is, as far as was read."""

    aliases: Aliases
    _spots: dict[str, Spot] = field(default_factory=dict)
    _dialled_by: dict[str, str] = field(default_factory=dict)
    _call_of: dict[str, str] = field(default_factory=dict)
    _begun_by: dict[str, str] = field(default_factory=dict)

    def join(self, subject: str, call: str) -> None:
        """A channel is made, and is of a call (`Newchannel`)."""
        self._call_of[subject] = call

    def move(self, subject: str, call: str, spot: Spot) -> None:
        """A channel runs a priority (`Newexten`)."""
        self._begun_by.setdefault(call, subject)
        self._spots[subject] = spot

    def dial(self, subject: str, dialled: str) -> None:
        """A channel dials another (`DialBegin`)."""
        self._dialled_by[self.aliases.name(dialled)] = subject

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
