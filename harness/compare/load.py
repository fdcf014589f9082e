"""What old had loaded and in force against what the candidate has: one result for each check. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from harness.compare.changes import View, added, changed, missing
from harness.compare.classify import Maps, fingerprint
from harness.compare.inventory import Inventory
from harness.compare.load_log import log_changes
from harness.compare.load_modules import module_changes
from harness.compare.load_uses import use_changes, zone_changes
from harness.compare.rules.load import LOAD_RULES
from harness.compare.rules.load_rule import Change, LoadRule
from harness.compare.uses import applications_used
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
    candidate logs with stock configuration (`Inventory.messages()` of such a start).
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


def _tables(*sections: str) -> Callable[[View], Iterator[Change]]:
    """All that differs in these sections, by the tables alone."""

    def find(view: View) -> Iterator[Change]:
        for compare in (missing, changed, added):
            for section in sections:
                yield from compare(view, section)

    return find


def _modules(view: View) -> Iterator[Change]:
    yield from module_changes(view)
    yield from added(view, "module")


def _dialplan(view: View) -> Iterator[Change]:
    gone = {change.item for change in missing(view, "context")}
    yield from _contexts(view)
    for section in ("extension", "include", "hint"):
        for change in missing(view, section):
            if change.item.rpartition("@")[2].rpartition(" in ")[2] not in gone:
                yield _elsewhere(view, change)
    yield from changed(view, "hint")
    for section in ("context", "extension", "include", "hint"):
        yield from added(view, section)


def _contexts(view: View) -> Iterator[Change]:
    """Contexts that are gone, each with its extensions; those that only Macro would run are one change."""
    used = {name.lower() for name in applications_used(view.candidate.dialplan)}
    has_macro = bool(used & {"macro", "macroexclusive", "macroif"})
    macros: list[str] = []
    for change in missing(view, "context"):
        if change.item.startswith("macro-") and not has_macro:
            macros.append(change.item)
            continue
        lost = sorted(e for e in view.old.section("extension").items if e.endswith(f"@{change.item}"))
        yield replace(change, consequences=tuple(f"The extension {name} is not loaded" for name in lost))
    if macros:
        yield Change("context", "unused", "macros", old=", ".join(macros))


def _elsewhere(view: View, change: Change) -> Change:
    if change.section != "extension":
        return change
    extension, _, context = change.item.rpartition("@")
    dialplan = view.candidate.dialplan
    found = None if extension.startswith("_") else dialplan.find(context, extension, "1")
    return replace(change, kind="moved", candidate=str(found.place or "made at run time")) if found else change


def _endpoints(view: View) -> Iterator[Change]:
    there = view.candidate.section("endpoint").items
    yield from (change for change in missing(view, "sip peer") if change.item not in there)
    yield from _tables("endpoint", "aor", "transport", "registration")(view)


def _ari(view: View) -> Iterator[Change]:
    down = list(missing(view, "ARI"))
    users = list(missing(view, "ARI user"))
    if down:
        told = tuple(f"The ARI user {user.item} is not loaded" for user in users)
        failed = _failed_for_ari(view)
        reason = (failed.cause, failed.advice) if failed else (down[0].cause, "")
        yield replace(down[0], cause=reason[0], advice=reason[1], consequences=told)
        return
    yield from changed(view, "ARI")
    yield from users
    yield from changed(view, "ARI user")
    yield from added(view, "ARI user")


def _failed_for_ari(view: View) -> Change | None:
    failed = (change for change in module_changes(view) if change.kind == "failed")
    return next((change for change in failed if change.item.startswith(("res_ari", "res_http"))), None)


def _features(view: View) -> Iterator[Change]:
    """A code that moved from Monitor to MixMonitor is the same for people who press it."""
    before, now = (side.section("feature").items for side in (view.old, view.candidate))
    for change in _tables("feature")(view):
        heirs = [name for name in now if name not in before and now[name].get("code") == change.old]
        is_monitor = change.kind == "missing" and "Monitor" in change.item and "One Touch MixMonitor" in heirs
        yield replace(change, kind="replaced", candidate=heirs[0]) if is_monitor else change


def _codecs(view: View) -> Iterator[Change]:
    unused: list[str] = []
    for change in missing(view, "codec"):
        allowed = view.candidate.mention(change.item)
        if allowed or any(change.item in e.get("allow", "") for e in view.old.section("endpoint").items.values()):
            yield replace(change, where=allowed)
        else:
            unused.append(change.item)
    if unused:
        yield Change("codec", "unused", "codecs", old=", ".join(unused))
    yield from added(view, "codec")


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
        _dialplan,
    ),
    "endpoints": _Check(
        "Endpoints, their addresses and transports are loaded",
        "config",
        ("endpoint", "aor", "transport", "registration", "sip peer"),
        _endpoints,
    ),
    "queues": _Check(
        "Queues and their members are loaded",
        "config",
        ("queue", "queue member"),
        _tables("queue", "queue member"),
    ),
    "mailboxes": _Check("Mailboxes are loaded", "config", ("mailbox",), _tables("mailbox")),
    "conferences": _Check(
        "Conference profiles and menus are loaded",
        "config",
        ("conference bridge", "conference user", "conference menu"),
        _tables("conference bridge", "conference user", "conference menu"),
    ),
    "manager": _Check("Manager users are loaded", "config", ("manager user",), _tables("manager user")),
    "ari": _Check("ARI answers and its users are loaded", "config", ("ARI", "ARI user", "module"), _ari),
    "parking": _Check("Parking lots are loaded", "config", ("parking lot",), _tables("parking lot")),
    "music": _Check("Music on hold classes are loaded", "config", ("music class",), _tables("music class")),
    "features": _Check("Feature codes are in force", "settings", ("feature",), _features),
    "records": _Check("CDR and CEL are written as before", "settings", ("CDR", "CEL"), _tables("CDR", "CEL")),
    "codecs": _Check("Codecs that the site allows are there", "settings", ("codec",), _codecs),
    "time-zones": _Check("Time zones resolve", "settings", ("time zone",), zone_changes),
    "settings": _Check(
        "Settings of Asterisk, HTTP and AMI are in force", "settings", ("setting",), _tables("setting")
    ),
    "log": _Check("The start logs no new error or warning", "log", (), log_changes),
}

CHECKS: tuple[str, ...] = tuple(_CHECKS)
"""The names of all checks."""
