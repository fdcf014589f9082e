"""What Asterisk calls deprecated it says once in its life, in whatever call comes first. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from harness.asterisk.log_text import plain_text
from harness.judge.normalise.log import is_deprecation
from harness.model import Finding, InstanceName, LogLine, Outcome, ScenarioResult, Trace

__all__ = ["DEPRECATION_RULE", "deprecations", "without_known"]

DEPRECATION_RULE = "log-deprecated"
_OLD: tuple[InstanceName, ...] = ("old", "again")


def deprecations(traces: Mapping[InstanceName, Sequence[Trace]]) -> frozenset[str]:
    """What an instance of the old release calls deprecated in these plays."""
    seen = (one for name in _OLD for trace in traces.get(name, ()) for one in trace.observations)
    lines = (one.message for one in seen if isinstance(one, LogLine))
    return frozenset(plain_text(message) for message in lines if is_deprecation(message))


def without_known(result: ScenarioResult, said: Collection[str]) -> ScenarioResult:
    """A result without warnings of the candidate that the old release gave as well, in whatever call."""
    findings = tuple(_left(result.findings, said))
    if findings == result.findings:
        return result
    held, holds = (any(one.severity.holds for one in every) for every in (result.findings, findings))
    outcome = Outcome.SAME if result.outcome is Outcome.DIFFERS and held and not holds else result.outcome
    return replace(result, findings=findings, outcome=outcome)


def _left(findings: Sequence[Finding], said: Collection[str]) -> list[Finding]:
    kept = []
    for finding in findings:
        followed = tuple(_left(finding.consequences, said))
        if not _is_known(finding, said):
            kept.append(finding if followed == finding.consequences else replace(finding, consequences=followed))
        else:
            kept.extend(followed)
    return kept


def _is_known(finding: Finding, said: Collection[str]) -> bool:
    return finding.rule == DEPRECATION_RULE and plain_text(finding.candidate) in said
