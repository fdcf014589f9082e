"""Could one go back? What is in force on the candidate, against the old release with the same files. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from harness.facts.inventory import Inventory
from harness.judge.checks import CHECKS, RESEARCH, suite_of
from harness.judge.checks.judging import judge_load
from harness.judge.fingerprints import fingerprint
from harness.judge.gate import outcome_of, weighed
from harness.model import Finding, Outcome, ScenarioResult, Severity

__all__ = ["ROLLBACK", "ROLLBACK_RULE", "judge_rollback", "rollback_fails"]

ROLLBACK = "preflight/rollback"
ROLLBACK_RULE = "rollback-fails"
"""Names an old release that does not even boot; the rest is named by the rules about load."""
_TITLE = "One could go back: the old release loads the migrated configuration"


def judge_rollback(
    candidate: Inventory, back: Inventory, *, severities: Mapping[str, Severity], baseline: frozenset[str]
) -> ScenarioResult:
    """What the old release would not have of what the candidate has, by the rules of the checks of load.

    Only what is lost holds; another value or a line of the log is for information. `baseline` is what the old
    release logs with stock configuration. A check that cannot be judged makes the result not compared.
    """
    found: dict[str, Finding] = {}
    for check in (check for check in CHECKS if suite_of(check) == "preflight" and check not in RESEARCH):
        result = judge_load(check, candidate, candidate, back, severities=severities, baseline=baseline)
        if result.outcome is Outcome.NOT_COMPARED:
            return ScenarioResult(ROLLBACK, "preflight", Outcome.NOT_COMPARED, _TITLE, problem=result.problem)
        for finding in map(_reverse, result.findings):
            if finding.severity is not Severity.ADDITIVE:
                found.setdefault(finding.fingerprint, finding)
    return _result(*found.values())


def rollback_fails(problem: str, severities: Mapping[str, Severity]) -> ScenarioResult:
    """The old release does not boot with the migrated configuration; `problem` says why."""
    first, _, evidence = problem.partition("\n")
    finding = Finding(
        rule=ROLLBACK_RULE,
        severity=Severity.BREAKING,
        surface="config",
        scenario=ROLLBACK,
        title="The old release does not boot with the migrated configuration",
        old="boots",
        candidate=first,
        cause=evidence or first,
        advice="Keep the old configuration and data: going back means putting back those as well.",
        fingerprint=fingerprint(ROLLBACK_RULE),
    )
    return _result(weighed(finding, severities))


def _result(*findings: Finding) -> ScenarioResult:
    return ScenarioResult(ROLLBACK, "preflight", outcome_of(findings), _TITLE, findings=findings)


def _reverse(finding: Finding) -> Finding:
    """A finding of the rules about load with the sides exchanged: there the old release is judged."""
    severity = finding.severity if finding.severity in (Severity.BREAKING, Severity.ADDITIVE) else Severity.INFO
    return replace(
        finding,
        scenario=ROLLBACK,
        severity=severity,
        title=f"Going back: {_with_sides_swapped(finding.title)}",
        cause=_with_sides_swapped(finding.cause),
        advice=_with_sides_swapped(finding.advice),
        fingerprint=fingerprint("rollback", finding.fingerprint),
    )


def _with_sides_swapped(text: str) -> str:
    marked = text.replace("The candidate", "The \0").replace("the candidate", "the \0")
    turned = marked.replace("The old release", "The candidate").replace("the old release", "the candidate")
    return turned.replace("\0", "old release")
