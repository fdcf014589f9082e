"""The stages that need no engine: judge what a run kept again, and say which of its scenarios cover a finding."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from harness.judge.checks.documented import without_effect
from harness.judge.coverage import Coverage, Covered, things_in
from harness.judge.deprecations import without_known
from harness.model import Outcome, Report
from harness.report.folder import read_report
from harness.stages.conclude import conclude, without_waivers
from harness.stages.judgements import coverings, judgements
from harness.stages.kept import Kept, read_kept

__all__ = ["cover", "rejudge"]


def rejudge(folder: Path) -> Report:
    """Judge the kept traces of a run again, by the rules of today. Needs no engine.

    What was asked of the running instances (the results of checks) is taken as it was. Raises SiteError.
    """
    kept, before = read_kept(folder), read_report(folder)
    compared = {result.id for result in before.results if result.outcome is not Outcome.NOT_COMPARED}
    results = {result.id: without_waivers(result) for result in before.results}
    things = things_in(before.results)
    every = list(judgements(folder, kept, besides=compared, things=things))
    deprecated = frozenset[str]().union(*(one.judged.deprecated for one in every))
    results.update((one.judged.result.id, without_known(one.judged.result, deprecated)) for one in every)
    noise = sum(one.judged.noise for one in every)
    judged = replace(before, results=tuple(results.values()), noise=noise)
    report = conclude(judged, kept.waivers, today=kept.today)
    if not things_in(report.results) <= things:
        return cover(report, folder)
    covers = ((one.judged.result.id, one.covered) for one in every if one.covered is not None)
    return _covered(report, kept, covers)


def cover(report: Report, folder: Path) -> Report:
    """The report, its findings saying which of the scenarios whose traces `folder` keeps cover them.

    Needs no engine. Raises SiteError when the folder is not one of a run.
    """
    kept = read_kept(folder)
    return _covered(report, kept, coverings(folder, kept, things_in(report.results)))


def _covered(report: Report, kept: Kept, covers: Iterable[tuple[str, Covered]]) -> Report:
    coverage = Coverage(report.results, kept.maps)
    for id_, covered in covers:
        coverage.take(id_, covered)
    shown = replace(
        report,
        results=tuple(map(coverage.result, report.results)),
        findings=tuple(map(coverage.finding, report.findings)),
    )
    settled = without_effect(report.results, coverage)
    if settled == report.results:
        return shown
    results = tuple(coverage.result(without_waivers(result)) for result in settled)
    return conclude(replace(shown, results=results), kept.waivers, today=kept.today)
