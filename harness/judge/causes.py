"""Differences → findings: which rule names them, where in the site's files, why, and what follows from what."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from harness.asterisk.dialplan.show import Dialplan
from harness.judge.rules import CAUSES, RULES, LogRule, Rule
from harness.model import Difference, Finding, Place, Severity

__all__ = ["Maps", "classify", "fingerprint", "rule_for"]

_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Maps:
    """The loaded dialplans of both sides, by which findings get their place in the site's files."""

    old: Dialplan = field(default_factory=Dialplan)
    candidate: Dialplan = field(default_factory=Dialplan)

    def where(self, spot: tuple[str, str, str] | None, *, newer: bool = False) -> Place | None:
        """File and line of a context, extension and priority, looked up on the side where it was seen first."""
        if spot is None:
            return None
        first, second = (self.candidate, self.old) if newer else (self.old, self.candidate)
        return first.place(*spot) or second.place(*spot)


def classify(scenario: str, differences: Sequence[Difference], maps: Maps) -> tuple[Finding, ...]:
    """The findings of one scenario, each once.

    Where the log names a cause (an application that is gone), the cause is the finding and what follows from
    it is listed with it. Headers that came or went are findings of their own in any case.
    """
    causes = _causes(scenario, differences, maps)
    named = [(rule_for(difference), difference) for difference in differences if not _explains(difference)]
    if causes:
        followed = [d for rule, d in named if not rule.shared]
        named = [(rule, d) for rule, d in named if rule.shared]
        causes[0] = replace(causes[0], consequences=_unique(_title(rule_for(d), d) for d in followed))
    reason = _reason(differences, maps)
    found = [*causes, *(_finding(scenario, rule, d, maps, reason) for rule, d in named)]
    return tuple({finding.fingerprint: finding for finding in reversed(found)}.values())[::-1]


def rule_for(difference: Difference) -> Rule:
    """The first rule that names a difference; the last rule names all that is left."""
    return next(rule for rule in RULES if rule.match(difference))


def fingerprint(*parts: str) -> str:
    """Twelve hex digits that stay the same from run to run for the same finding."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _explains(difference: Difference) -> bool:
    return _cause_of(difference) is not None


def _cause_of(difference: Difference) -> tuple[LogRule, re.Match[str]] | None:
    if difference.surface != "log" or difference.kind != "added":
        return None
    for rule in CAUSES:
        if match := rule.pattern.search(difference.candidate):
            return rule, match
    return None


def _causes(scenario: str, differences: Iterable[Difference], maps: Maps) -> list[Finding]:
    found: dict[str, Finding] = {}
    for difference in differences:
        cause = _cause_of(difference)
        if cause is None:
            continue
        rule, match = cause
        groups = match.groupdict()
        thing = groups["thing"]
        spot = difference.spot
        if groups.get("priority"):
            spot = (groups["context"], groups["extension"], groups["priority"])
        finding = Finding(
            rule=rule.id,
            severity=rule.severity,
            surface="dialplan",
            scenario=scenario,
            title=rule.title.format(thing=thing),
            old=f"{thing} is there",
            candidate=_message(difference),
            where=maps.candidate.using(thing, spot) or maps.where(spot, newer=True),
            cause=_message(difference),
            advice=rule.advise(thing),
            fingerprint=fingerprint(rule.id, thing, *(spot or ())[:2]),
        )
        found.setdefault(finding.fingerprint, finding)
    return list(found.values())


def _finding(scenario: str, rule: Rule, difference: Difference, maps: Maps, reason: str) -> Finding:
    title = _title(rule, difference)
    if rule.shared:
        identity: tuple[str, ...] = (rule.id, difference.event, difference.field)
    elif rule.severity is Severity.INFO and difference.layer == "path":
        identity = (rule.id, scenario)  # one line for a scenario says it all
    elif difference.surface == "log":
        identity = (rule.id, _DIGITS.sub("#", difference.old), _DIGITS.sub("#", difference.candidate))
    else:
        identity = (rule.id, scenario, difference.kind, *difference.locus, *_stable_values(rule, difference))
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        surface=difference.surface,
        scenario=scenario,
        title=title,
        old=difference.old,
        candidate=difference.candidate,
        where=None if rule.shared else maps.where(difference.spot, newer=difference.kind == "added"),
        cause="" if rule.shared or difference.surface == "log" else reason,
        advice=rule.advice,
        fingerprint=fingerprint(*identity),
    )


def _stable_values(rule: Rule, difference: Difference) -> tuple[str, ...]:
    """Values belong to the identity of a finding unless they are measured times, which no two runs share."""
    if "duration" in rule.id:
        return ()
    return (difference.old, difference.candidate)


def _title(rule: Rule, difference: Difference) -> str:
    return rule.title.format(
        subject=difference.subject or "Asterisk",
        event=difference.event,
        field=difference.field,
        name=difference.event.rpartition(" ")[2],
        old=difference.old or "nothing",
        candidate=difference.candidate or "nothing",
    )


def _reason(differences: Iterable[Difference], maps: Maps) -> str:
    """What most likely lies behind the differences: a new line in the log, else where the ways part."""
    ordered = list(differences)
    for difference in ordered:
        if difference.surface == "log" and difference.kind == "added":
            return f"Asterisk's log says: {_message(difference)}"
    for difference in ordered:
        if difference.event == "Newexten" and difference.spot:
            where = maps.where(difference.spot, newer=difference.kind == "added")
            at = f" ({where})" if where else ""
            return f"The ways through the dialplan part at {'@'.join(difference.spot[1::-1])}{at}"
    return ""


def _message(difference: Difference) -> str:
    return difference.candidate.removeprefix("Message=")


def _unique(titles: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(titles))
