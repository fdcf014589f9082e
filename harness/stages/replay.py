"""What differs is played again until it is decided, within the site's budget; what did not fit is named."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.errors import LabError
from harness.judge import Plays
from harness.judge.decision import NextPlay
from harness.lab.housekeeping.progress import silent
from harness.play.scenario import Scenario
from harness.play.scheduler import Scheduler
from harness.record.store import TraceWriter
from harness.report.text import count, listed
from harness.stages.play import is_doubtful, judge_aside, with_losses
from harness.stages.results import Doubtful, Results

if TYPE_CHECKING:
    from harness.stages.boot import Booted

__all__ = ["Pass", "passes", "replay"]

_SIDE_BY_SIDE = 20


@dataclass(frozen=True, slots=True)
class Pass:
    """What is played at the same time: scenarios of which more is asked, and others for company."""

    asked: tuple[Scenario, ...]
    company: tuple[Scenario, ...] = ()

    @property
    def words(self) -> str:
        """What a person reads meanwhile."""
        if len(self.asked) == 1 and not self.company:
            return f"Replaying {self.asked[0].id} alone"
        beside = f"among {count(len(self.company), 'other')}" if self.company else "side by side"
        return f"Replaying {count(len(self.asked), 'scenario')} {beside}"


def passes(scenarios: Sequence[Scenario], asks: Mapping[str, NextPlay], *, width: int) -> Iterator[Pass]:
    """One round: each that has to be alone, those side by side that need not be, then those that need a crowd.

    So few play side by side that they are no crowd. A crowd is as large as the first one was: who else plays is
    company, which proves nothing by itself.
    """
    asking = {ask: tuple(one for one in scenarios if asks.get(one.id) is ask) for ask in NextPlay}
    yield from (Pass((one,)) for one in asking[NextPlay.ALONE])
    beside, few = asking[NextPlay.ANY], min(width, _SIDE_BY_SIDE)
    yield from (Pass(beside[start : start + few]) for start in range(0, len(beside), few))
    if crowded := asking[NextPlay.CROWD]:
        others = [one for one in scenarios if one not in crowded and not one.exclusive]
        yield Pass(crowded, tuple(others[: max(0, width - len(crowded))]))


async def replay(booted: Booted, results: Results) -> Results:
    """Play what differs again, alone and in a crowd, until it is decided whether to believe it."""
    if booted.scheduler is None:
        return results
    try:
        with TraceWriter(booted.prepared.traces) as writer:
            results = await _until_decided(_Replays(booted, booted.scheduler, writer), results)
    except LabError as problem:
        return with_losses(booted.scheduler, results).broken_by(problem)
    return with_losses(booted.scheduler, results)


@dataclass(frozen=True, slots=True)
class _Replays:
    """What it takes to play again."""

    booted: Booted
    scheduler: Scheduler
    writer: TraceWriter

    async def played(self, one: Pass, doubtful: Mapping[str, Doubtful]) -> AsyncIterator[Plays]:
        """A pass is played: of each scenario that it was for, all plays by now."""
        asked = [(scenario, doubtful[scenario.id].replays + 1) for scenario in one.asked]
        width = self.booted.site.limits.concurrency
        async for each in self.scheduler.play(asked, width=width, progress=silent, company=one.company):
            self.writer.keep(*each.traces.values())
            plays = doubtful[each.scenario.id].plays
            traces = {name: (*seen, each.traces[name]) for name, seen in plays.traces.items()}
            yield replace(plays, traces=traces)


async def _until_decided(replays: _Replays, results: Results) -> Results:
    booted, limits = replays.booted, replays.booted.site.limits
    ends, left = booted.now() + limits.replay_seconds, results.doubtful
    while left:
        asks = {each.plays.id: each.next for each in left}
        for one in passes(booted.share.scenarios, asks, width=limits.concurrency):
            if (now := booted.now()) > ends:
                return results.with_problems(_out_of_time(results.doubtful))
            booted.say(f"{one.words} ({len(results.doubtful)} to decide, {ends - now:.0f} s left)")
            results = await _again(replays, results, one)
        left = tuple(each for each in results.doubtful if each.replays < limits.replays)
        results = replace(results, doubtful=left)
    return results


async def _again(replays: _Replays, results: Results, one: Pass) -> Results:
    """A pass is played, and each scenario that it was for is judged by all of its plays."""
    site = replays.booted.site
    doubtful = {each.plays.id: each for each in results.doubtful}
    async for plays in replays.played(one, doubtful):
        with replays.booted.prepared.watch.phase("judge"):
            judged = await judge_aside(plays, results.maps, site.severities)
        results = results.with_judged(judged)
        doubtful.pop(plays.id)
        if is_doubtful(judged, site.waivers):
            doubtful[plays.id] = Doubtful(plays, judged.next)
    return replace(results, doubtful=tuple(doubtful.values()))


def _out_of_time(doubtful: Sequence[Doubtful]) -> str:
    """What stands on too few plays is named."""
    ids = listed(sorted(each.plays.id for each in doubtful))
    return f"no time to replay {count(len(doubtful), 'scenario')} until it is decided what differs: {ids}"
