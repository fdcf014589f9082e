"""What a failing test says: short, and without a traceback of the harness."""

from __future__ import annotations

from harness.model import Finding, Outcome, ScenarioResult, Severity
from harness.model.report import holds
from harness.report.text import clean, count

__all__ = ["complaint", "is_undecided", "properties"]

_MOST = 5
_UNPROVED = {
    Outcome.NOT_COMPARED: "not compared",
    Outcome.UNSTABLE_ON_CANDIDATE: "unstable on the candidate",
    Outcome.FAILED: "failed on the old release as well: the scenario is wrong, or the machine too busy",
}


def complaint(result: ScenarioResult) -> str:
    """Why this result fails its test; empty when it passes (the same, waived, additive, unstable on old)."""
    place = f" ({clean(str(result.where))})" if result.where else ""
    problem = clean(result.problem, longest=600) or "no reason was given"
    if words := _UNPROVED.get(result.outcome):
        return f"{words}: {problem}{place}"
    holding = [finding for finding in result.findings if holds(finding)]
    if holding:
        return "\n".join((f"differs: {_numbers(holding)}{place}", *map(_lines, holding[:_MOST]), *_rest(holding)))
    if result.outcome is Outcome.DIFFERS and not result.findings:
        return f"differs: {problem}{place}"
    return ""


def is_undecided(result: ScenarioResult) -> bool:
    """Whether it proves too little: neither for the candidate nor against it."""
    return result.outcome in (Outcome.NOT_COMPARED, Outcome.UNSTABLE_ON_CANDIDATE)


def properties(result: ScenarioResult) -> list[tuple[str, object]]:
    """What `--junitxml` keeps of a test: outcome and the fingerprints of its findings."""
    marks = " ".join(sorted({finding.fingerprint for finding in result.findings}))
    return [("outcome", result.outcome.value), ("fingerprints", marks)]


def _numbers(findings: list[Finding]) -> str:
    breaking = sum(1 for finding in findings if finding.severity is Severity.BREAKING)
    parts = [count(breaking, "breaking finding")] if breaking else []
    if len(findings) > breaking:
        parts.append(f"{len(findings) - breaking:,} to review")
    return ", ".join(parts)


def _lines(finding: Finding) -> str:
    place = f" at {clean(str(finding.where))}" if finding.where else ""
    lines = [f"  {finding.severity}: {clean(finding.title)}{place}"]
    if finding.old or finding.candidate:
        lines.append(f"    old:       {clean(finding.old, longest=120) or '(nothing)'}")
        lines.append(f"    candidate: {clean(finding.candidate, longest=120) or '(nothing)'}")
    if finding.advice:
        lines.append(f"    advice:    {clean(finding.advice)}")
    return "\n".join(lines)


def _rest(findings: list[Finding]) -> list[str]:
    more = len(findings) - _MOST
    return [f"  and {count(more, 'more finding')}"] if more > 0 else []
