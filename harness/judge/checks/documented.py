"""What the candidate only documents otherwise is for information where playing it made no difference. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from harness.judge.coverage import Coverage
from harness.judge.gate import outcome_of
from harness.model import Finding, Outcome, ScenarioResult, Severity

__all__ = ["is_open", "without_effect"]

_DOCUMENTED = frozenset(
    f"{thing}-{what}"
    for thing in ("application", "function")
    for what in ("option-gone", "argument-gone", "argument-moved", "value-gone")
)
_PLAYED = "Every place was played, and nothing was otherwise."


def is_open(results: Iterable[ScenarioResult]) -> bool:
    """Whether playing may show that something has no effect."""
    return any(f.rule in _DOCUMENTED and f.severity.holds for result in results for f in result.findings)


def without_effect(results: Sequence[ScenarioResult], coverage: Coverage) -> tuple[ScenarioResult, ...]:
    """The results, with what is only documented otherwise as information where playing it showed no difference.

    All places have to be run, by scenarios that are the same.
    """
    outcomes = {result.id: result.outcome for result in results}

    def settled(finding: Finding) -> Finding:
        if finding.rule not in _DOCUMENTED or not finding.severity.holds or finding.waived:
            return finding
        if not coverage.without_effect(finding, outcomes):
            return finding
        return replace(finding, severity=Severity.INFO, cause=f"{finding.cause} {_PLAYED}")

    return tuple(_with(result, tuple(map(settled, result.findings))) for result in results)


def _with(result: ScenarioResult, findings: tuple[Finding, ...]) -> ScenarioResult:
    if findings == result.findings:
        return result
    outcome = outcome_of(findings) if result.outcome is Outcome.DIFFERS else result.outcome
    return replace(result, findings=findings, outcome=outcome)
