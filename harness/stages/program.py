"""The whole program: a site goes in, a report comes out. pytest and the console command both call this.

collect ─► prepare releases ─► boot ─► ask ─► play ─► judge ─► replay ─► judge ─► gate ─► report
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path

from harness.judge import RULE_IDS, Plays, gate, judge
from harness.judge.checks import CHECKS, suite_of
from harness.judge.checks.rollback import ROLLBACK
from harness.judge.coverage import Coverage
from harness.lab import Release, prepare
from harness.lab import sweep as sweep_up
from harness.lab.housekeeping.scratch import scratch
from harness.model import InstanceName, Outcome, Place, ScenarioResult, Trace
from harness.play import Scenario, load_scenarios
from harness.record import TraceFile, read_trace, trace_files
from harness.report import Report, Side, assemble, is_complete, read_report
from harness.site import Site, load_site
from harness.stages.asking import maps_of
from harness.stages.kept import Kept, KeptScenario, read_kept, write_kept
from harness.stages.trial import Progress, Trial, Yield, app_id, app_plays, place_of

__all__ = ["Collected", "Settings", "collect", "cover", "rejudge", "run"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What the person asked for. Traces go below `report`; overrides are None when not given.

    With `rollback`, the old release is tried on the candidate's configuration as well. `as_of` is the day by which
    support and waivers are judged, None for today.
    """

    site: Path
    report: Path | None = None
    old: str | None = None
    candidate: str | None = None
    old_config: Path | None = None
    candidate_config: Path | None = None
    rollback: bool = False
    as_of: date | None = None

    @property
    def day(self) -> date:
        """The day by which support and waivers are judged."""
        return self.as_of or datetime.now(UTC).date()


@dataclass(frozen=True, slots=True)
class Collected:
    """A checked site, and everything that can be played and asked on it."""

    site: Site
    scenarios: tuple[Scenario, ...]
    checks: tuple[str, ...]


def collect(settings: Settings) -> Collected:
    """Read the site. Needs no engine.

    Raises `SiteError` with file and line when something in the folder cannot be used.
    """
    site = load_site(
        settings.site,
        old=settings.old,
        candidate=settings.candidate,
        old_config=settings.old_config,
        candidate_config=settings.candidate_config,
        rules=RULE_IDS,
    )
    back = (ROLLBACK,) if settings.rollback else ()
    return Collected(site, load_scenarios(site), (*CHECKS, *back, *map(app_id, site.apps)))


def run(
    collected: Collected,
    settings: Settings,
    *,
    scenarios: frozenset[str],
    checks: frozenset[str],
    progress: Progress,
) -> Report:
    """Boot, ask, play and judge what is selected, by id; everything is gone from the engine when this returns.

    Raises SiteError, EngineError and ImageError, which come before anything is played. What breaks later makes
    the report inconclusive.
    """
    began = time.monotonic()
    site = collected.site
    sweep_up()
    sides = (site.old.release, site.candidate.release)
    releases = prepare(sides, packages=site.packages, python=site.python, engines=site.engines, progress=progress)
    found = Yield(_sides(site, releases))
    chosen = sorted((s for s in collected.scenarios if s.id in scenarios), key=lambda scenario: scenario.clock)
    with scratch() as folder:
        traces = settings.report / "traces" if settings.report else Path(folder)
        traces.mkdir(parents=True, exist_ok=True)
        trial = Trial(site, releases, traces, settings.day, progress, found)
        by_clock = {clock: list(group) for clock, group in groupby(chosen, key=lambda scenario: scenario.clock)}
        if checks:
            by_clock.setdefault("", [])
        for clock, group in sorted(by_clock.items()):
            asyncio.run(trial.one_trio(clock, group, () if clock else checks))
    _account_for(chosen, checks, found)
    kept = _kept(site, chosen, found, settings.day)
    if settings.report:
        write_kept(settings.report, kept)
    report = _report(site.name, kept, found, available=len(collected.scenarios) + len(collected.checks))
    return replace(report, seconds=round(time.monotonic() - began, 1))


def rejudge(folder: Path) -> Report:
    """Judge the kept traces of a run again, by the rules of today. Needs no engine.

    What was asked of the running instances (the results of checks) is taken as it was. Raises SiteError.
    """
    kept, before = read_kept(folder), read_report(folder)
    found = Yield(
        {"old": before.old, "again": before.again, "candidate": before.candidate},
        results={result.id: _unwaived(result) for result in before.results},
        overlay=before.overlay,
        problems=list(before.problems),
        dialplans=dict(kept.dialplans),
        unattributed=before.unattributed,
    )
    _judge_again(folder, kept, found)
    report = _report(before.site, kept, found, available=before.available)
    return cover(replace(report, seconds=before.seconds), folder)


def cover(report: Report, folder: Path) -> Report:
    """The report, its findings saying which of the scenarios whose traces `folder` keeps cover them.

    Needs no engine. Raises SiteError when the folder is not one of a run.
    """
    kept = read_kept(folder)
    coverage = Coverage(report.results, maps_of(kept.dialplans, *kept.folders))
    for scenario, files in _kept_traces(folder, kept):
        if scenario.suite == "dialplan":
            first = (file for file in files if not file.play and file.instance != "again")
            coverage.add(scenario.id, {file.instance: read_trace(file.path) for file in first})
    return replace(
        report,
        results=tuple(map(coverage.result, report.results)),
        findings=tuple(map(coverage.finding, report.findings)),
    )


def _judge_again(folder: Path, kept: Kept, found: Yield) -> None:
    maps = maps_of(found.dialplans, *kept.folders)
    for scenario, files in _kept_traces(folder, kept):
        traces: dict[InstanceName, tuple[Trace, ...]] = {}
        for file in files:
            traces[file.instance] = (*traces.get(file.instance, ()), read_trace(file.path))
        judged = judge(
            Plays(scenario.id, traces, scenario.suite, scenario.title, scenario.where, scenario.tolerances),
            maps,
            kept.severities,
        )
        found.results[scenario.id] = judged.result
        found.noise[scenario.id] = judged.noise


def _kept_traces(folder: Path, kept: Kept) -> Iterator[tuple[KeptScenario, Iterator[TraceFile]]]:
    """The files of each scenario that the run told of; what else lies there is none of its own."""
    known = {scenario.id: scenario for scenario in kept.scenarios}
    for id_, files in groupby(trace_files(folder / "traces"), key=lambda file: file.scenario):
        if id_ in known:
            yield known[id_], files


def _report(site: str, kept: Kept, found: Yield, *, available: int) -> Report:
    results = tuple(found.results.values())
    complete = is_complete(len(results), available, found.sides["old"], found.sides["candidate"])
    gated = gate(results, kept.waivers, today=kept.today, complete=complete, problems=found.problems)
    return assemble(
        verdict=gated.verdict,
        site=site,
        old=found.sides["old"],
        again=found.sides["again"],
        candidate=found.sides["candidate"],
        results=gated.results,
        findings=gated.findings,
        overlay=found.overlay,
        problems=found.problems,
        noise=sum(found.noise.values()),
        unattributed=found.unattributed,
        available=available,
    )


def _kept(site: Site, scenarios: Iterable[Scenario], found: Yield, today: date) -> Kept:
    lives = [(app_plays(app, {}), Place("site.toml", app.line)) for app in site.apps]
    return Kept(
        scenarios=(
            *(KeptScenario(s.id, s.title, place_of(s, site.root), s.tolerances) for s in scenarios),
            *(KeptScenario(p.id, p.title, where, p.tolerances, p.suite) for p, where in lives),
        ),
        waivers=site.waivers,
        severities=site.severities,
        dialplans=found.dialplans,
        folders=(f"{site.old.config.name}/", f"{site.candidate.config.name}/"),
        today=today.isoformat(),
    )


def _account_for(scenarios: Iterable[Scenario], checks: Iterable[str], found: Yield) -> None:
    """What was selected and has no result was not compared: say so, with the reason if there is one."""
    reason = found.problems[0].partition("\n")[0] if found.problems else "was not played"
    for scenario in scenarios:
        found.results.setdefault(
            scenario.id,
            ScenarioResult(scenario.id, "dialplan", Outcome.NOT_COMPARED, scenario.title, problem=reason),
        )
    for check in checks:
        missing = ScenarioResult(check, suite_of(check), Outcome.NOT_COMPARED, problem=reason)
        found.results.setdefault(check, missing)


def _sides(site: Site, releases: Mapping[str, Release]) -> Mapping[InstanceName, Side]:
    def side(spec: str) -> Side:
        release = releases[spec]
        return Side(spec, release.version, release.image, release.digest)

    return {
        "old": side(site.old.release),
        "again": side(site.old.release),
        "candidate": side(site.candidate.release),
    }


def _unwaived(result: ScenarioResult) -> ScenarioResult:
    """A result as it was before its waivers were applied."""
    findings = tuple(replace(finding, waived="") for finding in result.findings)
    outcome = Outcome.DIFFERS if result.outcome is Outcome.WAIVED else result.outcome
    return replace(result, findings=findings, outcome=outcome)
