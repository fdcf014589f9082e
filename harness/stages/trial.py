"""One run on its trios: boot, ask, play, judge, replay what differs, judge again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path

from harness.errors import LabError
from harness.far_end.files import phone_files
from harness.judge import Judged, Maps, Plays, judge, waives
from harness.judge.checks.rollback import ROLLBACK
from harness.lab import Release, Trio, boot_trio
from harness.model import InstanceName, Place, ScenarioResult, Trace
from harness.play import Scenario, Scheduler, open_scheduler
from harness.record import TraceWriter, life_of
from harness.report import OverlayLine, Side
from harness.site import App, Site
from harness.stages.asking import Asking

__all__ = ["APPS", "Progress", "Trial", "Yield", "app_id", "app_plays", "place_of"]

Progress = Callable[[str], None]
APPS = "apps/"
"""What the ids of the results about the site's own programs begin with."""


@dataclass(slots=True)
class Yield:
    """What a run gathers on its way to the report, filled by one stage after the other.

    `sides` are known from the releases, `dialplans` is what `dialplan show` printed, `problems` make the run
    inconclusive.
    """

    sides: Mapping[InstanceName, Side]
    results: dict[str, ScenarioResult] = field(default_factory=dict)
    overlay: tuple[OverlayLine, ...] = ()
    problems: list[str] = field(default_factory=list)
    dialplans: dict[InstanceName, str] = field(default_factory=dict)
    noise: dict[str, int] = field(default_factory=dict)
    unattributed: int = 0


class Trial:
    """One run's stages, on as many trios as its scenarios' clocks need."""

    def __init__(
        self,
        site: Site,
        releases: Mapping[str, Release],
        traces: Path,
        today: date,
        progress: Progress,
        found: Yield,
    ) -> None:
        self._site = site
        self._today = today
        self._releases = releases
        self._traces = traces
        self._say = progress
        self._found = found

    async def one_trio(self, clock: str, scenarios: Sequence[Scenario], checks: Collection[str]) -> None:
        """Boot a trio, ask and play on it. What breaks on the way is a problem of the report."""
        lives = [check for check in checks if check.startswith(APPS)]
        at = f" at {clock}" if clock else ""
        try:
            async with AsyncExitStack() as stack:
                trio = await stack.enter_async_context(
                    boot_trio(
                        self._site,
                        self._releases,
                        progress=lambda line: self._say(line + at),
                        clock=clock or None,
                        phone_files=partial(phone_files, self._site.phones) if scenarios else None,
                        apps=self._apps(clock, scenarios, lives),
                        rollback=ROLLBACK in checks,
                    )
                )
                self._found.overlay = tuple(OverlayLine(o.file, o.text, o.why) for o in trio.overlay)
                asked = sorted(set(checks).difference(lives))
                asking = Asking(self._site, self._releases, trio, asked, self._today, self._say)
                scheduler = await self._scheduler(stack, trio) if scenarios else None
                try:
                    maps = await asking.before()
                    if scheduler is not None:
                        await self._play(scheduler, scenarios, maps)
                    await asking.after()
                finally:
                    self._found.results.update(asking.results)
                    self._found.dialplans.update(asking.dialplans)
                await self._end_apps(trio, lives, maps)
        except LabError as problem:
            notes: Sequence[str] = getattr(problem, "__notes__", ())
            self._found.problems.append("\n".join([str(problem), *notes]))

    async def _scheduler(self, stack: AsyncExitStack, trio: Trio) -> Scheduler:
        """Before anything is asked: phones that are registered on one instance are so on all of them."""
        phones = tuple(phone.name for phone in self._site.phones)
        return await stack.enter_async_context(open_scheduler(trio, phones=phones))

    def _apps(self, clock: str, scenarios: Sequence[Scenario], lives: Sequence[str]) -> tuple[App, ...]:
        """All of the site's programs; at another time, those that a scenario names (`uses: [app/NAME]`)."""
        if not clock and (scenarios or lives):
            return self._site.apps
        used = frozenset(thing for scenario in scenarios for thing in scenario.uses)
        return tuple(app for app in self._site.apps if f"app/{app.name}" in used)

    async def _end_apps(self, trio: Trio, lives: Iterable[str], maps: Maps) -> None:
        """Stop the site's programs, and judge what became of each on the way."""
        programs = {name: beside.programs for name, beside in trio.companions.items()}
        await asyncio.gather(*(asyncio.to_thread(one.stop) for beside in programs.values() for one in beside))
        with TraceWriter(self._traces) as writer:
            for app in self._site.apps:
                if app_id(app) not in lives:
                    continue
                traces = {
                    name: life_of(program, name)
                    for name, beside in programs.items()
                    for program in beside
                    if program.app == app
                }
                writer.keep(*traces.values())
                self._judge(app_plays(app, traces), maps)

    async def _play(self, scheduler: Scheduler, scenarios: Sequence[Scenario], maps: Maps) -> None:
        width = self._site.limits.concurrency
        doubtful: dict[str, Plays] = {}
        try:
            with TraceWriter(self._traces) as writer:
                turns = [(scenario, 0) for scenario in scenarios]
                async for played in scheduler.play(turns, width=width, progress=self._say):
                    writer.keep(*played.traces.values())
                    plays = _plays(played.scenario, self._site.root, played.traces)
                    if self._is_doubtful(self._judge(plays, maps)):
                        doubtful[plays.id] = plays
                again = [scenario for scenario in scenarios if scenario.id in doubtful]
                await self._replay(scheduler, writer, again, doubtful, maps)
        finally:
            self._found.unattributed += scheduler.unattributed
            self._found.problems.extend(scheduler.broken)

    async def _replay(
        self,
        scheduler: Scheduler,
        writer: TraceWriter,
        scenarios: Sequence[Scenario],
        doubtful: dict[str, Plays],
        maps: Maps,
    ) -> None:
        """Play what differs again, alone and several times, before it is believed; within the site's budget."""
        limits = self._site.limits
        ends = time.monotonic() + limits.replay_seconds
        for count, scenario in enumerate(scenarios, 1):
            if time.monotonic() > ends:
                left = len(scenarios) - count + 1
                self._found.problems.append(f"no time to replay {left} scenarios: what differs stands on one play")
                return
            self._say(f"Replaying {scenario.id} alone ({count} of {len(scenarios)} that differ)")
            turns = [(scenario, number) for number in range(1, limits.replays + 1)]
            async for again in scheduler.play(turns, width=1, progress=_silent):
                writer.keep(*again.traces.values())
                doubtful[scenario.id] = _with(doubtful[scenario.id], again.traces)
            self._judge(doubtful.pop(scenario.id), maps)

    def _is_doubtful(self, judged: Judged) -> bool:
        """Whether replays could change the verdict: what a person has accepted needs none."""
        holding = [finding for finding in judged.result.findings if finding.severity.holds]
        accepted = all(any(waives(waiver, finding) for waiver in self._site.waivers) for finding in holding)
        return judged.wants_replay and (bool(judged.unstable) or not accepted)

    def _judge(self, plays: Plays, maps: Maps) -> Judged:
        judged = judge(plays, maps, self._site.severities)
        self._found.results[plays.id] = judged.result
        self._found.noise[plays.id] = judged.noise
        return judged


def app_id(app: App) -> str:
    """The id of the result that says what became of a program: `apps/orders`."""
    return f"{APPS}{app.name}"


def app_plays(app: App, traces: Mapping[InstanceName, Trace]) -> Plays:
    """What became of a program on each instance, in the form in which it is judged."""
    return Plays(
        id=app_id(app),
        traces={name: (trace,) for name, trace in traces.items()},
        suite="apps",
        title=f"The program {app.name} runs, complains of nothing and ends when it is told to",
        where=Place("site.toml", app.line),
    )


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


def _with(plays: Plays, traces: Mapping[InstanceName, Trace]) -> Plays:
    return replace(plays, traces={name: (*seen, traces[name]) for name, seen in plays.traces.items()})


def _silent(_line: str) -> None:
    """Progress of a single replay is not worth a line."""
