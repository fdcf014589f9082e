"""Several workers, one verdict: the reports of parts of a selection as the report of the whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from harness.judge.gate import gate
from harness.model import Finding, Outcome, ScenarioResult, Waiver
from harness.report.model import Report, assemble, is_complete

__all__ = ["merge"]

_OF_THE_GATE = "waiver-"


def merge(
    reports: Sequence[Report], *, waivers: Sequence[Waiver], today: str, problems: Iterable[str] = ()
) -> Report:
    """One report of parts that were played apart, and of what went wrong between them (`problems`).

    The gate judges the whole again: only then is it known that nothing used a waiver. `today` is an ISO
    date. Raises ValueError when there is no report.
    """
    if not reports:
        raise ValueError("no report to merge")
    first = reports[0]
    available = max(report.available for report in reports)
    troubles = tuple(dict.fromkeys((*problems, *(problem for report in reports for problem in report.problems))))
    results = _results(reports)
    complete = is_complete(len(results), available, first.old, first.candidate)
    gated = gate(results, waivers, today=today, complete=complete, problems=troubles)
    return assemble(
        verdict=gated.verdict,
        site=first.site,
        old=first.old,
        again=first.again,
        candidate=first.candidate,
        results=gated.results,
        findings=(*gated.findings, *_of_the_site(reports)),
        overlay=first.overlay,
        problems=troubles,
        noise=sum(report.noise for report in reports),
        unattributed=sum(report.unattributed for report in reports),
        available=available,
        seconds=max(report.seconds for report in reports),
    )


def _results(reports: Sequence[Report]) -> tuple[ScenarioResult, ...]:
    """One a scenario: what was played twice (a worker died and another took over) counts once."""
    chosen: dict[str, ScenarioResult] = {}
    for result in (result for report in reports for result in report.results):
        known = chosen.get(result.id)
        if known is None or known.outcome is Outcome.NOT_COMPARED:
            chosen[result.id] = result
    return tuple(chosen[name] for name in sorted(chosen))


def _of_the_site(reports: Sequence[Report]) -> Iterator[Finding]:
    for finding in (finding for report in reports for finding in report.findings):
        if not finding.scenario and not finding.rule.startswith(_OF_THE_GATE):
            yield finding
