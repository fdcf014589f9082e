"""What a trio is asked: what is loaded and in force, and at the end what its users and databases were given."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from harness.ask.baseline import load_baseline
from harness.ask.clients import Clients, has_listeners
from harness.ask.documents import note_texts
from harness.ask.inventory import start_lines, take_dialplan, take_inventory
from harness.ask.over_ami import AmiAsk
from harness.ask.package import load_package
from harness.ask.production import production_inventory
from harness.ask.release import load_facts
from harness.ask.sections import written_sections
from harness.ask.surfaces import take_surfaces
from harness.asterisk.conf import Config
from harness.asterisk.dialplan.show import Dialplan
from harness.errors import BootError, with_notes
from harness.facts.inventory import Inventory, Listing, Table, baseline
from harness.facts.release import both_bring
from harness.facts.site_changes import SiteChange
from harness.judge import Maps
from harness.judge.checks import AFTER_PLAY, CHECKS, OFFERED, PRODUCTION, RESEARCH, suite_of
from harness.judge.checks.boot import reason_of
from harness.judge.checks.folding import folded
from harness.judge.checks.judging import judge_load, judge_production
from harness.judge.checks.rollback import judge_rollback, rollback_fails
from harness.judge.research import Research, research_site
from harness.lab import Instance, Server, Trio
from harness.model import InstanceName, Place, ScenarioResult
from harness.site import Site
from harness.site.reading.site_files import read_agi_scripts, read_programs, read_site_files
from harness.stages.builds import build_changes
from harness.stages.results import Results, Tables
from harness.stages.second_start import answering, may_be_chance, restarted

if TYPE_CHECKING:
    from harness.stages.boot import Booted

__all__ = ["ask", "ask_databases", "ask_dialplans", "ask_users", "listen", "look_back"]

_DOCUMENTED = ("application argument", "application option", "config object", "config option", "sample file")
NO_DIALPLAN = "the old release has loaded no dialplan (is extensions.conf as in production?): no call is compared"
_WRITTEN = "databases"
"""The suite of checks of what was written to databases."""


async def ask(booted: Booted, results: Results) -> Results:
    """What is loaded and in force on each before anything is played."""
    checks = [check for check in booted.share.checks if check in CHECKS and check not in AFTER_PLAY]
    if _of_databases(booted) or "preflight/databases" in checks:
        results = replace(results, tables=await _tables(booted.trio))
    of_production = PRODUCTION in booted.share.checks
    if not checks and not of_production:
        return results
    booted.say("Comparing what is loaded and in force ...")
    with answering():
        old, again, candidate = await _inventories(booted, checks, results.tables)
        results = _mapped(results, _maps(booted, old.dialplan, candidate.dialplan))
        if RESEARCH.intersection(checks):
            old, again, candidate = await _researched(booted, results.maps, (old, again, candidate))
    failed = {name: build for build in booted.prepared.failed_builds for name in build.modules}
    candidate = replace(candidate, failed_builds=failed)
    stock, usual = await asyncio.to_thread(_baselines, booted.trio)
    old = replace(old, stock=usual)
    if of_production:
        results = results.with_results(*_as_production(booted.site, old))
    found = await _found(booted, checks, (old, again, candidate), stock)
    if may_be_chance(found, candidate):
        booted.say("Booting the candidate once more: does its start say the same again?")
        candidate = await restarted(booted.trio, candidate)
        found = await _found(booted, checks, (old, again, candidate), stock)
    return results.with_results(*found)


def _as_production(site: Site, old: Inventory) -> Iterable[ScenarioResult]:
    """Whether the old instance is what production was, where the site knows."""
    if site.production:
        production = production_inventory(site.production.read_text("utf-8", "replace"))
        yield judge_production(production, old, severities=site.severities)


def _baselines(trio: Trio) -> tuple[frozenset[str], frozenset[str]]:
    """What the candidate, and what the old release says with stock configuration."""
    stock, usual = (load_baseline(instance.release) for instance in (trio.candidate, trio.old))
    return baseline(stock), baseline(usual)


async def ask_dialplans(booted: Booted, results: Results) -> Results:
    """The dialplans of both releases, by which findings get their places, where `ask` had nothing to ask."""
    if results.maps.old.contexts or results.maps.candidate.contexts:
        return results
    sides: tuple[InstanceName, InstanceName] = ("old", "candidate")
    asks = {name: AmiAsk(booted.trio.instances[name]) for name in sides}
    with answering():
        takes = (take_dialplan(ask, folder=_folder(booted.site, name)) for name, ask in asks.items())
        old, candidate = await asyncio.gather(*takes)
    return _mapped(results, _maps(booted, old, candidate))


def _maps(booted: Booted, old: Dialplan, candidate: Dialplan) -> Maps:
    """By what findings get their places, and whether the old release has anybody who listens."""
    programs = {app.name: Place("site.toml", app.line) for app in booted.site.apps}
    return Maps(old, candidate, programs, has_listeners(Config(_config(booted.site, "old"))))


def _mapped(results: Results, maps: Maps) -> Results:
    """With the dialplans; where the old release has none of the site's, nothing that is played proves anything."""
    results = replace(results, maps=maps)
    return results.with_problems(NO_DIALPLAN) if maps.old.contexts and not maps.old.files else results


async def look_back(booted: Booted, results: Results) -> Results:
    """Whether the old release, with the migrated configuration, has what the candidate has."""
    back, severities = booted.trio.back, booted.site.severities
    if back is None:
        return results
    booted.say("Comparing what the old release makes of the migrated configuration ...")
    if isinstance(back, BootError):
        files = read_site_files(booted.site.candidate.config, folder=_folder(booted.site, "candidate"))
        reason = reason_of(start_lines(back.log), files)
        return results.with_results(rollback_fails(with_notes(back), severities, reason=reason))
    there, here = _folder(booted.site, "candidate"), _folder(booted.site, "old")
    instances = ((booted.trio.old, here), (booted.trio.candidate, there), (back, there))
    with answering():
        three = await asyncio.gather(*(take_inventory(AmiAsk(each), folder=folder) for each, folder in instances))
    stock = await asyncio.to_thread(load_baseline, back.release)
    return results.with_results(judge_rollback(*three, severities=severities, baseline=baseline(stock)))


async def listen(booted: Booted, results: Results) -> Results:
    """From now on the site's manager users hear what is played, each on every instance."""
    if not _of_users(booted):
        return results
    configs = {name: Config(_config(booted.site, name)) for name in booted.trio.instances}
    clients = tuple(
        Clients(instance, configs[name], folder=_folder(booted.site, name))
        for name, instance in booted.trio.instances.items()
    )
    await asyncio.gather(*(one.listen() for one in clients))
    return replace(results, listening=clients)


async def ask_users(booted: Booted, results: Results) -> Results:
    """What the site's users were told by now, and may do."""
    if not (users := _of_users(booted)):
        return results
    inventories = [await one.told() for one in results.listening]
    return results.with_results(*await _found(booted, users, inventories))


async def ask_databases(booted: Booted, results: Results) -> Results:
    """What the site's databases were given by now."""
    if not (written := _of_databases(booted)):
        return results
    now = await _tables(booted.trio)
    inventories = [Inventory(written_sections(results.tables[name], now[name])) for name in now]
    found = await _found(booted, written, inventories)
    checks = [result for result in results.of.values() if result.id in CHECKS]
    return results.with_results(*folded([*checks, *found]))


def _of_databases(booted: Booted) -> Sequence[str]:
    return [c for c in booted.share.checks if c in AFTER_PLAY and suite_of(c) == _WRITTEN]


def _of_users(booted: Booted) -> Sequence[str]:
    return [c for c in booted.share.checks if c in AFTER_PLAY and suite_of(c) != _WRITTEN]


def _config(site: Site, name: InstanceName) -> Path:
    return (site.candidate if name == "candidate" else site.old).config


def _folder(site: Site, name: InstanceName) -> str:
    """What comes before the names of an instance's files, so that a place says whose it is."""
    return f"{_config(site, name).name}/"


async def _found(
    booted: Booted,
    checks: Iterable[str],
    inventories: Sequence[Inventory],
    stock: frozenset[str] = frozenset(),
) -> Sequence[ScenarioResult]:
    """What checks find. In a thread: another trio's calls go on meanwhile."""
    old, again, candidate = inventories
    judge = partial(judge_load, severities=booted.site.severities, baseline=stock)

    def judged() -> Sequence[ScenarioResult]:
        return folded([judge(check, old, again, candidate) for check in checks])

    return await asyncio.to_thread(judged)


async def _inventories(booted: Booted, checks: Sequence[str], tables: Tables) -> Sequence[Inventory]:
    """What each instance has."""
    programs = await asyncio.to_thread(read_programs, booted.site)
    brought = {name for instance in booted.trio.instances.values() for name in instance.third_party}
    return await asyncio.gather(
        *(
            _inventory(instance, _folder(booted.site, name), checks, tables.get(name, {}), programs, brought)
            for name, instance in booted.trio.instances.items()
        )
    )


async def _researched(booted: Booted, maps: Maps, inventories: Sequence[Inventory]) -> Sequence[Inventory]:
    """With what both releases say of themselves that concerns the site."""
    modules = {name for each in inventories for name in each.section("module").items}
    found, problem = await asyncio.to_thread(_research, booted, maps, modules)
    release = {"release": Listing(problem=problem)}
    *olds, candidate = (replace(each, sections={**each.sections, **release}) for each in inventories)
    return [*olds, replace(candidate, site_changes=found.changes, cited=found.cited)]


async def _inventory(
    instance: Instance,
    folder: str,
    checks: Iterable[str],
    tables: Mapping[str, Table],
    programs: Mapping[str, str],
    brought: Iterable[str],
) -> Inventory:
    """What checks want to know: what is loaded, and what the interfaces offer where a check is about that."""
    inventory = await take_inventory(AmiAsk(instance), folder=folder, tables=tables)
    version, own = instance.release.version, instance.third_party
    sums = await AmiAsk(instance).sums(instance.release.directory("astmoddir"), (f"{name}.so" for name in brought))
    inventory = replace(inventory, version=version, third_party=own, binaries=sums, programs=programs)
    if not any(OFFERED.intersection(CHECKS[check].sections) for check in checks):
        return inventory
    return replace(inventory, sections={**inventory.sections, **await take_surfaces(instance, inventory)})


def _research(booted: Booted, maps: Maps, modules: Collection[str]) -> tuple[Research, str]:
    """What both releases say of themselves that concerns the site, and why that is not known.

    `modules` are those that run on any of them: a file that none of them opens is no use of anything.
    """
    site, prepared = booted.site, booted.prepared
    sides = (site.old, site.candidate)
    old, new = (load_facts(prepared.releases[side.release], progress=booted.say) for side in sides)
    old, new, lacking = both_bring(old, new)
    for kind in _DOCUMENTED:
        for facts in (old, new):
            if problem := facts.section(kind).problem:
                return Research(), f"{facts.spec}: {kind}: {problem}"
    configs = (read_site_files(side.config, folder=f"{side.config.name}/") for side in sides)
    before, files = (config.read_by(modules) for config in configs)
    found = research_site(
        old,
        new,
        files,
        maps,
        before=before,
        scripts=read_agi_scripts(site.data),
        given=note_texts(site.notes),
        today=prepared.day,
    )
    if site.old.makeopts:
        was_built, is_built = (load_package(prepared.releases[side.release]) for side in sides)
        builds = build_changes(site, site.old.makeopts, was_built, is_built, maps.candidate, files)
        found = replace(found, changes=(*found.changes, *builds))
    unsaid = (SiteChange("documentation-missing", line) for line in lacking)
    return replace(found, changes=(*found.changes, *unsaid)), ""


async def _tables(trio: Trio) -> Tables:
    """What is in the tables of each instance's databases at this moment."""

    async def one(servers: Iterable[Server]) -> Mapping[str, Table]:
        found = await asyncio.gather(*(asyncio.to_thread(server.tables_at_rest) for server in servers))
        return {name: table for tables in found for name, table in tables.items()}

    counted = await asyncio.gather(*(one(trio.servers.get(name, ())) for name in trio.instances))
    return dict(zip(trio.instances, counted, strict=True))
