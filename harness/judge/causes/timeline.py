"""When a change was in its call: at which step of which channel's way, by one clock for both releases."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from harness.judge.align import AlignedStep, Alignment
from harness.judge.normalise.facts import Fact
from harness.model import Change, Spot

__all__ = ["Position", "Timeline", "timeline_of"]

_PATH = "path"


@dataclass(frozen=True, slots=True)
class Position:
    """A stretch of a channel's way: a priority that both releases run, or all between two such.

    `apart` says which it is. `spot` is where it begins: where the ways are apart, the priority at which they part.
    Where nothing is known of the way, `runner` is empty.
    """

    runner: str = ""
    step: int = -1
    apart: bool = False
    spot: Spot | None = None

    @property
    def parting(self) -> Position:
        """The priority at which the ways part."""
        return Position(self.runner, self.step, False, self.spot)


@dataclass(frozen=True, slots=True)
class _Way:
    """A channel's priorities in order: for each where it stands, and the stretch that it belongs to.

    `first` has the first stretch with each priority, one that a single release runs before all others; `needs` the
    application that the old release alone runs first in each stretch.
    """

    sides: tuple[tuple[int, ...], tuple[int, ...]]
    indexes: tuple[tuple[int, ...], tuple[int, ...]]
    steps: tuple[AlignedStep, ...]
    positions: tuple[Position, ...]
    first: Mapping[Spot | None, Position]
    needs: Mapping[Position, str]

    def at(self, side: int, seen: int, spot: Spot | None) -> Position | None:
        """The stretch of what was seen then; the log knows the spot better than the order of two connections."""
        near = bisect_right(self.sides[side], seen) - 1
        indexes = self.indexes[side]
        if not indexes:
            return None
        for number in (near, near + 1, near - 1, near + 2):
            if 0 <= number < len(indexes) and _spot(self.steps[indexes[number]], side) == spot:
                return self.positions[indexes[number]]
        return None if spot else self.positions[indexes[max(near, 0)]]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The ways of all channels, and one clock: the old release's numbers of observations."""

    ways: Mapping[str, _Way]
    dialled_by: Mapping[str, tuple[str, int, int]]
    _clock: tuple[tuple[int, ...], tuple[int, ...]]

    def position(self, change: Change) -> Position:
        """Where a change was."""
        side = 0 if change.seen[0] >= 0 else 1
        spot, seen = change.spots[side], change.seen[side]
        ways = [way for runner, way in self.ways.items() if runner == change.runner or not change.runner]
        for way in ways:
            if found := (way.at(side, seen, spot) if change.runner and seen >= 0 else None) or way.first.get(spot):
                return found
        return Position(change.runner, spot=spot)

    def rank(self, change: Change) -> float:
        """When it was. What only the candidate has follows what it followed there; what has no moment is last.

        A line of the log has the moment of its priority: it comes by another connection than that.
        """
        old, candidate = change.seen
        if change.surface == "log" and (began := self._began(self.position(change))) >= 0:
            return began + 0.25
        if old >= 0:
            return old
        if candidate < 0:
            return float("inf")
        number = bisect_right(self._clock[0], candidate) - 1
        return (self._clock[1][number] if number >= 0 else -1) + 0.5

    def _began(self, position: Position) -> int:
        """When a stretch began, by the old release's observations; -1 where that is not known."""
        way = self.ways.get(position.runner)
        step = way.steps[position.step] if way and position.step >= 0 else None
        return step.old.seen if step and step.old else -1

    def needs(self, position: Position) -> str:
        """The application that the old release alone runs first where the ways are apart."""
        way = self.ways.get(position.runner)
        return way.needs.get(position, "") if way else ""

    def runs(self, position: Position) -> str:
        """The application that both run at a step; empty where the ways are apart or nothing is known."""
        way = self.ways.get(position.runner)
        step = way.steps[position.step] if way and position.step >= 0 and not position.apart else None
        return str(dict(step.old.fields).get("Application", "")) if step and step.old else ""

    def made(self, channel: str) -> Position | None:
        """Where the channel stood that called this one."""
        dialler, side, seen = self.dialled_by.get(channel, ("", 0, -1))
        way = self.ways.get(dialler)
        return way.at(side, seen, None) if way else None


def timeline_of(alignment: Alignment) -> Timeline:
    """When and where everything was in two traces that are aligned."""
    ways = {
        subject: _way(subject, steps)
        for (subject, stream), steps in alignment.streams.items()
        if stream == _PATH and steps
    }
    dialled = dict(_dialled(alignment))
    pairs = sorted(
        (step.candidate.seen, step.old.seen)
        for steps in alignment.streams.values()
        for step in steps
        if step.old and step.candidate and step.old.seen >= 0 and step.candidate.seen >= 0
    )
    clock = tuple(one for one, _ in pairs), tuple(accumulate((other for _, other in pairs), max))
    return Timeline(ways, dialled, clock)


def _way(runner: str, steps: tuple[AlignedStep, ...]) -> _Way:
    positions: list[Position] = []
    for number, step in enumerate(steps):
        together = _together(step)
        before = positions[-1] if positions else Position(runner, -1, False, None)
        if together:
            positions.append(Position(runner, number, False, _any_spot(step)))
        else:
            positions.append(before if before.apart else Position(runner, before.step, True, before.spot))
    numbers = [[n for n, step in enumerate(steps) if _side(step, side)] for side in (0, 1)]
    seen = [tuple(_seen(_side(steps[n], side)) for n in numbers[side]) for side in (0, 1)]
    indexes = tuple(numbers[0]), tuple(numbers[1])
    first, needs = _first(steps, positions), _needs(steps, positions)
    return _Way((seen[0], seen[1]), indexes, steps, tuple(positions), first, needs)


def _first(steps: Sequence[AlignedStep], positions: Sequence[Position]) -> Mapping[Spot | None, Position]:
    found: dict[Spot | None, Position] = {}
    for step, position in zip(steps, positions, strict=True):
        for spot in filter(None, (_spot(step, 0), _spot(step, 1))):
            if spot not in found or (position.apart and not found[spot].apart):
                found[spot] = position
    return found


def _needs(steps: Sequence[AlignedStep], positions: Sequence[Position]) -> Mapping[Position, str]:
    found: dict[Position, str] = {}
    for step, position in zip(steps, positions, strict=True):
        if step.old and position not in found:
            found[position] = str(dict(step.old.fields).get("Application", ""))
    return found


def _together(step: AlignedStep) -> bool:
    return bool(step.old and step.candidate and step.old.spot == step.candidate.spot)


def _dialled(alignment: Alignment) -> Iterator[tuple[str, tuple[str, int, int]]]:
    for (subject, stream), steps in alignment.streams.items():
        if stream == "dial":
            for step in steps:
                for side, fact in enumerate((step.old, step.candidate)):
                    if fact is not None:
                        callee = dict(fact.fields).get("DestChannel")
                        yield str(callee), (fact.runner or subject, side, fact.seen)


def _side(step: AlignedStep, side: int) -> Fact | None:
    return step.candidate if side else step.old


def _seen(fact: Fact | None) -> int:
    return fact.seen if fact else -1


def _spot(step: AlignedStep, side: int) -> Spot | None:
    fact = _side(step, side)
    return fact.spot if fact else None


def _any_spot(step: AlignedStep) -> Spot | None:
    return _spot(step, 0) or _spot(step, 1)
