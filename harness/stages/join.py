"""The stage that makes one run of parts that were played on several machines. Needs no engine."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

from harness.errors import LabError, SiteError, reason_of
from harness.model import Outcome, Report
from harness.model.run_folder import TRACES
from harness.record.no_call import NO_CALL
from harness.record.store import TraceFile, read_trace, trace_files, write_trace
from harness.report.folder import read_report, write_report
from harness.report.text import listed
from harness.stages.conclude import merge
from harness.stages.kept import Kept, read_kept, write_kept
from harness.stages.page import join_sources, write_page
from harness.stages.rejudge import cover

__all__ = ["join", "write_logs_of_no_call"]


def join(parts: Sequence[Path], target: Path) -> Report:
    """The run that these parts are together, written into `target` (a folder claimed before) with their traces.

    What no part played is left out of the whole as well. Raises SiteError where they are no parts of one run: of
    another site, release, waiver or day, or where two played the same.
    """
    keeps = {part: read_kept(part) for part in parts}
    reports = {part: read_report(part) for part in parts}
    _refuse_strangers(keeps, reports)
    _refuse_twice(reports)
    files = {part: tuple(trace_files(part / TRACES)) for part in parts}
    for part, kept in keeps.items():
        write_kept(target, kept)
        _copy_traces(part, files[part], target, reports[part])
    write_logs_of_no_call(chain.from_iterable(files.values()), target)
    first = keeps[parts[0]]
    report = cover(merge(list(reports.values()), first.waivers, today=first.today), target)
    write_report(report, target)
    join_sources(parts, target)
    write_page(report, target)
    return report


def _refuse_strangers(keeps: Mapping[Path, Kept], reports: Mapping[Path, Report]) -> None:
    """All have to be of one site, with the same releases and waivers."""
    (first, mine), *others = reports.items()
    for part, report in others:
        same = {
            "site": (mine.site, report.site),
            "old release": (mine.old, report.old),
            "candidate": (mine.candidate, report.candidate),
            "waivers": (keeps[first].waivers, keeps[part].waivers),
            "severities": (keeps[first].severities, keeps[part].severities),
            "content of the site": (keeps[first].content, keeps[part].content),
            "day": (keeps[first].today, keeps[part].today),
        }
        differ = [name for name, (one, other) in same.items() if one != other]
        if differ:
            raise SiteError(
                f"{part} is no part of the run of which {first} is one: another {listed(differ)}."
                " Play all parts with the same site and the same images (`--as-of` where they run past midnight)"
            )


def _refuse_twice(reports: Mapping[Path, Report]) -> None:
    """What was played in two parts has two results, and nobody says which counts."""
    whose: dict[str, Path] = {}
    for part, report in reports.items():
        for result in report.results:
            if result.id == NO_CALL or result.outcome is Outcome.NOT_COMPARED:
                continue
            if result.id in whose:
                raise SiteError(f"{result.id} was played in {whose[result.id]} and in {part}: give each part once")
            whose[result.id] = part


def _copy_traces(part: Path, files: Iterable[TraceFile], target: Path, report: Report) -> None:
    """Those of its own results."""
    own = {result.id for result in report.results if result.outcome is not Outcome.NOT_COMPARED} - {NO_CALL}
    try:
        for file in files:
            if file.scenario in own:
                shutil.copy2(file.path, target / TRACES / file.path.name)
    except OSError as problem:
        raise LabError(f"cannot copy the traces of {part}: {reason_of(problem)}") from problem


def write_logs_of_no_call(files: Iterable[TraceFile], target: Path) -> None:
    """Each trio has a log of its own: one trace of all, an instance."""
    logs = [file for file in files if file.scenario == NO_CALL]
    for name in {file.instance for file in logs}:
        first, *others = (read_trace(file.path) for file in logs if file.instance == name)
        seen = tuple(chain(first.observations, *(other.observations for other in others)))
        write_trace(target / TRACES, replace(first, observations=seen))
