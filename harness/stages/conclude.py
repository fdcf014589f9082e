"""The end of the line: what a run knows → its report, with waivers applied and the verdict. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from harness.judge import gate
from harness.judge.merging import assemble
from harness.model import Outcome, Report, ScenarioResult, Waiver
from harness.record.no_call import NO_CALL
from harness.stages.results import united

__all__ = ["conclude", "interruption", "merge", "without_waivers"]


def conclude(report: Report, waivers: Sequence[Waiver], *, today: str) -> Report:
    """The report as the gate has it: waivers applied, what is wrong with them found, the verdict. `today` is ISO.

    What is given needs no order, verdict nor `findings`: those of its results, and of the gate, are what counts.
    """
    problems = tuple(dict.fromkeys((*_interrupted(report), *report.problems, *_without_a_call(report))))
    end = gate(
        report.results,
        waivers,
        today=today,
        whole=not report.left_out,
        complete=report.planned and not report.old.is_same_image(report.candidate),
        problems=problems,
        interrupted=bool(report.interrupted),
    )
    return assemble(
        replace(report, verdict=end.verdict, results=end.results, findings=end.findings, problems=problems)
    )


def merge(
    reports: Sequence[Report],
    waivers: Sequence[Waiver],
    *,
    today: str,
    problems: Sequence[str] = (),
    interrupted: str = "",
) -> Report:
    """One report of parts that were played apart, and of what went wrong between them (`problems`, `interrupted`).

    The gate judges the whole again: only then is it known that nothing used a waiver. Raises ValueError when there
    is no report.
    """
    if not reports:
        raise ValueError("no report to merge")
    whole = replace(
        reports[0],
        results=_results(reports),
        problems=tuple(
            dict.fromkeys((*problems, *(problem for report in reports for problem in report.problems)))
        ),
        interrupted=next(filter(None, (interrupted, *(report.interrupted for report in reports))), ""),
        noise=sum(report.noise for report in reports),
        unattributed=sum(report.unattributed for report in reports),
        left_out=_left_out(reports),
        seconds=max(report.seconds for report in reports),
        phases=_phases(reports),
    )
    return conclude(whole, waivers, today=today)


def without_waivers(result: ScenarioResult) -> ScenarioResult:
    """A result as it was before waivers were applied: they may be others by now."""
    findings = tuple(replace(finding, waived="") for finding in result.findings)
    outcome = Outcome.DIFFERS if result.outcome is Outcome.WAIVED else result.outcome
    return replace(result, findings=findings, outcome=outcome)


def interruption(signal: str) -> str:
    """How a signal (its name) that ended a run is told."""
    return f"the run was interrupted ({signal})"


def _interrupted(report: Report) -> tuple[str, ...]:
    return (interruption(report.interrupted),) if report.interrupted else ()


def _without_a_call(report: Report) -> tuple[str, ...]:
    """Why a run of all that the site has proves too little without a call that was played on both releases."""
    scenarios = [result for result in report.results if result.suite == "dialplan"]
    if report.left_out or not report.results or not all(result.outcome is Outcome.SKIPPED for result in scenarios):
        return ()
    what = "every scenario is skipped" if scenarios else "the site has no scenario"
    return (f"{what}: no call was compared (docs/scenarios.md shows how to write one)",)


def _phases(reports: Sequence[Report]) -> Mapping[str, float]:
    """All together, though parts were played at the same time."""
    names = dict.fromkeys(name for report in reports for name in report.phases)
    return {name: round(sum(report.phases.get(name, 0.0) for report in reports), 2) for name in names}


def _left_out(reports: Sequence[Report]) -> tuple[str, ...]:
    """What none of the parts selected."""
    every = {id_ for report in reports for id_ in report.left_out}
    return tuple(sorted(every - {result.id for report in reports for result in report.results}))


def _results(reports: Sequence[Report]) -> tuple[ScenarioResult, ...]:
    """One a scenario: what was played twice (a worker died and another took over) counts once."""
    chosen: dict[str, ScenarioResult] = {}
    for result in (result for report in reports for result in report.results):
        known = chosen.get(result.id)
        if known is None or known.outcome is Outcome.NOT_COMPARED:
            chosen[result.id] = result
        elif result.id == NO_CALL:  # each trio has its own log
            chosen[result.id] = united(known, result)
    return tuple(chosen.values())
