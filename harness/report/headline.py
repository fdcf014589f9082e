"""The counts at the top and the verdict at the bottom, each in a line or two."""

from __future__ import annotations

from collections.abc import Iterator

from harness.model import Outcome, Severity, Verdict
from harness.report.groups import group_findings
from harness.report.model import Report, holds
from harness.report.text import clean, count

__all__ = ["headline", "verdict_line"]

_OUTCOMES = (
    (Outcome.SAME, "same"),
    (Outcome.DIFFERS, "differ"),
    (Outcome.WAIVED, "waived"),
    (Outcome.UNSTABLE, "unstable on old"),
    (Outcome.FAILED, "failed"),
    (Outcome.NOT_COMPARED, "NOT COMPARED"),
)


def headline(report: Report) -> Iterator[str]:
    """What was played and what came of it, then how much was found."""
    counts = report.counts
    parts = [f"{counts.of(outcome):,} {words}" for outcome, words in _OUTCOMES if counts.of(outcome)]
    yield f"{_played(report)} in {report.seconds:.0f} s: {', '.join(parts) or 'nothing was played'}"
    found = [f"{number:,} {severity}" for severity in Severity if (number := _groups(report, severity))]
    if counts.waived:
        found.append(f"{counts.waived:,} waived")
    yield "findings: " + (", ".join(found) or "none")
    if report.noise:
        yield f"noise: {count(report.noise, 'difference')} that the old release shows against itself as well"
    if report.unattributed:
        yield f"{count(report.unattributed, 'observation')} belong to no scenario"
    if report.overlay:
        files = len({line.file for line in report.overlay})
        yield (
            f"the harness added {count(len(report.overlay), 'line')} to {count(files, 'file')}"
            " of the copied configuration (overlay in report.json)"
        )


def verdict_line(report: Report) -> str:
    """`HOLD: 3 breaking findings in 5 of 31 scenarios`."""
    words = {Verdict.PROMOTE: _promote, Verdict.HOLD: _hold, Verdict.INCONCLUSIVE: _inconclusive}
    return f"{report.verdict.upper()}: {words[report.verdict](report)}"


def _promote(report: Report) -> str:
    waived = f" ({report.counts.waived:,} waived)" if report.counts.waived else ""
    return f"nothing found in {_played(report)} speaks against it{waived}"


def _hold(report: Report) -> str:
    parts = []
    holding = [finding for finding in report.findings if holds(finding)]
    breaking = _groups(report, Severity.BREAKING)
    review = _groups(report, Severity.REVIEW)
    if breaking:
        parts.append(count(breaking, "breaking finding"))
    if review:
        parts.append(f"{review:,} to review" if breaking else count(review, "finding") + " to review")
    scenarios = len({finding.scenario for finding in holding if finding.scenario})
    where = f" in {scenarios:,} of {_played(report)}" if scenarios else ""
    failed = report.counts.of(Outcome.FAILED)
    told = [" and ".join(parts) + where] if parts else []
    if failed:
        told.append(f"{count(failed, 'scenario')} failed on the old release as well")
    return ", ".join((*told, *_missing(report))) or "see the findings above"


def _inconclusive(report: Report) -> str:
    told = [*_missing(report)]
    unstable = report.counts.of(Outcome.UNSTABLE)
    failed = report.counts.of(Outcome.FAILED)
    if unstable:
        told.append(f"{count(unstable, 'scenario')} unstable on the old release")
    if failed:
        told.append(f"{count(failed, 'scenario')} failed on the old release as well")
    if not told and report.problems:
        told.append(clean(report.problems[0], longest=70))
    return ", ".join(told) or "nothing was compared"


def _missing(report: Report) -> Iterator[str]:
    missing = report.counts.of(Outcome.NOT_COMPARED)
    if missing:
        yield f"{_things(report, Outcome.NOT_COMPARED)} could not be compared"


def _played(report: Report) -> str:
    total = len(report.results)
    of = f" (of the site's {report.available:,})" if report.available > total else ""
    return _things(report) + of


def _things(report: Report, outcome: Outcome | None = None) -> str:
    chosen = [result for result in report.results if outcome in (None, result.outcome)]
    checks = sum(1 for result in chosen if result.suite == "preflight")
    parts = []
    if len(chosen) > checks or not checks:
        parts.append(count(len(chosen) - checks, "scenario"))
    if checks:
        parts.append(count(checks, "check"))
    return " and ".join(parts)


def _groups(report: Report, severity: Severity) -> int:
    chosen = (f for f in report.findings if f.severity is severity and not f.waived)
    return len(group_findings(chosen))
