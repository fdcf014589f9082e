"""What is asked of a trio beside playing on it: what is loaded and in force, and what came of it all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from harness.ask.baseline import load_baseline
from harness.ask.clients import Clients
from harness.ask.databases import written_sections
from harness.ask.inventory import AmiAsk, take_inventory
from harness.ask.note_files import note_texts
from harness.ask.release_facts import load_facts
from harness.ask.surfaces import take_surfaces
from harness.asterisk.conf import read_conf
from harness.errors import BootError, LabError
from harness.facts.inventory import Inventory, Section, Table, baseline
from harness.judge import Maps, parse_dialplan
from harness.judge.checks import AFTER_PLAY, RESEARCH, suite_of
from harness.judge.checks.judging import judge_load
from harness.judge.checks.rollback import ROLLBACK, judge_rollback, rollback_fails
from harness.judge.research import Research, research_site
from harness.lab import Instance, Release, Server, Trio
from harness.model import InstanceName, ScenarioResult
from harness.site import Side, Site
from harness.site.reading.site_files import read_scripts, read_site_files

__all__ = ["Asking", "maps_of"]

_DOCUMENTED = ("application argument", "application option", "config object", "config option", "sample file")
_WRITTEN = "databases"
"""The suite of checks of what was written to databases."""

Tables = Mapping[InstanceName, Mapping[str, Table]]


class Asking:
    """The checks of one trio. `before` is for the time before anything is played, `after` for when all has been.

    `results` are those of the checks made so far, `dialplans` what `dialplan show` printed on old and candidate.
    """

    def __init__(
        self,
        site: Site,
        releases: Mapping[str, Release],
        trio: Trio,
        checks: Collection[str],
        today: date,
        progress: Callable[[str], None],
    ) -> None:
        self.results: dict[str, ScenarioResult] = {}
        self.dialplans: dict[InstanceName, str] = {}
        self._site = site
        self._releases = releases
        self._trio = trio
        self._checks = [check for check in checks if check not in AFTER_PLAY and check != ROLLBACK]
        self._written = sorted(c for c in AFTER_PLAY.intersection(checks) if suite_of(c) == _WRITTEN)
        self._told = sorted(AFTER_PLAY.intersection(checks).difference(self._written))
        self._today = today
        self._say = progress
        self._maps = Maps()
        self._tables: Tables = {}
        self._clients: Sequence[Clients] = ()

    async def before(self) -> Maps:
        """Everything that is known once the site is loaded. Raises LabError."""
        if self._written or "preflight/databases" in self._checks:
            self._tables = await _tables(self._trio)
        self._maps = await self._ask()
        if self._trio.back is not None:
            await self._look_back(self._trio.back)
        if self._told:
            self._clients = await self._listen()
        return self._maps

    async def after(self) -> None:
        """What the site's users were told and its databases were given by now. Raises LabError."""
        if self._told:
            self._check(self._told, [await one.told() for one in self._clients], frozenset())
        if self._written:
            now = await _tables(self._trio)
            sides = [Inventory(written_sections(self._tables[name], now[name])) for name in self._trio.instances]
            self._check(self._written, sides, frozenset())

    def _sides(self) -> Mapping[InstanceName, Side]:
        return {"old": self._site.old, "again": self._site.old, "candidate": self._site.candidate}

    async def _listen(self) -> Sequence[Clients]:
        """The site's manager users hear what is played, each on every instance."""
        sides = self._sides()
        clients = [
            Clients(instance, read_conf(sides[name].config), folder=f"{sides[name].config.name}/")
            for name, instance in self._trio.instances.items()
        ]
        await asyncio.gather(*(one.listen() for one in clients))
        return clients

    async def _ask(self) -> Maps:
        """What is loaded and in force on each; without checks only the dialplans, for places."""
        instances = self._trio.instances
        folders = {name: f"{side.config.name}/" for name, side in self._sides().items()}
        texts = await asyncio.gather(
            *(asyncio.to_thread(instances[name].cli, "dialplan show") for name in ("old", "candidate"))
        )
        self.dialplans.update(zip(("old", "candidate"), texts, strict=True))
        maps = self._maps = maps_of(self.dialplans, folders["old"], folders["candidate"])
        if self._checks:
            self._say("Comparing what is loaded and in force ...")
            try:
                inventories = await asyncio.gather(
                    *(
                        _inventory(i, folders[name], self._checks, self._tables.get(name, {}))
                        for name, i in instances.items()
                    )
                )
                if RESEARCH.intersection(self._checks):
                    told, problem = await asyncio.to_thread(self._research, maps)
                    *olds, candidate = (_researched(inventory, problem) for inventory in inventories)
                    inventories = [*olds, replace(candidate, site_changes=told.changes, cited=told.cited)]
            except (OSError, TimeoutError) as problem:
                raise LabError(f"an instance does not answer what it has loaded: {problem}") from problem
            stock = await asyncio.to_thread(load_baseline, self._trio.candidate.release)
            self._check(self._checks, inventories, baseline(stock))
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
        before, files = (
            read_site_files(side.config, folder=f"{side.config.name}/")
            for side in (self._site.old, self._site.candidate)
        )
        told = research_site(
            old,
            new,
            files,
            maps,
            before=before,
            scripts=read_scripts(self._site.data.agi_bin),
            given=note_texts(self._site.notes),
            today=self._today,
        )
        return told, ""

    async def _look_back(self, back: Instance | BootError) -> None:
        """Whether the old release, with the migrated configuration, has what the candidate has."""
        self._say("Comparing what the old release makes of the migrated configuration ...")
        if isinstance(back, BootError):
            words = "\n".join([str(back), *getattr(back, "__notes__", ())])
            result = rollback_fails(words, self._site.severities)
        else:
            folder = f"{self._site.candidate.config.name}/"
            candidate, old = await asyncio.gather(
                *(take_inventory(AmiAsk(i), folder=folder) for i in (self._trio.candidate, back))
            )
            stock = await asyncio.to_thread(load_baseline, back.release)
            result = judge_rollback(candidate, old, severities=self._site.severities, baseline=baseline(stock))
        self.results[result.id] = result

    def _check(self, checks: Sequence[str], inventories: Sequence[Inventory], stock: frozenset[str]) -> None:
        old, again, candidate = inventories
        for check in checks:
            result = judge_load(
                check, old, again, candidate, self._maps, severities=self._site.severities, baseline=stock
            )
            self.results[result.id] = result


def maps_of(dialplans: Mapping[InstanceName, str], old: str, candidate: str) -> Maps:
    """The dialplans of both sides; `old` and `candidate` come before the file names of their places."""
    return Maps(
        parse_dialplan(dialplans.get("old", ""), folder=old),
        parse_dialplan(dialplans.get("candidate", ""), folder=candidate),
    )


async def _inventory(
    instance: Instance, folder: str, checks: Iterable[str], tables: Mapping[str, Table]
) -> Inventory:
    """What checks want to know: what is loaded, and what the interfaces offer where a check is about that."""
    ask = AmiAsk(instance)
    inventory = await take_inventory(ask, folder=folder, tables=tables)
    inventory = replace(inventory, third_party=instance.third_party)
    if all(suite_of(check) == "preflight" for check in checks):
        return inventory
    return replace(inventory, sections={**inventory.sections, **await take_surfaces(instance, inventory)})


def _researched(inventory: Inventory, problem: str) -> Inventory:
    return replace(inventory, sections={**inventory.sections, "release": Section(problem=problem)})


async def _tables(trio: Trio) -> Mapping[InstanceName, Mapping[str, Table]]:
    """What is in the tables of each instance's databases at this moment."""

    async def one(servers: Iterable[Server]) -> Mapping[str, Table]:
        found = await asyncio.gather(*(asyncio.to_thread(server.tables_at_rest) for server in servers))
        return {name: table for tables in found for name, table in tables.items()}

    counted = await asyncio.gather(*(one(trio.servers.get(name, ())) for name in trio.instances))
    return dict(zip(trio.instances, counted, strict=True))
