"""How the plays of a scenario ended on old, again and candidate → what that says by itself. A total match.

Each side is first called by one word for all of its plays (`Tally`), old and again together as one release. Every
pair of these words has a cell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import comb
from typing import assert_never

from harness.model import INSTANCES, Ending, InstanceName, Trace

__all__ = ["Cell", "Endings", "endings_of", "is_regression"]

_CERTAIN = 0.01


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
    again`: it was played once, and replays fail on the old release. `crash`: the candidate's Asterisk ended.
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
    """A cell, and the one play that shows it, with its problem for people. No play for `compare`."""

    cell: Cell
    trace: Trace | None = None
    problem: str = ""


def endings_of(traces: Mapping[InstanceName, Sequence[Trace]]) -> Endings:
    """Where the plays of a scenario belong: per instance the first play, then the replays."""
    plays = {name: tuple(traces.get(name, ())) for name in INSTANCES}
    olds = (*plays["old"], *plays["again"])
    cell = _cell(_old_side(plays["old"], plays["again"]), _side(plays["candidate"]))
    if cell is Cell.FAILS and not _fails_more(olds, plays["candidate"]):
        cell = Cell.UNSTABLE_ON_OLD
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
            return _by(cell, plays["candidate"], Ending.CRASHED)
        case Cell.FAILS:
            return _by(cell, plays["candidate"], Ending.UNMET, Ending.OVERDUE)
        case Cell.NOT_AGAIN:
            return _by(cell, (*plays["old"][1:], *plays["again"][1:]), Ending.UNMET, Ending.OVERDUE)
        case Cell.WRONG | Cell.UNSTABLE_ON_OLD:
            return _by(cell, olds, Ending.UNMET, Ending.OVERDUE)


def _cell(old: Tally, candidate: Tally) -> Cell:
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
        case ((Tally.PLAYED | Tally.WAVERS), Tally.FAILED):
            return Cell.FAILS
        case Tally.WAVERS, (Tally.PLAYED | Tally.WAVERS | Tally.NOT_AGAIN):
            return Cell.UNSTABLE_ON_OLD
        case Tally.PLAYED, (Tally.PLAYED | Tally.WAVERS | Tally.NOT_AGAIN):
            return Cell.COMPARE
        case never:
            assert_never(never)


def _old_side(old: Sequence[Trace], again: Sequence[Trace]) -> Tally:
    if not old or not again:
        return Tally.MISSING
    replays = (*old[1:], *again[1:])
    side = _side((*old, *again))
    return Tally.NOT_AGAIN if side is Tally.WAVERS and replays and _side(replays) is Tally.FAILED else side


def _side(plays: Sequence[Trace]) -> Tally:
    endings = {trace.ending for trace in plays}
    if not endings:
        return Tally.MISSING
    if Ending.CRASHED in endings:
        return Tally.CRASHED
    if Ending.SKIPPED in endings:
        return Tally.SKIPPED if endings == {Ending.SKIPPED} else Tally.HALF_SKIPPED
    if Ending.UNPLAYABLE in endings:
        return Tally.UNPLAYABLE
    if endings == {Ending.PLAYED}:
        return Tally.PLAYED
    return Tally.WAVERS if Ending.PLAYED in endings else Tally.FAILED


def _fails_more(olds: Sequence[Trace], candidates: Sequence[Trace]) -> bool:
    """Whether the candidate fails more than the old release does; taken for granted until there are replays."""
    failed = sum(trace.ending is not Ending.PLAYED for trace in olds)
    return not failed or len(candidates) == 1 or is_regression(failed, len(olds), len(candidates))


def is_regression(failed: int, olds: int, candidates: int) -> bool:
    """Whether all of the candidate's plays fail by more than chance, where so many of the old release's do.

    Fisher's exact test: how probable it is that of all failures so many fall to the candidate.
    """
    return comb(failed + candidates, candidates) / comb(olds + candidates, candidates) < _CERTAIN


def _by(cell: Cell, plays: Sequence[Trace], *endings: Ending) -> Endings:
    trace = next(trace for trace in plays if trace.ending in endings)
    return Endings(cell, trace, trace.problem)


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
        if trace.ending is Ending.UNPLAYABLE or (trace.ending is Ending.CRASHED and name != "candidate")
    )
    return Endings(Cell.UNPLAYABLE, trace, f"{name}: {trace.problem or 'could not be played'}")
