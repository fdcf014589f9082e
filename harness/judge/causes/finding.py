"""The changes of one scenario as findings: one a cause, with place, reason, advice and what follows from it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import msgspec

from harness.judge.align import Alignment
from harness.judge.causes.folding import SAME_PLACE, Cause, causes_of
from harness.judge.causes.groups import Named
from harness.judge.causes.maps import Maps
from harness.judge.causes.timeline import timeline_of
from harness.judge.evidence import Volatile
from harness.judge.fingerprints import fingerprint, fingerprint_of
from harness.judge.normalise.catalogue import are_alike
from harness.judge.rules import CAUSES, LogRule, Rule, rule_for
from harness.judge.rules.ami import LOST_HEADER, UNHEARD
from harness.judge.words import fill, held_words, title_of
from harness.model import ABSENT, Change, Finding, Held, Place, Thing, held_value, is_there, shown

__all__ = ["classify"]


def classify(
    scenario: str, changes: Sequence[Change], alignment: Alignment, maps: Maps, volatile: Volatile | None = None
) -> tuple[Finding, ...]:
    """The findings of one scenario, each once.

    What speaks against a promotion is folded into its causes (`folding.py`); headers that came or went are
    findings of their own in any case, as is what harms nobody and follows from nothing. `alignment` is that of the
    first plays, `volatile` is what no fingerprint may hold.
    """
    words = _Words(scenario, maps, volatile or Volatile())
    named = [_named(change, maps) for change in changes]
    own = [one for one in named if isinstance(one.rule, Rule) and one.rule.shared]
    folded = causes_of([one for one in named if one not in own], timeline_of(alignment), maps)
    found = [*(finding for cause in folded for finding in words.cause(cause)), *map(words.finding, own)]
    return tuple({finding.fingerprint: finding for finding in reversed(found)}.values())[::-1]


def _named(change: Change, maps: Maps) -> Named:
    for rule in CAUSES if change.surface == "log" and change.kind == "added" else ():
        if match := rule.pattern.search(_message(change.candidate)):
            return Named(_at(change, match), rule, match["thing"])
    usual = rule_for(change)
    return Named(change, UNHEARD if usual.id == LOST_HEADER and _is_unheard(change, maps) else usual)


def _is_unheard(change: Change, maps: Maps) -> bool:
    """Whether nobody can miss a header: it said what its absence says, and no manager user listens."""
    if maps.is_listened_to or change.old is ABSENT or isinstance(change.old, Thing):
        return False
    return are_alike(change.event, change.field, (shown(change.old),))


def _at(change: Change, match: re.Match[str]) -> Change:
    """Where the line says that the dialplan was, if it says so."""
    groups = match.groupdict()
    if not groups.get("priority"):
        return change
    spot = (groups["context"], groups["extension"], groups["priority"])
    return msgspec.structs.replace(change, spots=(change.spots[0], spot))


@dataclass(frozen=True, slots=True)
class _Words:
    """Findings of one scenario."""

    scenario: str
    maps: Maps
    volatile: Volatile

    def cause(self, cause: Cause) -> Iterator[Finding]:
        """The cause with all that follows from it; where none of it holds, each for itself."""
        everything = [cause.head, *(symptom.named for symptom in cause.symptoms)]
        if not any(one.holds for one in everything):
            yield from map(self.finding, everything)
            return
        symptoms = (self.finding(s.named, link=s.link) for s in cause.symptoms)
        head = self.finding(cause.head)
        spot = cause.position.spot
        where = self.maps.where(spot) if spot and self._is_behind(cause) else head.where
        reason = head.cause or self._reason(cause)
        yield replace(head, where=where, cause=reason).following(_once(symptoms, head))

    def finding(self, named: Named, *, link: str = "") -> Finding:
        """A change as a finding of its own, or of what it follows from by a link."""
        rule, change = named.rule, named.change
        if isinstance(rule, LogRule):
            return self._missing(rule, change, named.thing, link)
        assert isinstance(rule, Rule)
        old, candidate = (held_words(side, change) if is_there(side) else "" for side in change.sides)
        return Finding(
            rule=rule.id,
            severity=rule.severity,
            surface=change.surface,
            scenario=self.scenario,
            title=title_of(rule.title, change),
            old=old,
            candidate=candidate,
            where=None if rule.shared else self._where(change),
            advice=rule.advice,
            fingerprint=fingerprint_of(rule, self.scenario, change, self.volatile),
            about=change.about,
            subject=change.subject,
            event=change.event,
            field=change.field,
            seen=change.seen,
            link=link,
        )

    def _where(self, change: Change) -> Place | None:
        """Where the dialplan was, the line of a file that the log itself names, or a program that says it."""
        named = self.maps.named(_message(change.candidate)) if change.surface == "log" else None
        if change.part:
            return self.maps.programs.get(change.subject)
        return named or self.maps.where(change.spot, newer=change.kind == "added")

    def _missing(self, rule: LogRule, change: Change, thing: str, link: str) -> Finding:
        """What the log says is not there. It is one cause wherever that is missed."""
        message, spot = _message(change.candidate), change.spot
        is_placed = bool(spot and rule.pattern.groupindex.get("priority"))
        return Finding(
            rule=rule.id,
            severity=rule.severity,
            surface="dialplan",
            scenario=self.scenario,
            title=fill(rule.title, thing=thing),
            old=f"{thing} is there",
            candidate=message,
            where=self.maps.candidate.using(thing, spot) or self.maps.where(spot, newer=True),
            cause=f"Asterisk's log says: {message}",
            advice=rule.advise(thing),
            fingerprint=fingerprint(rule.id, thing, *(spot[:2] if spot and is_placed else (self.scenario,))),
            about=f"{rule.about}: {thing}",
            subject=thing,
            event=change.event,
            seen=change.seen,
            link=link,
        )

    def _reason(self, cause: Cause) -> str:
        """Why: what either log says at the same place, or the priority at which the ways part."""
        near = [symptom.named.change for symptom in cause.symptoms if symptom.link == SAME_PLACE]
        for change in near:
            if change.surface == "log" and change.kind != "removed" and cause.head.change.surface != "log":
                return f"Asterisk's log says: {_message(change.candidate)}{self._at(cause)}"
        for change in near:
            if change.surface == "log" and change.kind == "removed":
                return (
                    f"The old release's log says, and the candidate's does not: {_message(change.old)}"
                    f"{self._at(cause)}"
                )
        return self._way(cause, near)

    @staticmethod
    def _is_behind(cause: Cause) -> bool:
        """Whether what a cause is named by is behind the place where the ways part."""
        return cause.parts and not cause.head.thing and cause.head.change.spot != cause.position.spot

    def _at(self, cause: Cause) -> str:
        """What stands where a cause began, in brackets."""
        written = self.maps.written(cause.position.spot).partition("\n")[0]
        return f" ({written})" if written else ""

    def _beginning(self, cause: Cause) -> str:
        """Where either release begins, where they have no step in common."""
        for one in (cause.head, *(symptom.named for symptom in cause.symptoms)):
            old, candidate = one.change.spots
            if old and candidate and old[:2] != candidate[:2]:
                begins, began = (f"{spot[1]}@{spot[0]}" for spot in (candidate, old))
                return f"{one.change.runner} begins at {begins}, began at {began}"
        return "The ways part at the beginning of the dialplan"

    def _way(self, cause: Cause, near: Sequence[Change]) -> str:
        """That the ways part, or that a priority has other arguments, and what stands there."""
        spot, parts = cause.position.spot, "The ways part at " if self._is_behind(cause) else ""
        if spot is None:
            return self._beginning(cause) if parts else ""
        written = self.maps.written(spot).partition("\n")[0]
        at = f"{parts}{spot[1]}@{spot[0]}, priority {spot[2]}" + (f": {written}" if written else "")
        for change in near:
            if change.event == "Newexten" and change.field == "AppData" and change.spots == (spot, spot):
                old, candidate = (held_words(side, change) for side in change.sides)
                return f"{at} has {candidate}, had {old}"
        return at if parts or (written and cause.head.change.surface != "log") else ""


def _once(symptoms: Iterator[Finding], head: Finding) -> tuple[Finding, ...]:
    found = {finding.fingerprint: finding for finding in symptoms if finding.fingerprint != head.fingerprint}
    return tuple(found.values())


def _message(held: Held) -> str:
    """The line of a log that one side has."""
    message = held_value(held, "Message")
    return message if isinstance(message, str) else ""
