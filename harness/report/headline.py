"""The counts at the top and the verdict at the bottom, each in a line or two."""

from __future__ import annotations

from collections.abc import Iterator

from harness.model import EXPECTED, Outcome, ScenarioResult, Severity, Verdict
from harness.model.report import Report, holds
from harness.report.text import clean, count

__all__ = ["headline", "unsettled_only", "verdict_line"]

_OUTCOMES = (
    (Outcome.NOT_COMPARED, "NOT COMPARED"),
    (Outcome.FAILED, "failed"),
    (Outcome.DIFFERS, "differ"),
    (Outcome.UNSTABLE_ON_CANDIDATE, "unstable on the candidate"),
    (Outcome.UNSTABLE_ON_OLD, "unstable on old"),
    (Outcome.WAIVED, "waived"),
    (Outcome.SKIPPED, "skipped"),
    (Outcome.SAME, "same"),
)
_UNPROVED = (
    (Outcome.NOT_COMPARED, "could not be compared"),
    (Outcome.UNSTABLE_ON_CANDIDATE, "unstable on the candidate"),
)
_PROVES_TOO_LITTLE = (Outcome.FAILED, *(outcome for outcome, _ in _UNPROVED))


def headline(report: Report) -> Iterator[str]:
    """What was played and what came of it, then how much was found."""
    counts = report.counts
    parts = [f"{number:,} {words}" for outcome, words in _OUTCOMES if (number := counts.outcomes[outcome])]
    yield f"{_extent(report)} in {report.seconds:.0f} s: {', '.join(parts) or 'nothing was played'}"
    found = [f"{number:,} {severity}" for severity in Severity if (number := _groups(report, severity))]
    if counts.waived:
        found.append(f"{counts.waived:,} waived")
    yield "causes: " + (", ".join(found) or "none")
    if report.noise:
        yield f"noise: {count(report.noise, 'difference')} that the old release shows against itself as well"
    if report.overlay:
        files = len({line.file for line in report.overlay})
        yield (
            f"the harness added {count(len(report.overlay), 'line')} to {count(files, 'file')}"
            " of the copied configuration (overlay in report.json)"
        )


def unsettled_only(report: Report) -> bool:
    """Whether what was not proved holds nothing: old itself was unsteady there, or it was skipped for a reason."""
    counts = report.counts.outcomes
    return not report.problems and not any(counts[outcome] for outcome in _PROVES_TOO_LITTLE)


def verdict_line(report: Report) -> str:
    """`HOLD: 3 breaking causes in 5 of 31 scenarios`."""
    words = {
        Verdict.PROMOTE: _promote,
        Verdict.HOLD: _hold,
        Verdict.INCONCLUSIVE: _inconclusive,
        Verdict.PARTIAL: _partial,
    }
    return f"{report.verdict.upper()}: {words[report.verdict](report)}"


def _promote(report: Report) -> str:
    counts = report.counts
    expected = sum(r.outcome is Outcome.SAME and r.problem.startswith(EXPECTED) for r in report.results)
    skipped = counts.outcomes[Outcome.SKIPPED]
    apart = ((counts.waived, "waived"), (skipped, "skipped"), (expected, "failing as expected"))
    words = ", ".join(f"{number:,} {what}" for number, what in apart if number)
    return f"nothing found in {_compared(report)} speaks against it{words and f' ({words})'}"


def _partial(report: Report) -> str:
    left, total = len(report.left_out), len(report.left_out) + len(report.results)
    return f"{_promote(report)}; {left:,} of the site's {total:,} scenarios and checks were not selected"


def _hold(report: Report) -> str:
    breaking, review = (_groups(report, severity) for severity in (Severity.BREAKING, Severity.REVIEW))
    parts = []
    if breaking:
        parts.append(count(breaking, "breaking cause") + _inside(report, Severity.BREAKING))
    if review:
        words = f"{review:,} to review" if breaking else f"{count(review, 'cause')} to review"
        parts.append(words + ("" if breaking else _inside(report, Severity.REVIEW)))
    for outcome, words in ((Outcome.FAILED, "failed"), (Outcome.NOT_COMPARED, "not compared")):
        if number := report.counts.outcomes[outcome]:
            parts.append(f"{number:,} {words}" if parts else f"{_things(report, outcome)} {words}")
    return ", ".join(parts) or "see above"


def _inside(report: Report, severity: Severity) -> str:
    """` in 2 of 31 scenarios and 1 of 9 checks`."""
    causes = (finding for finding in report.findings if finding.severity is severity and holds(finding))
    ids = {name for finding in causes for name in finding.scenarios}
    hits = ((noun, len(every), sum(result.id in ids for result in every)) for noun, every in _by_noun(report))
    parts = [f"{hit:,} of {count(total, noun)}" for noun, total, hit in hits if hit]
    return f" in {' and '.join(parts)}" if parts else ""


def _inconclusive(report: Report) -> str:
    outcomes = report.counts.outcomes
    parts = [f"interrupted ({report.interrupted})"] if report.interrupted else []
    parts += [f"{_things(report, outcome)} {words}" for outcome, words in _UNPROVED if outcomes[outcome]]
    if not parts and report.problems:
        parts.append(clean(report.problems[0].partition("\n")[0], longest=70))
    return ", ".join(parts) or "nothing was compared"


def _extent(report: Report) -> str:
    total = len(report.results) + len(report.left_out)
    of = f" (of the site's {total:,} scenarios and checks)" if report.left_out else ""
    return _things(report, *Outcome) + of


def _compared(report: Report) -> str:
    return _things(report, *(outcome for outcome in Outcome if outcome is not Outcome.SKIPPED))


def _things(report: Report, *outcomes: Outcome) -> str:
    """`31 scenarios and 9 checks`, those of these outcomes."""
    numbers = ((noun, sum(r.outcome in outcomes for r in every)) for noun, every in _by_noun(report))
    return " and ".join(count(number, noun) for noun, number in numbers if number) or "0 scenarios"


def _by_noun(report: Report) -> Iterator[tuple[str, list[ScenarioResult]]]:
    yield "scenario", [result for result in report.results if result.suite == "dialplan"]
    yield "check", [result for result in report.results if result.suite != "dialplan"]


def _groups(report: Report, severity: Severity) -> int:
    return sum(finding.severity is severity and not finding.waived for finding in report.findings)
