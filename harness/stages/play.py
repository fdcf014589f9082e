"""Scenarios are played and judged as their records come in; what could be a race is left in doubt."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import LabError
from harness.judge import Judged, Maps, Plays, accepted, judge
from harness.model import Ending, InstanceName, Outcome, Place, Severity, Trace, Waiver
from harness.model.report import holds
from harness.play.scenario import Scenario
from harness.play.scheduler import Scheduler
from harness.record.store import TraceWriter
from harness.report.text import count
from harness.stages.meetings import visit_of
from harness.stages.results import Doubtful, Results

if TYPE_CHECKING:
    from harness.stages.boot import Booted

__all__ = ["is_doubtful", "judge_aside", "place_of", "play", "with_losses"]


async def play(booted: Booted, results: Results) -> Results:
    """Play what is selected. What was judged before an instance or the disk fails stays judged.

    Calls in a circle keep an Asterisk busy: what was lost beside them is played once more when they are over.
    """
    if booted.scheduler is None:
        return results
    batch = _Batch(booted, booted.scheduler, results)
    await booted.scheduler.play_begins()
    try:
        await batch.play(booted.share.scenarios)
        if batch.had_circles and batch.lost and not booted.scheduler.broken:
            booted.say(f"Calls went in a circle: {count(len(batch.lost), 'scenario')} once more, without them")
            await batch.play(batch.lost)
    except LabError as problem:
        return with_losses(booted.scheduler, batch.results).broken_by(problem)
    return with_losses(booted.scheduler, batch.results)


@dataclass(slots=True)
class _Batch:
    """Scenarios that are played at once, and what is known by now."""

    booted: Booted
    scheduler: Scheduler
    results: Results
    had_circles: bool = False

    @property
    def lost(self) -> tuple[Scenario, ...]:
        """Those that could not be compared."""
        every = ((one, self.results.of.get(one.id)) for one in self.booted.share.scenarios)
        return tuple(one for one, result in every if result and result.outcome is Outcome.NOT_COMPARED)

    async def play(self, scenarios: Sequence[Scenario]) -> None:
        """Play, keep and judge them. Raises LabError."""
        before, width = self.results.starved, self.booted.site.limits.concurrency
        turns = [(scenario, int(scenario.id in before)) for scenario in scenarios]
        with TraceWriter(self.booted.prepared.traces) as writer:
            async for one in self.scheduler.play(turns, width=width, progress=self.booted.say):
                writer.keep(*one.traces.values())
                earlier = before.get(one.scenario.id)
                await self._judge(_plays(one.scenario, self.booted.site.root, one.traces, earlier))

    async def _judge(self, plays: Plays) -> None:
        site, results = self.booted.site, self.results
        with self.booted.prepared.watch.phase("judge"):
            judged = await judge_aside(plays, results.maps, site.severities)
        results = results.with_judged(judged)
        endings = {name: traces[-1].ending for name, traces in plays.traces.items()}
        self.had_circles |= Ending.ENDLESS in endings.values()
        if endings["candidate"] is Ending.STARVED:
            results = replace(results, starved={**results.starved, plays.id: plays})
        if (visit := visit_of(plays.traces["old"][-1])).things:
            results = replace(results, visits={**results.visits, plays.id: visit})
        if is_doubtful(judged, site.waivers):
            results = replace(results, doubtful=(*results.doubtful, Doubtful(plays, judged.next)))
        self.results = results


async def judge_aside(plays: Plays, maps: Maps, severities: Mapping[str, Severity]) -> Judged:
    """`judge` in a thread: another trio's calls go on meanwhile."""
    return await asyncio.to_thread(judge, plays, maps, severities)


def is_doubtful(judged: Judged, waivers: Sequence[Waiver]) -> bool:
    """Whether replays could change the verdict: what a person has accepted needs none."""
    open_ = any(holds(accepted(finding, waivers)) for finding in judged.result.findings)
    return judged.wants_replay and (bool(judged.unstable) or open_)


def place_of(scenario: Scenario, root: Path) -> Place:
    """Where a scenario is written, relative to the site's folder."""
    return Place(str(scenario.file.relative_to(root)), scenario.line)


def _plays(scenario: Scenario, root: Path, traces: Mapping[InstanceName, Trace], before: Plays | None) -> Plays:
    earlier = before.traces if before else {}
    return Plays(
        id=scenario.id,
        traces={name: (*earlier.get(name, ()), trace) for name, trace in traces.items()},
        title=scenario.title,
        where=place_of(scenario, root),
        tolerances=scenario.tolerances,
    )


def with_losses(scheduler: Scheduler, results: Results) -> Results:
    """With what ended or hung by now, and how much was seen that belongs to no scenario."""
    return replace(results.with_problems(*scheduler.broken), unattributed=scheduler.unattributed)
