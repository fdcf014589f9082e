"""The stages that need no engine: judge what a run kept again, and say which of its scenarios cover a finding."""

from __future__ import annotations

from collections.abc import Mapping
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

__all__ = ["cover", "rejudge"]


def rejudge(folder: Path) -> Report:
    """Judge the kept traces of a run again, by the rules of today. Needs no engine.

    What was asked of the running instances (the results of checks) is taken as it was. Raises SiteError.
    """
    kept, before = read_kept(folder), read_report(folder)
    judged = _judgements(folder, kept, before)
    results = {result.id: without_waivers(result) for result in before.results}
    deprecated = frozenset[str]().union(*(one.deprecated for one in judged.values()))
    results.update((id_, without_known(one.result, deprecated)) for id_, one in judged.items())
    noise = sum(one.noise for one in judged.values())
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


def _judgements(folder: Path, kept: Kept, before: Report) -> Mapping[str, Judged]:
    """All that was played, and what was compared and has no trace any more."""
    compared = {result.id for result in before.results if result.outcome is not Outcome.NOT_COMPARED}
    return {
        scenario.id: judge(_plays(scenario, files), kept.maps, kept.severities)
        for scenario, files in kept_traces(folder, kept)
        if files or scenario.id in compared
    }


def _plays(scenario: KeptScenario, files: tuple[TraceFile, ...]) -> Plays:
    traces: dict[InstanceName, tuple[Trace, ...]] = {}
    for file in files:
        traces[file.instance] = (*traces.get(file.instance, ()), read_trace(file.path))
    return Plays(scenario.id, traces, scenario.suite, scenario.title, scenario.where, scenario.tolerances)
