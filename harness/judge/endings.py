"""How the plays of a scenario ended on old, again and candidate → what that says by itself. A total match.

Each side is first called by one word for all of its plays (`Tally`), old and again together as one release. Every
pair of these words has a cell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from harness.judge.decision import Shows, Standing, standing
from harness.model import INSTANCES, Ending, InstanceName, Trace

__all__ = ["Cell", "Endings", "endings_of"]


_FAILS = (Ending.UNMET, Ending.OVERDUE, Ending.ENDLESS)
_GONE = (Ending.CRASHED, Ending.HUNG)


class Tally(StrEnum):
    """All plays of one side, by how they ended."""

    PLAYED = "played"
    FAILED = "failed"
    WAVERS = "wavers"
    NOT_AGAIN = "not again"
    CRASHED = "crashed"
    UNPLAYABLE = "unplayable"
    MISSING = "missing"
    SKIPPED = "skipped"
    HALF_SKIPPED = "half skipped"


class Cell(StrEnum):
    """What the endings say.

    `compare`: the traces decide. `fails`: the scenario fails on the candidate although it can be played on the old
    release. `unstable on old`: it fails now and then there. `wrong`: it fails on the old release always. `not
    again`: it was played once, and replays fail on the old release. `crash`: the candidate's Asterisk ended, hung.
    `unplayable`: nothing is proved. `skipped`: on every instance, with a reason. `skipped on one`: not on every.
    """

    COMPARE = "compare"
    FAILS = "fails"
    UNSTABLE_ON_OLD = "unstable on old"
    WRONG = "wrong"
    NOT_AGAIN = "not again"
    CRASH = "crash"
    UNPLAYABLE = "unplayable"
    SKIPPED = "skipped"
    SKIPPED_ON_ONE = "skipped on one"


@dataclass(frozen=True, slots=True)
class Endings:
    """A cell, and the one play that shows it, with its problem for people. No play for `compare`.

    `shows` says which plays fail, where both releases have some that do.
    """

    cell: Cell
    trace: Trace | None = None
    problem: str = ""
    shows: tuple[Shows, ...] = ()


def endings_of(traces: Mapping[InstanceName, Sequence[Trace]]) -> Endings:
    """Where the plays of a scenario belong: per instance the first play, then the replays."""
    plays = {name: tuple(traces.get(name, ())) for name in INSTANCES}
    olds, fails = (*plays["old"], *plays["again"]), _failures(plays)
    cell = _cell(_old_side(plays["old"], plays["again"]), _side(plays["candidate"]), decided=_is_decided(fails))
    match cell:
        case Cell.COMPARE:
            return Endings(cell)
        case Cell.UNPLAYABLE:
            return _unplayable(plays)
        case Cell.SKIPPED:
            return _by(cell, olds, Ending.SKIPPED)
        case Cell.SKIPPED_ON_ONE:
            return _half_skipped(plays)
        case Cell.CRASH:
            return _by(cell, plays["candidate"], *_GONE, Ending.STARVED)
        case Cell.FAILS:
            return _by(cell, plays["candidate"], *_FAILS, shows=fails)
        case Cell.NOT_AGAIN:
            return _by(cell, (*plays["old"][1:], *plays["again"][1:]), *_FAILS)
        case Cell.WRONG | Cell.UNSTABLE_ON_OLD:
            return _by(cell, olds, *_FAILS, shows=fails)


def _cell(old: Tally, candidate: Tally, *, decided: bool) -> Cell:
    match old, candidate:
        case (Tally.MISSING | Tally.CRASHED, _) | (_, Tally.MISSING):
            return Cell.UNPLAYABLE
        case _, Tally.CRASHED:
            return Cell.CRASH
        case Tally.SKIPPED, Tally.SKIPPED:
            return Cell.SKIPPED
        case ((Tally.SKIPPED | Tally.HALF_SKIPPED), _) | (_, (Tally.SKIPPED | Tally.HALF_SKIPPED)):
            return Cell.SKIPPED_ON_ONE
        case (Tally.UNPLAYABLE, _) | (_, Tally.UNPLAYABLE):
            return Cell.UNPLAYABLE
        case Tally.FAILED, _:
            return Cell.WRONG
        case Tally.NOT_AGAIN, _:
            return Cell.NOT_AGAIN
        case Tally.WAVERS, (Tally.FAILED | Tally.WAVERS) if decided:
            return Cell.FAILS
        case Tally.WAVERS, (Tally.PLAYED | Tally.FAILED | Tally.WAVERS | Tally.NOT_AGAIN):
            return Cell.UNSTABLE_ON_OLD
        case Tally.PLAYED, (Tally.PLAYED | Tally.WAVERS | Tally.NOT_AGAIN):
            return Cell.COMPARE
        case Tally.PLAYED, Tally.FAILED:
            return Cell.FAILS
        case never:
            assert_never(never)


def _old_side(old: Sequence[Trace], again: Sequence[Trace]) -> Tally:
    if not old or not again:
        return Tally.MISSING
    if any(trace.ending is Ending.STARVED for trace in (*old, *again)):
        return Tally.CRASHED
    replays = (*old[1:], *again[1:])
    side = _side((*old, *again))
    return Tally.NOT_AGAIN if side is Tally.WAVERS and replays and _side(replays) is Tally.FAILED else side


def _side(plays: Sequence[Trace]) -> Tally:
    endings = {trace.ending for trace in plays}
    if not endings:
        return Tally.MISSING
    starved = sum(trace.ending is Ending.STARVED for trace in plays)
    if not endings.isdisjoint(_GONE) or starved > 1:  # once may be chance
        return Tally.CRASHED
    if Ending.SKIPPED in endings:
        return Tally.SKIPPED if endings == {Ending.SKIPPED} else Tally.HALF_SKIPPED
    if Ending.UNPLAYABLE in endings or starved:
        return Tally.UNPLAYABLE
    if endings == {Ending.PLAYED}:
        return Tally.PLAYED
    return Tally.WAVERS if Ending.PLAYED in endings else Tally.FAILED


def _failures(plays: Mapping[InstanceName, Sequence[Trace]]) -> Shows:
    """Which plays fail on the candidate, and how many do on the old release."""
    olds, candidate = (*plays["old"], *plays["again"]), plays["candidate"]
    failed = sum(trace.ending in _FAILS for trace in olds)
    shown = tuple(trace.ending in _FAILS for trace in candidate)
    return Shows(shown, tuple(trace.alone for trace in candidate), len(olds), failed)


def _is_decided(fails: Shows) -> bool:
    """Whether the candidate fails more than the old release does; taken for granted until there are replays."""
    return len(fails.candidate) == 1 or standing(fails) is Standing.DECIDED


def _by(cell: Cell, plays: Sequence[Trace], *endings: Ending, shows: Shows | None = None) -> Endings:
    trace = next(trace for trace in plays if trace.ending in endings)
    return Endings(cell, trace, trace.problem, (shows,) if shows else ())


def _half_skipped(plays: Mapping[InstanceName, Sequence[Trace]]) -> Endings:
    name, trace = next(
        (name, trace) for name, traces in plays.items() for trace in traces if trace.ending is Ending.SKIPPED
    )
    return Endings(Cell.SKIPPED_ON_ONE, trace, f"skipped on {name}, and not on every instance: {trace.problem}")


def _unplayable(plays: Mapping[InstanceName, Sequence[Trace]]) -> Endings:
    for name, traces in plays.items():
        if not traces:
            return Endings(Cell.UNPLAYABLE, problem=f"was not played on {name}")
    name, trace = next(
        (name, trace)
        for name, traces in plays.items()
        for trace in traces
        if trace.ending in (Ending.UNPLAYABLE, Ending.STARVED) or (trace.ending in _GONE and name != "candidate")
    )
    return Endings(Cell.UNPLAYABLE, trace, f"{name}: {trace.problem or 'could not be played'}")
