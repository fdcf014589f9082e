"""Several workers, one verdict: the reports of parts of a selection as the report of the whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from harness.model import Finding, Outcome, ScenarioResult, Verdict
from harness.report.model import Report, assemble, holds

__all__ = ["merge"]

_UNPROVED = (Outcome.NOT_COMPARED, Outcome.FAILED)


def merge(reports: Sequence[Report], *, problems: Iterable[str] = ()) -> Report:
    """One report of parts that were played apart, and of what went wrong between them (`problems`).

    A finding about the site as a whole (a waiver that nothing used) counts only where every part has it:
    a waiver that is used in one part is used. Raises ValueError when there is no report.
    """
    if not reports:
        raise ValueError("no report to merge")
    first = reports[0]
    results = _results(reports)
    wholes = _common(reports)
    lost = tuple(problems)
    troubles = (*lost, *(problem for report in reports for problem in report.problems))
    return assemble(
        verdict=_verdict(reports, results, wholes, lost),
        site=first.site,
        old=first.old,
        again=first.again,
        candidate=first.candidate,
        results=results,
        findings=wholes,
        overlay=first.overlay,
        problems=troubles,
        noise=sum(report.noise for report in reports),
        unattributed=sum(report.unattributed for report in reports),
        available=max(report.available for report in reports),
        seconds=max(report.seconds for report in reports),
    )


def _results(reports: Sequence[Report]) -> tuple[ScenarioResult, ...]:
    """One a scenario: what was played twice (a worker died and another took over) counts once."""
    chosen: dict[str, ScenarioResult] = {}
    for result in (result for report in reports for result in report.results):
        known = chosen.get(result.id)
        if known is None or known.outcome is Outcome.NOT_COMPARED:
            chosen[result.id] = result
    return tuple(chosen.values())


def _common(reports: Sequence[Report]) -> tuple[Finding, ...]:
    wholes = [[f for f in report.findings if not f.scenario] for report in reports]
    return tuple(f for f in wholes[0] if all(f in others for others in wholes[1:]))


def _verdict(
    reports: Sequence[Report],
    results: Sequence[ScenarioResult],
    wholes: Sequence[Finding],
    lost: Sequence[str],
) -> Verdict:
    if len(reports) == 1 and not lost:
        return reports[0].verdict
    findings = [*wholes, *(finding for result in results for finding in result.findings)]
    if any(map(holds, findings)):
        return Verdict.HOLD
    proved = all(result.outcome not in _UNPROVED for result in results)
    doubts = lost or any(report.verdict is Verdict.INCONCLUSIVE for report in reports)
    return Verdict.PROMOTE if proved and not doubts else Verdict.INCONCLUSIVE
