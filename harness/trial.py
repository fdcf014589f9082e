"""One run on its trios: boot, ask, play, judge, replay what differs, judge again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from harness.compare import Judged, Maps, Plays, judge, parse_dialplan, waives
from harness.compare.checks import AFTER_PLAY, RESEARCH, suite_of
from harness.compare.coverage import places_run
from harness.compare.dialplan import Dialplan
from harness.compare.inventory import Inventory, Section, baseline
from harness.compare.load import judge_load
from harness.compare.rollback import ROLLBACK, judge_rollback, rollback_fails
from harness.drive.far_end_files import phone_files
from harness.errors import BootError, LabError
from harness.lab import Instance, Release, Server, Trio, boot_trio, load_baseline, load_facts
from harness.model import InstanceName, Place, ScenarioResult, Trace
from harness.record import TraceWriter, life_of
from harness.report import OverlayLine, Side
from harness.research.clients import Clients
from harness.research.databases import Table, written_sections
from harness.research.inventory import AmiAsk, take_inventory
from harness.research.messages import count_messages
from harness.research.notes import note_texts
from harness.research.site_files import read_site_files
from harness.research.site_research import Research, research_site
from harness.research.surfaces import take_surfaces
from harness.scenario import Company, Scenario, open_company
from harness.site import App, Site
from harness.site.conf import read_conf

__all__ = ["APPS", "Progress", "Trial", "Yield", "app_id", "app_plays", "maps_of", "place_of"]

Progress = Callable[[str], None]
_DOCUMENTED = ("application argument", "application option", "config object", "config option", "sample file")
APPS = "apps/"
"""What the ids of the results about the site's own programs begin with."""


@dataclass(slots=True)
class Yield:
    """What a run gathers on its way to the report, filled by one stage after the other.

    `sides` are known from the releases, `dialplans` is what `dialplan show` printed, `problems` make the run
    inconclusive. `covered` says which scenarios ran a place of the dialplan.
    """

    sides: Mapping[InstanceName, Side]
    results: dict[str, ScenarioResult] = field(default_factory=dict)
    overlay: tuple[OverlayLine, ...] = ()
    problems: list[str] = field(default_factory=list)
    dialplans: dict[InstanceName, str] = field(default_factory=dict)
    noise: dict[str, int] = field(default_factory=dict)
    unattributed: int = 0
    covered: dict[Place, set[str]] = field(default_factory=dict)

    def cover(self, plays: Plays, maps: Maps) -> None:
        """Remember which places of either dialplan a scenario runs."""
        sides: tuple[tuple[InstanceName, Dialplan], ...] = (("old", maps.old), ("candidate", maps.candidate))
        for name, dialplan in sides:
            for trace in plays.traces.get(name, ())[:1]:
                for place in places_run(trace, dialplan):
                    self.covered.setdefault(place, set()).add(plays.id)


class Trial:
    """One run's stages, on as many trios as its scenarios' clocks need."""

    def __init__(
        self, site: Site, releases: Mapping[str, Release], traces: Path, progress: Progress, found: Yield
    ) -> None:
        self._site = site
        self._releases = releases
        self._traces = traces
        self._say = progress
        self._found = found

    async def one_trio(self, clock: str, scenarios: Sequence[Scenario], checks: Collection[str]) -> None:
        """Boot a trio, ask and play on it. What breaks on the way is a problem of the report."""
        lives = [check for check in checks if check.startswith(APPS)]
        late = sorted(AFTER_PLAY.intersection(checks))
        written = [check for check in late if suite_of(check) == "databases"]
        told = [check for check in late if check not in written]
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
                wanted = {"preflight/databases", *written}.intersection(checks)
                tables = await _tables(trio) if wanted else {}
                maps = await self._ask(trio, sorted(set(checks).difference(lives, late, (ROLLBACK,))), tables)
                if trio.back is not None:
                    await self._look_back(trio, trio.back)
                clients = await self._listen(trio) if told else ()
                if scenarios:
                    phones = tuple(phone.name for phone in self._site.phones)
                    company = await stack.enter_async_context(open_company(trio, phones=phones))
                    await self._play(company, scenarios, maps)
                if clients:
                    self._check(told, [await one.told() for one in clients], maps, frozenset())
                if written:
                    after = await _tables(trio)
                    sides = [Inventory(written_sections(tables[name], after[name])) for name in trio.instances]
                    self._check(written, sides, maps, frozenset())
                await self._end_apps(trio, lives, maps)
        except LabError as problem:
            notes: Sequence[str] = getattr(problem, "__notes__", ())
            self._found.problems.append("\n".join([str(problem), *notes]))

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

    async def _listen(self, trio: Trio) -> Sequence[Clients]:
        """The site's manager users hear what is played, each on every instance."""
        sides = {"old": self._site.old, "again": self._site.old, "candidate": self._site.candidate}
        clients = [
            Clients(instance, read_conf(sides[name].config), folder=f"{sides[name].config.name}/")
            for name, instance in trio.instances.items()
        ]
        await asyncio.gather(*(one.listen() for one in clients))
        return clients

    async def _ask(
        self, trio: Trio, checks: Sequence[str], tables: Mapping[InstanceName, Mapping[str, Table]]
    ) -> Maps:
        """What is loaded and in force on each; without checks only the dialplans, for places."""
        before, after = (f"{side.config.name}/" for side in (self._site.old, self._site.candidate))
        folders = {"old": before, "again": before, "candidate": after}
        texts = await asyncio.gather(
            *(asyncio.to_thread(trio.instances[name].cli, "dialplan show") for name in ("old", "candidate"))
        )
        self._found.dialplans.update(zip(("old", "candidate"), texts, strict=True))
        maps = maps_of(self._found.dialplans, before, after)
        if checks:
            self._say("Comparing what is loaded and in force ...")
            try:
                inventories = await asyncio.gather(
                    *(
                        _inventory(i, folders[name], checks, tables.get(name, {}))
                        for name, i in trio.instances.items()
                    )
                )
                if RESEARCH.intersection(checks):
                    told, problem = await asyncio.to_thread(self._research, maps)
                    *olds, candidate = (_researched(inventory, problem) for inventory in inventories)
                    inventories = [*olds, replace(candidate, site_changes=told.changes, cited=told.cited)]
            except (OSError, TimeoutError) as problem:
                raise LabError(f"an instance does not answer what it has loaded: {problem}") from problem
            stock = await asyncio.to_thread(load_baseline, trio.candidate.release)
            self._check(checks, inventories, maps, baseline(stock))
        return maps

    def _research(self, maps: Maps) -> tuple[Research, str]:
        """What both releases say of themselves that concerns the site, and why that is not known."""
        old, new = (
            load_facts(self._releases[side.release], progress=self._say)
            for side in (self._site.old, self._site.candidate)
        )
        for kind in _DOCUMENTED:
            for facts in (old, new):
                if problem := facts.section(kind).problem:
                    return Research(), f"{facts.spec}: {kind}: {problem}"
        config = self._site.candidate.config
        files = read_site_files(config, folder=f"{config.name}/")
        told = research_site(old, new, files, maps, given=note_texts(self._site.notes), today=_today())
        return told, ""

    async def _look_back(self, trio: Trio, back: Instance | BootError) -> None:
        """Whether the old release, with the migrated configuration, has what the candidate has."""
        self._say("Comparing what the old release makes of the migrated configuration ...")
        if isinstance(back, BootError):
            words = "\n".join([str(back), *getattr(back, "__notes__", ())])
            result = rollback_fails(words, self._site.severities)
        else:
            folder = f"{self._site.candidate.config.name}/"
            candidate, old = await asyncio.gather(
                *(take_inventory(AmiAsk(i), folder=folder) for i in (trio.candidate, back))
            )
            stock = await asyncio.to_thread(load_baseline, back.release)
            result = judge_rollback(candidate, old, severities=self._site.severities, baseline=baseline(stock))
        self._found.results[result.id] = result

    def _check(
        self, checks: Sequence[str], inventories: Sequence[Inventory], maps: Maps, stock: frozenset[str]
    ) -> None:
        old, again, candidate = inventories
        for check in checks:
            result = judge_load(
                check, old, again, candidate, maps, severities=self._site.severities, baseline=stock
            )
            self._found.results[result.id] = result

    async def _play(self, company: Company, scenarios: Sequence[Scenario], maps: Maps) -> None:
        width = self._site.limits.concurrency
        doubtful: dict[str, Plays] = {}
        try:
            with TraceWriter(self._traces) as writer:
                turns = [(scenario, 0) for scenario in scenarios]
                async for played in company.play(turns, width=width, progress=self._say):
                    writer.keep(*played.traces.values())
                    plays = _plays(played.scenario, self._site.root, played.traces)
                    self._found.cover(plays, maps)
                    if self._is_doubtful(self._judge(plays, maps)):
                        doubtful[plays.id] = plays
                again = [scenario for scenario in scenarios if scenario.id in doubtful]
                await self._replay(company, writer, again, doubtful, maps)
        finally:
            self._found.unattributed += company.unattributed
            self._found.problems.extend(company.broken)

    async def _replay(
        self,
        company: Company,
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
            async for again in company.play(turns, width=1, progress=_silent):
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


def maps_of(dialplans: Mapping[InstanceName, str], old: str, candidate: str) -> Maps:
    """The dialplans of both sides; `old` and `candidate` come before the file names of their places."""
    return Maps(
        parse_dialplan(dialplans.get("old", ""), folder=old),
        parse_dialplan(dialplans.get("candidate", ""), folder=candidate),
    )


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


async def _tables(trio: Trio) -> Mapping[InstanceName, Mapping[str, Table]]:
    """What is in the tables of each instance's databases at this moment."""

    async def one(servers: Iterable[Server]) -> Mapping[str, Table]:
        found = await asyncio.gather(*(asyncio.to_thread(server.tables_at_rest) for server in servers))
        return {name: table for tables in found for name, table in tables.items()}

    counted = await asyncio.gather(*(one(trio.servers.get(name, ())) for name in trio.instances))
    return dict(zip(trio.instances, counted, strict=True))


async def _inventory(
    instance: Instance, folder: str, checks: Iterable[str], tables: Mapping[str, Table]
) -> Inventory:
    """What checks want to know: what is loaded, and what the interfaces offer where a check is about that."""
    ask = AmiAsk(instance)
    inventory = await take_inventory(ask, folder=folder, tables=tables)
    mailboxes = await count_messages(ask, inventory.section("mailbox"))
    inventory = replace(
        inventory, sections={**inventory.sections, "mailbox": mailboxes}, third_party=instance.third_party
    )
    if all(suite_of(check) == "preflight" for check in checks):
        return inventory
    return replace(inventory, sections={**inventory.sections, **await take_surfaces(instance, inventory)})


def _today() -> date:
    return datetime.now(UTC).date()


def _researched(inventory: Inventory, problem: str) -> Inventory:
    return replace(inventory, sections={**inventory.sections, "release": Section(problem=problem)})


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
