"""The stages that need no engine: judge what a run kept again, and say which of its scenarios cover a finding."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

from harness.judge import Judged, Plays, judge
from harness.judge.checks.documented import without_effect
from harness.judge.coverage import Coverage
from harness.judge.deprecations import without_known
from harness.model import InstanceName, Outcome, Report, Trace
from harness.record.store import TraceFile, read_trace
from harness.report.folder import read_report
from harness.stages.conclude import conclude, without_waivers
from harness.stages.kept import Kept, KeptScenario, kept_traces, read_kept

__all__ = ["cover", "judgements", "plays_of", "rejudge"]


def rejudge(folder: Path) -> Report:
    """Judge the kept traces of a run again, by the rules of today. Needs no engine.

    What was asked of the running instances (the results of checks) is taken as it was. Raises SiteError.
    """
    kept, before = read_kept(folder), read_report(folder)
    compared = {result.id for result in before.results if result.outcome is not Outcome.NOT_COMPARED}
    results = {result.id: without_waivers(result) for result in before.results}
    judged = list(judgements(folder, kept, besides=compared))
    deprecated = frozenset[str]().union(*(one.deprecated for one in judged))
    results.update((one.result.id, without_known(one.result, deprecated)) for one in judged)
    noise = sum(one.noise for one in judged)
    report = conclude(
        replace(before, results=tuple(results.values()), noise=noise), kept.waivers, today=kept.today
    )
    return cover(report, folder)


def cover(report: Report, folder: Path) -> Report:
    """The report, its findings saying which of the scenarios whose traces `folder` keeps cover them.

    Needs no engine. Raises SiteError when the folder is not one of a run.
    """
    kept = read_kept(folder)
    coverage = Coverage(report.results, kept.maps)
    for scenario, files in kept_traces(folder, kept):
        if files and scenario.suite == "dialplan":
            first = (file for file in files if not file.play and file.instance != "again")
            coverage.add(scenario.id, {file.instance: read_trace(file.path) for file in first})
    covered = replace(
        report,
        results=tuple(map(coverage.result, report.results)),
        findings=tuple(map(coverage.finding, report.findings)),
    )
    settled = without_effect(report.results, coverage)
    if settled == report.results:
        return covered
    results = tuple(coverage.result(without_waivers(result)) for result in settled)
    return conclude(replace(covered, results=results), kept.waivers, today=kept.today)


def judgements(folder: Path, kept: Kept, *, besides: Collection[str] = ()) -> Iterator[Judged]:
    """What is judged of all that has traces, and of these others, which have none any more."""
    for scenario, files in kept_traces(folder, kept):
        if files or scenario.id in besides:
            yield judge(plays_of(scenario, files), kept.maps, kept.severities)


def plays_of(scenario: KeptScenario, files: tuple[TraceFile, ...]) -> Plays:
    """A scenario with its traces, read. Raises SiteError."""
    traces: dict[InstanceName, tuple[Trace, ...]] = {}
    for file in files:
        traces[file.instance] = (*traces.get(file.instance, ()), read_trace(file.path))
    return Plays(scenario.id, traces, scenario.suite, scenario.title, scenario.where, scenario.tolerances)
