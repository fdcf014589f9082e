"""Scenarios are played and judged as their records come in; what could be a race is played again, alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from harness.errors import LabError
from harness.judge import Judged, Plays, judge, waives
from harness.lab.housekeeping.progress import silent
from harness.model import InstanceName, Place, Trace, Waiver
from harness.play.scenario import Scenario
from harness.play.scheduler import Scheduler
from harness.record.store import TraceWriter
from harness.stages.results import Results

if TYPE_CHECKING:
    from harness.stages.boot import Booted

__all__ = ["is_doubtful", "place_of", "play", "replay", "within"]

T = TypeVar("T")


async def play(booted: Booted, results: Results) -> Results:
    """Play what is selected. What was judged before an instance or the disk fails stays judged."""
    if booted.scheduler is None:
        return results
    site, turns = booted.site, [(scenario, 0) for scenario in booted.share.scenarios]
    try:
        with TraceWriter(booted.prepared.traces) as writer:
            async for one in booted.scheduler.play(turns, width=site.limits.concurrency, progress=booted.say):
                writer.keep(*one.traces.values())
                plays = _plays(one.scenario, site.root, one.traces)
                judged = judge(plays, results.maps, site.severities)
                results = results.with_judged(judged)
                if is_doubtful(judged, site.waivers):
                    results = replace(results, doubtful=(*results.doubtful, plays))
    except LabError as problem:
        return _losses(booted.scheduler, results).broken_by(problem)
    return _losses(booted.scheduler, results)


async def replay(booted: Booted, results: Results) -> Results:
    """Play what differs again, alone and several times, before it is believed; within the site's budget."""
    if booted.scheduler is None:
        return results
    limits = booted.site.limits
    doubtful = {plays.id: plays for plays in results.doubtful}
    again = [scenario for scenario in booted.share.scenarios if scenario.id in doubtful]
    try:
        with TraceWriter(booted.prepared.traces) as writer:
            for count, scenario in within(limits.replay_seconds, enumerate(again, 1), booted.now):
                booted.say(f"Replaying {scenario.id} alone ({count} of {len(again)} that differ)")
                plays = doubtful.pop(scenario.id)
                turns = [(scenario, number) for number in range(1, limits.replays + 1)]
                async for one in booted.scheduler.play(turns, width=1, progress=silent):
                    writer.keep(*one.traces.values())
                    traces = {name: (*seen, one.traces[name]) for name, seen in plays.traces.items()}
                    plays = replace(plays, traces=traces)
                results = results.with_judged(judge(plays, results.maps, booted.site.severities))
    except LabError as problem:
        return _losses(booted.scheduler, results).broken_by(problem)
    if doubtful:
        left = f"no time to replay {len(doubtful)} scenarios: what differs stands on one play"
        results = results.with_problems(left)
    return _losses(booted.scheduler, replace(results, doubtful=tuple(doubtful.values())))


def is_doubtful(judged: Judged, waivers: Sequence[Waiver]) -> bool:
    """Whether replays could change the verdict: what a person has accepted needs none."""
    holding = [finding for finding in judged.result.findings if finding.severity.holds]
    accepted = all(any(waives(waiver, finding) for waiver in waivers) for finding in holding)
    return judged.wants_replay and (bool(judged.unstable) or not accepted)


def within(seconds: float, things: Iterable[T], clock: Callable[[], float]) -> Iterator[T]:
    """The things that are begun before so much time is over."""
    ends = clock() + seconds
    for thing in things:
        if clock() > ends:
            return
        yield thing


def place_of(scenario: Scenario, root: Path) -> Place:
    """Where a scenario is written, relative to the site's folder."""
    return Place(str(scenario.file.relative_to(root)), scenario.line)


def _plays(scenario: Scenario, root: Path, traces: Mapping[InstanceName, Trace]) -> Plays:
    return Plays(
        id=scenario.id,
        traces={name: (trace,) for name, trace in traces.items()},
        title=scenario.title,
        where=place_of(scenario, root),
        tolerances=scenario.tolerances,
    )


def _losses(scheduler: Scheduler, results: Results) -> Results:
    """With what ended or hung by now, and how much was seen that belongs to no scenario."""
    return replace(results.with_problems(*scheduler.broken), unattributed=scheduler.unattributed)
