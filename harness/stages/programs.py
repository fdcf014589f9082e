"""The site's own programs: stopped at the end, and what became of each is judged like a scenario."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from harness.judge import Plays
from harness.model import InstanceName, Place, Trace
from harness.record.life import life_of
from harness.record.store import TraceWriter
from harness.site import App
from harness.stages.play import judge_aside
from harness.stages.results import Results

if TYPE_CHECKING:
    from harness.lab import Program
    from harness.stages.boot import Booted

__all__ = ["program_id", "program_plays", "stop_programs"]


def program_id(app: App) -> str:
    """The id of the result that says what became of a program: `apps/orders`."""
    return f"apps/{app.name}"


def program_plays(app: App, traces: Mapping[InstanceName, Trace]) -> Plays:
    """What became of a program on each instance, in the form in which it is judged."""
    return Plays(
        id=program_id(app),
        traces={name: (trace,) for name, trace in traces.items()},
        suite="apps",
        title=f"The program {app.name} runs, complains of nothing and ends when it is told to",
        where=Place("site.toml", app.line),
    )


async def stop_programs(booted: Booted, results: Results) -> Results:
    """Stop the site's programs, and judge what became of those that are watched."""
    running = {name: beside.programs for name, beside in booted.trio.companions.items()}
    results = results.with_problems(*_dead(running))
    await asyncio.gather(*(asyncio.to_thread(one.stop) for beside in running.values() for one in beside))
    with TraceWriter(booted.prepared.traces) as writer:
        for app in booted.site.apps:
            if program_id(app) in booted.share.checks:
                lives = {name: life_of(one, name) for name, one in _of(app, running).items()}
                writer.keep(*lives.values())
                judged = await judge_aside(program_plays(app, lives), results.maps, booted.site.severities)
                results = results.with_judged(judged)
    return results


def _dead(running: Mapping[InstanceName, tuple[Program, ...]]) -> Iterator[str]:
    """Programs that are of no use beside the old release: whatever is played without them proves little."""
    for name, programs in running.items():
        if name != "candidate":  # there it is compared
            yield from (f"{name}: the app {one.app.name} {one.trouble}" for one in programs if one.is_dead)


def _of(app: App, running: Mapping[InstanceName, tuple[Program, ...]]) -> Mapping[InstanceName, Program]:
    return {name: program for name, beside in running.items() for program in beside if program.app == app}
