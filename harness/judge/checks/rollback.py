"""Could one go back? What is in force on the candidate, against the old release with the same files. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import replace

from harness.facts.inventory import Inventory, Listing
from harness.judge.checks import CHECKS, OFFERED, RESEARCH, suite_of
from harness.judge.checks.folding import folded_findings
from harness.judge.checks.judging import LOAD_RULES, judge_load
from harness.judge.fingerprints import fingerprint
from harness.judge.gate import outcome_of, weighed
from harness.judge.rules.rule import NamedRule
from harness.model import Finding, Outcome, Place, ScenarioResult, Severity

__all__ = ["ROLLBACK", "ROLLBACK_RULE", "judge_rollback", "rollback_fails"]

ROLLBACK = "preflight/rollback"
ROLLBACK_RULE = NamedRule(
    "rollback-fails",
    "The old release does not boot with the migrated configuration",
    Severity.BREAKING,
    "One could not go back by installing the old release alone.",
    "Keep the old configuration and data: going back means putting back those as well.",
)
"""Names an old release that does not even boot; the rest is named by the rules about load."""
_CHANGES = frozenset(rule.id for rule in LOAD_RULES if rule.kind == "changed")
_CHECKS = tuple(
    id_
    for id_, check in CHECKS.items()
    if suite_of(id_) == "preflight" and id_ not in RESEARCH and OFFERED.isdisjoint(check.sections)
)
"""What the interfaces offer is not asked of it: programs are played on no old release with new configuration."""
_TITLE = "One could go back: the old release loads the migrated configuration"


def judge_rollback(
    old: Inventory,
    candidate: Inventory,
    back: Inventory,
    *,
    severities: Mapping[str, Severity],
    baseline: frozenset[str],
) -> ScenarioResult:
    """What the old release would not have of what the candidate has, by the rules of the checks of load.

    Only what is lost holds; another value or a line of the log is for information, and what the old release never
    had (`old` is it with its own configuration) is not lost. `baseline` is what the old
    release logs with stock configuration. A check that cannot be judged makes the result not compared.
    """
    candidate = _without_news(candidate, old, back)
    found: dict[str, Finding] = {}
    for check in _CHECKS:
        result = judge_load(check, candidate, candidate, back, severities=severities, baseline=baseline)
        if result.outcome is Outcome.NOT_COMPARED:
            return ScenarioResult(ROLLBACK, "preflight", Outcome.NOT_COMPARED, _TITLE, problem=result.problem)
        for finding in map(_reverse, result.findings):
            if finding.severity is not Severity.ADDITIVE:
                found.setdefault(finding.fingerprint, finding)
    return _result(*folded_findings(tuple(found.values())).values())


def rollback_fails(
    problem: str, severities: Mapping[str, Severity], *, reason: tuple[str, Place | None] = ("", None)
) -> ScenarioResult:
    """The old release does not boot with the migrated configuration; `problem` says how.

    `reason` is what its log says of it and the line of the site's file, where that is known.
    """
    first, _, evidence = problem.partition("\n")
    cause, where = reason
    finding = Finding(
        rule=ROLLBACK_RULE.id,
        severity=ROLLBACK_RULE.severity,
        surface="config",
        scenario=ROLLBACK,
        title=ROLLBACK_RULE.title,
        old="boots",
        candidate=first,
        where=where,
        cause=cause or evidence or first,
        advice=ROLLBACK_RULE.advice,
        fingerprint=fingerprint(ROLLBACK_RULE.id),
    )
    return _result(weighed(finding, severities))


def _result(*findings: Finding) -> ScenarioResult:
    return ScenarioResult(ROLLBACK, "preflight", outcome_of(findings), _TITLE, findings=findings)


def _without_news(candidate: Inventory, old: Inventory, back: Inventory) -> Inventory:
    """The candidate without modules that the old release does not bring, and records that it never wrote."""
    known = {
        "module": {*back.modules_on_disk, *old.section("module").items},
        "CDR": old.section("CDR").items,
        "CEL": old.section("CEL").items,
    }
    kept = {name: _only(candidate.section(name), set(names)) for name, names in known.items()}
    return replace(candidate, sections={**candidate.sections, **kept})


def _only(listing: Listing, names: Set[str]) -> Listing:
    return replace(listing, items={name: about for name, about in listing.items.items() if name in names})


def _reverse(finding: Finding) -> Finding:
    """A finding of the rules about load with the sides exchanged: there the old release is judged."""
    lost = finding.severity is Severity.BREAKING and finding.rule not in _CHANGES
    severity = finding.severity if lost or finding.severity is Severity.ADDITIVE else Severity.INFO
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
