"""What old had loaded and in force against what the candidate has: one result for each check. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from harness.facts.inventory import SECTIONS, Inventory
from harness.judge.builds.rules import BUILD_RULES
from harness.judge.checks import ALL_CHECKS, PRODUCTION, suite_of
from harness.judge.checks.changes import View, together
from harness.judge.checks.config_rules import CONFIG_RULES
from harness.judge.checks.database_rules import DATABASE_RULES
from harness.judge.checks.file_rules import FILE_RULES
from harness.judge.checks.one_name import one_name
from harness.judge.checks.option_rules import OPTION_RULES
from harness.judge.checks.production_rules import PRODUCTION_RULES
from harness.judge.checks.rule import LoadChange, LoadRule
from harness.judge.checks.surface_rules import SURFACE_RULES
from harness.judge.checks.use_rules import USE_RULES
from harness.judge.fingerprints import fingerprint
from harness.judge.gate import outcome_of, weighed
from harness.judge.words import fill
from harness.model import Finding, Outcome, ScenarioResult, Severity

__all__ = ["LOAD_RULES", "judge_load", "judge_production"]

_LOADED = "not loaded without it"

LOAD_RULES: tuple[LoadRule, ...] = (
    *DATABASE_RULES,
    *USE_RULES,
    *CONFIG_RULES,
    *FILE_RULES,
    *SURFACE_RULES,
    *OPTION_RULES,
    *BUILD_RULES,
    *PRODUCTION_RULES,
)
"""Rules about load: what the old release had in force and the candidate has not. The first match names it."""


def judge_load(
    check: str,
    old: Inventory,
    again: Inventory,
    candidate: Inventory,
    *,
    severities: Mapping[str, Severity] | None = None,
    baseline: frozenset[str] = frozenset(),
) -> ScenarioResult:
    """The result of one of `ALL_CHECKS`.

    A section that could not be read on one side makes it not compared, with the reason; one that an image does not
    bring is left out, as is what differs between old and again, which proves nothing. `severities` are the site's
    own by rule id; `baseline` what the candidate logs with stock configuration (`inventory.baseline` of such a
    start).
    """
    wanted = ALL_CHECKS[check]
    sides = {"old": old, "again": again, "candidate": candidate}
    suite = suite_of(check)
    sections = tuple(name for name in wanted.sections if not _not_brought(sides, [name]))
    if wanted.sections and not sections:
        reason = _not_brought(sides, wanted.sections)
        return ScenarioResult(check, suite, Outcome.SKIPPED, wanted.title, problem=reason)
    view = View(*one_name(old, again, candidate, sections), sections, baseline)
    problem = _unreadable(sides, (*sections, *wanted.needs)) or wanted.prevented(view)
    if problem:
        return ScenarioResult(check, suite, Outcome.NOT_COMPARED, wanted.title, problem=problem)
    cited = candidate.cited
    found = (
        replace(_finding(check, wanted.surface, change), notes=cited.get((change.section, change.item), ()))
        for change in together(wanted.find(view))
    )
    findings = tuple({finding.fingerprint: weighed(finding, severities or {}) for finding in found}.values())
    return ScenarioResult(check, suite, outcome_of(findings), wanted.title, findings=findings)


def judge_production(
    production: Inventory, old: Inventory, *, severities: Mapping[str, Severity] | None = None
) -> ScenarioResult:
    """The result of `PRODUCTION`: whether the lab's old instance is what production was."""
    result = judge_load(PRODUCTION, production, production, old, severities=severities)
    side, found, words = result.problem.partition(": ")
    whose = "the old instance" if side == "candidate" else "production"
    return replace(result, problem=f"{whose}: {words}" if found else result.problem)


def _unreadable(sides: Mapping[str, Inventory], sections: Sequence[str]) -> str:
    for name, side in sides.items():
        for section in sections:
            if problem := side.section(section).problem:
                return f"{name}: {section}: {problem}"
    return ""


def _not_brought(sides: Mapping[str, Inventory], sections: Sequence[str]) -> str:
    """Which side's image does not say, and what it lacks; empty where all do."""
    found = ((name, side.section(section)) for name, side in sides.items() for section in sections)
    return next((f"{name}: {listing.problem}" for name, listing in found if listing.is_not_brought), "")


def _finding(id_: str, surface: str, change: LoadChange) -> Finding:
    rule = next((rule for rule in LOAD_RULES if rule.names(change)), None)
    if rule is None:
        raise LookupError(f"no rule names {change}")
    found = Finding(
        rule=rule.id,
        severity=rule.severity,
        surface=surface,
        scenario=id_,
        title=fill(
            rule.title,
            section=change.section,
            item=change.item,
            attribute=change.attribute,
            old=change.old or "nothing",
            candidate=change.candidate or "nothing",
        ),
        old=change.old,
        candidate=change.candidate or ("is not there" if change.kind == "missing" else ""),
        where=change.where,
        cause=change.cause or rule.why,
        advice=change.advice or rule.advice,
        fingerprint=fingerprint(rule.id, *_identity(change)),
        places=change.places,
        about=_about(change),
        subject=change.item,
        event=change.section,
        field=change.attribute,
    )
    return replace(found, consequences=tuple(_consequence(found, title) for title in change.consequences))


def _consequence(cause: Finding, title: str) -> Finding:
    """Something that is not loaded as the thing before it is not: it needs no weight of its own."""
    mark = fingerprint(cause.fingerprint, title)
    return Finding(cause.rule, Severity.INFO, cause.surface, cause.scenario, title, fingerprint=mark, link=_LOADED)


def _about(change: LoadChange) -> str:
    """Of what is said of several things at once, or by a note, there is none."""
    one = change.kind in ("missing", "changed") and change.section in SECTIONS
    return f"{change.section}: {change.item}" if one else ""


def _identity(change: LoadChange) -> tuple[str, ...]:
    """What stays the same from run to run. A log line is known by its normal form, others by their values."""
    if change.section == "log":
        return (change.section, change.item, change.attribute)
    counted = change.section == "written table"  # rows: as many as were played
    values = (change.old, change.candidate) if change.kind in ("changed", "unlike") and not counted else ()
    named = (
        ()
        if change.kind in ("added", "unused", "unshown", "absent", "surplus")
        else (change.item, change.attribute)
    )
    listed = (change.old, change.candidate) if not named else ()
    return (change.section, change.kind, *named, *values, *listed)
