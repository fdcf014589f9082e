"""What old had loaded and in force against what the candidate has: one result for each check. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from harness.compare.changes import View, added, tables
from harness.compare.classify import Maps, fingerprint
from harness.compare.inventory import Inventory
from harness.compare.load_dialplan import dialplan_changes
from harness.compare.load_log import log_changes
from harness.compare.load_modules import module_changes
from harness.compare.load_settings import (
    ari_changes,
    codec_changes,
    endpoint_changes,
    feature_changes,
    record_changes,
)
from harness.compare.load_uses import use_changes, zone_changes
from harness.compare.rules.load import LOAD_RULES
from harness.compare.rules.load_rule import Change, LoadRule
from harness.model import Finding, Outcome, ScenarioResult, Severity

__all__ = ["CHECKS", "judge_load"]


@dataclass(frozen=True, slots=True)
class _Check:
    """What one check reads, what it finds, and how people call it. `surface` as in `Difference`."""

    title: str
    surface: str
    sections: tuple[str, ...]
    find: Callable[[View], Iterable[Change]]


def judge_load(
    check: str,
    old: Inventory,
    again: Inventory,
    candidate: Inventory,
    maps: Maps,
    *,
    severities: Mapping[str, Severity] | None = None,
    baseline: frozenset[str] = frozenset(),
) -> ScenarioResult:
    """The result `preflight/<check>`.

    A section that could not be read on one side makes it not compared, with the reason. What differs between
    old and again proves nothing and is left out. `severities` are the site's own by rule id; `baseline` what the
    candidate logs with stock configuration (`inventory.baseline` of such a start).
    """
    wanted = _CHECKS[check]
    sides = {"old": old, "again": again, "candidate": candidate}
    problem = _unreadable(sides, wanted.sections)
    id_ = f"preflight/{check}"
    if problem:
        return ScenarioResult(id_, "preflight", Outcome.NOT_COMPARED, wanted.title, problem=problem)
    view = View(old, again, candidate, maps, baseline)
    found = (_finding(id_, wanted.surface, change) for change in wanted.find(view))
    findings = tuple({finding.fingerprint: _weighed(finding, severities or {}) for finding in found}.values())
    holds = any(finding.severity.holds for finding in findings)
    return ScenarioResult(
        id_, "preflight", Outcome.DIFFERS if holds else Outcome.SAME, wanted.title, findings=findings
    )


def _unreadable(sides: Mapping[str, Inventory], sections: Sequence[str]) -> str:
    for name, side in sides.items():
        for section in sections:
            if problem := side.section(section).problem:
                return f"{name}: {section}: {problem}"
    return ""


def _finding(id_: str, surface: str, change: Change) -> Finding:
    rule = next((rule for rule in LOAD_RULES if rule.names(change)), None)
    if rule is None:
        raise LookupError(f"no rule names {change}")
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        surface=surface,
        scenario=id_,
        title=_title(rule, change),
        old=change.old,
        candidate=change.candidate or ("is not there" if change.kind == "missing" else ""),
        where=change.where,
        cause=change.cause or rule.why,
        advice=change.advice or rule.advice,
        fingerprint=fingerprint(rule.id, *_identity(change)),
        consequences=change.consequences,
    )


def _identity(change: Change) -> tuple[str, ...]:
    """What stays the same from run to run. A log line is known by its normal form, others by their values."""
    if change.section == "log":
        return (change.section, change.item, change.attribute)
    values = (change.old, change.candidate) if change.kind == "changed" else ()
    named = () if change.kind in ("added", "unused", "unshown") else (change.item, change.attribute)
    listed = (change.old, change.candidate) if not named else ()
    return (change.section, change.kind, *named, *values, *listed)


def _title(rule: LoadRule, change: Change) -> str:
    return rule.title.format(
        section=change.section,
        item=change.item,
        attribute=change.attribute,
        old=change.old or "nothing",
        candidate=change.candidate or "nothing",
    )


def _weighed(finding: Finding, severities: Mapping[str, Severity]) -> Finding:
    severity = severities.get(finding.rule)
    return finding if severity is None else replace(finding, severity=severity)


def _modules(view: View) -> Iterator[Change]:
    yield from module_changes(view)
    yield from added(view, "module")


_CHECKS: Mapping[str, _Check] = {
    "modules": _Check("Modules that the site needs are loaded", "modules", ("module",), _modules),
    "applications": _Check(
        "Applications, functions and technologies of the dialplan are there",
        "dialplan",
        ("application", "function", "technology", "context"),
        use_changes,
    ),
    "dialplan": _Check(
        "Contexts, extensions, includes and hints are loaded",
        "dialplan",
        ("context", "extension", "include", "hint"),
        dialplan_changes,
    ),
    "endpoints": _Check(
        "Endpoints, their addresses and transports are loaded",
        "config",
        ("endpoint", "aor", "transport", "registration", "sip peer"),
        endpoint_changes,
    ),
    "queues": _Check(
        "Queues and their members are loaded",
        "config",
        ("queue", "queue member"),
        tables("queue", "queue member"),
    ),
    "mailboxes": _Check("Mailboxes are loaded", "config", ("mailbox",), tables("mailbox")),
    "conferences": _Check(
        "Conference profiles and menus are loaded",
        "config",
        ("conference bridge", "conference user", "conference menu"),
        tables("conference bridge", "conference user", "conference menu"),
    ),
    "manager": _Check("Manager users are loaded", "config", ("manager user",), tables("manager user")),
    "ari": _Check("ARI answers and its users are loaded", "config", ("ARI", "ARI user", "module"), ari_changes),
    "parking": _Check("Parking lots are loaded", "config", ("parking lot",), tables("parking lot")),
    "music": _Check("Music on hold classes are loaded", "config", ("music class",), tables("music class")),
    "features": _Check("Feature codes are in force", "settings", ("feature",), feature_changes),
    "records": _Check("CDR and CEL are written as before", "settings", ("CDR", "CEL"), record_changes),
    "codecs": _Check("Codecs that the site allows are there", "settings", ("codec",), codec_changes),
    "time-zones": _Check("Time zones resolve", "settings", ("time zone",), zone_changes),
    "settings": _Check(
        "Settings of Asterisk, HTTP and AMI are in force", "settings", ("setting",), tables("setting")
    ),
    "log": _Check("The start logs no new error or warning", "log", (), log_changes),
}

CHECKS: tuple[str, ...] = tuple(_CHECKS)
"""The names of all checks."""
