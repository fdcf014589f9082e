"""Scenarios are played and judged as their records come in; what could be a race is left in doubt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import LabError
from harness.judge import Judged, Plays, accepted, judge
from harness.model import Ending, InstanceName, Place, Trace, Waiver
from harness.model.report import holds
from harness.play.scenario import Scenario
from harness.play.scheduler import Scheduler
from harness.record.store import TraceWriter
from harness.stages.results import Doubtful, Results

if TYPE_CHECKING:
    from harness.stages.boot import Booted

__all__ = ["is_doubtful", "place_of", "play", "with_losses"]


async def play(booted: Booted, results: Results) -> Results:
    """Play what is selected. What was judged before an instance or the disk fails stays judged."""
    if booted.scheduler is None:
        return results
    site, before = booted.site, results.starved
    turns = [(scenario, int(scenario.id in before)) for scenario in booted.share.scenarios]
    await booted.scheduler.play_begins()
    try:
        with TraceWriter(booted.prepared.traces) as writer:
            async for one in booted.scheduler.play(turns, width=site.limits.concurrency, progress=booted.say):
                writer.keep(*one.traces.values())
                plays = _plays(one.scenario, site.root, one.traces, before.get(one.scenario.id))
                with booted.prepared.watch.phase("judge"):
                    judged = judge(plays, results.maps, site.severities)
                results = results.with_judged(judged)
                if one.traces["candidate"].ending is Ending.STARVED:
                    results = replace(results, starved={**results.starved, plays.id: plays})
                if is_doubtful(judged, site.waivers):
                    results = replace(results, doubtful=(*results.doubtful, Doubtful(plays, judged.next)))
    except LabError as problem:
        return with_losses(booted.scheduler, results).broken_by(problem)
    return with_losses(booted.scheduler, results)


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
