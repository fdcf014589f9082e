"""Differences → findings: which rule names them, where in the site's files, why, and what follows from what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from harness.asterisk.dialplan.show import Dialplan
from harness.judge.evidence import Volatile
from harness.judge.fingerprints import fingerprint, fingerprint_of
from harness.judge.rules import CAUSES, LogRule, Rule, rule_for
from harness.judge.words import fill, held_words, title_of
from harness.model import Change, Finding, Place, Spot, held_value, is_there

__all__ = ["Maps", "classify"]


@dataclass(frozen=True, slots=True)
class Maps:
    """The loaded dialplans of both sides, by which findings get their place in the site's files."""

    old: Dialplan = field(default_factory=Dialplan)
    candidate: Dialplan = field(default_factory=Dialplan)

    def where(self, spot: Spot | None, *, newer: bool = False) -> Place | None:
        """File and line of a context, extension and priority, looked up on the side where it was seen first."""
        if spot is None:
            return None
        first, second = (self.candidate, self.old) if newer else (self.old, self.candidate)
        return first.place(*spot) or second.place(*spot)


def classify(
    scenario: str, changes: Sequence[Change], maps: Maps, volatile: Volatile | None = None
) -> tuple[Finding, ...]:
    """The findings of one scenario, each once.

    Where the log names a cause (an application that is gone), the cause is the finding and lists its consequences.
    Headers that came or went are findings of their own in any case. `volatile` is what no fingerprint may hold.
    """
    causes = _causes(scenario, changes, maps)
    named = [(rule_for(change), change) for change in changes if _cause_of(change) is None]
    if causes:
        followed = (title_of(rule.title, change) for rule, change in named if not rule.shared)
        causes[0] = replace(causes[0], consequences=tuple(dict.fromkeys(followed)))
        named = [(rule, change) for rule, change in named if rule.shared]
    reason = _reason(changes, maps)
    found = [
        *causes,
        *(_finding(scenario, rule, change, maps, reason, volatile or Volatile()) for rule, change in named),
    ]
    return tuple({finding.fingerprint: finding for finding in reversed(found)}.values())[::-1]


def _cause_of(change: Change) -> tuple[LogRule, re.Match[str]] | None:
    if change.surface != "log" or change.kind != "added":
        return None
    for rule in CAUSES:
        if match := rule.pattern.search(_message(change)):
            return rule, match
    return None


def _causes(scenario: str, changes: Iterable[Change], maps: Maps) -> list[Finding]:
    found: dict[str, Finding] = {}
    for change in changes:
        if cause := _cause_of(change):
            finding = _cause(scenario, change, maps, *cause)
            found.setdefault(finding.fingerprint, finding)
    return list(found.values())


def _cause(scenario: str, change: Change, maps: Maps, rule: LogRule, match: re.Match[str]) -> Finding:
    """The fingerprint has the place only where the log's line names it: which priority ran last is chance."""
    groups = match.groupdict()
    thing, spot = groups["thing"], change.spot
    if groups.get("priority"):
        spot = (groups["context"], groups["extension"], groups["priority"])
    identity = spot[:2] if spot and groups.get("priority") else (scenario,)
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        surface="dialplan",
        scenario=scenario,
        title=fill(rule.title, thing=thing),
        old=f"{thing} is there",
        candidate=_message(change),
        where=maps.candidate.using(thing, spot) or maps.where(spot, newer=True),
        cause=_message(change),
        advice=rule.advise(thing),
        fingerprint=fingerprint(rule.id, thing, *identity),
        subject=thing,
        event=change.event,
        seen=change.seen,
    )


def _finding(scenario: str, rule: Rule, change: Change, maps: Maps, reason: str, volatile: Volatile) -> Finding:
    old, candidate = (held_words(side, change) if is_there(side) else "" for side in change.sides)
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        surface=change.surface,
        scenario=scenario,
        title=title_of(rule.title, change),
        old=old,
        candidate=candidate,
        where=None if rule.shared else maps.where(change.spot, newer=change.kind == "added"),
        cause="" if rule.shared or change.surface == "log" else reason,
        advice=rule.advice,
        fingerprint=fingerprint_of(rule, scenario, change, volatile),
        about=change.about,
        subject=change.subject,
        event=change.event,
        field=change.field,
        seen=change.seen,
    )


def _reason(changes: Iterable[Change], maps: Maps) -> str:
    """What most likely lies behind the changes: a new line in the log, else where the ways part."""
    ordered = list(changes)
    for change in ordered:
        if change.surface == "log" and change.kind == "added":
            return f"Asterisk's log says: {_message(change)}"
    for change in ordered:
        if change.event == "Newexten" and change.spot:
            where = maps.where(change.spot, newer=change.kind == "added")
            at = f" ({where})" if where else ""
            return f"The ways through the dialplan part at {'@'.join(change.spot[1::-1])}{at}"
    return ""


def _message(change: Change) -> str:
    """The line that the candidate's log has."""
    message = held_value(change.candidate, "Message")
    return message if isinstance(message, str) else ""
