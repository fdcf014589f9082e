"""The changes of one scenario as findings: one a cause, with place, reason, advice and what follows from it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

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
from harness.model import ABSENT, Change, Finding, Held, Place, Severity, Thing, held_value, is_there, shown

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
    rest = [one for one in named if not (isinstance(one.rule, Rule) and one.rule.shared)]
    folded = causes_of(rest, timeline_of(alignment), maps)
    told = _told_by(folded, own)
    causes = (cause for cause in folded if not any(cause is led for led, _ in told))
    found = [*(draft for cause in causes for draft in words.cause(cause)), *words.headers(own, told)]
    chosen: dict[str, _Draft] = {}
    for draft in found:
        if (first := chosen.get(draft.known_by)) is None or draft.order < first.order:
            chosen[draft.known_by] = draft
    return tuple([draft.make() for draft in chosen.values()])


def _told_by(causes: Sequence[Cause], headers: Sequence[Named]) -> Sequence[tuple[Cause, Named]]:
    """What a program says otherwise, as what it said was in a header that is gone."""
    gone = {text: one for one in headers if one.holds and (text := _text(one.change.old))}
    said = [(cause, _text(cause.head.change.old)) for cause in causes if gone and cause.head.change.part]
    return [(cause, gone[text]) for cause, text in said if text in gone]


def _text(held: Held) -> str:
    """What says more than a flag or a digit does, which stand for many things."""
    return held if isinstance(held, str) and len(held) > 1 else ""


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


_VALUE = "carries its value"


class _Draft(NamedTuple):
    """A fingerprint, and what makes its finding. Of several with one fingerprint the first by `order` is made, in
    the place of the one that comes first: which of them a trace has first may be chance.
    """

    known_by: str
    make: Callable[[], Finding]
    order: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Words:
    """Findings of one scenario."""

    scenario: str
    maps: Maps
    volatile: Volatile

    def cause(self, cause: Cause) -> Iterator[_Draft]:
        """The cause with all that follows from it; where none of it holds, each for itself."""
        everything = [cause.head, *(symptom.named for symptom in cause.symptoms)]
        if any(one.holds for one in everything):
            head = self._print(cause.head)
            yield _Draft(head, partial(self._whole, cause, head))
        else:
            yield from map(self.draft, everything)

    def headers(self, own: Sequence[Named], told: Sequence[tuple[Cause, Named]]) -> Iterator[_Draft]:
        """Headers that came or went, each with what programs say otherwise for that."""
        led: dict[str, list[Cause]] = {}
        for cause, header in told:
            led.setdefault(self._print(header), []).append(cause)
        for draft in map(self.draft, own):
            causes = led.get(draft.known_by)
            yield draft._replace(make=partial(self._leading, draft, causes)) if causes else draft

    def _leading(self, header: _Draft, causes: Sequence[Cause]) -> Finding:
        led = (replace(self._whole(cause, self._print(cause.head)), link=_VALUE) for cause in causes)
        return header.make().following(led)

    def draft(self, named: Named) -> _Draft:
        """A change as a finding of its own."""
        known_by = self._print(named)
        change = named.change
        names = (change.event, change.subject, change.field) if named.rule.severity is Severity.INFO else ()
        return _Draft(known_by, partial(self._finding, named, known_by), names)

    def _whole(self, cause: Cause, known_by: str) -> Finding:
        head = self._finding(cause.head, known_by)
        spot = cause.position.spot
        where = self.maps.where(spot) if spot and self._is_behind(cause) else head.where
        reason = head.cause or self._reason(cause)
        # Of what has one fingerprint the last is told, in the place of the first.
        symptoms = {self._print(symptom.named): symptom for symptom in cause.symptoms}
        symptoms.pop(known_by, None)
        following = (self._finding(one.named, known_by, link=one.link) for known_by, one in symptoms.items())
        return replace(head, where=where, cause=reason).following(following)

    def _print(self, named: Named) -> str:
        """The fingerprint: most changes share theirs with others, and are not told for themselves."""
        rule, change = named.rule, named.change
        if not isinstance(rule, LogRule):
            assert isinstance(rule, Rule)
            return fingerprint_of(rule, self.scenario, change, self.volatile)
        spot = change.spot
        is_placed = bool(spot and rule.pattern.groupindex.get("priority"))
        return fingerprint(rule.id, named.thing, *(spot[:2] if spot and is_placed else (self.scenario,)))

    def _finding(self, named: Named, known_by: str, *, link: str = "") -> Finding:
        """A change as a finding of its own, by its fingerprint, or of what it follows from by a link."""
        rule, change = named.rule, named.change
        if isinstance(rule, LogRule):
            return self._missing(rule, named, known_by, link)
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
            fingerprint=known_by,
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

    def _missing(self, rule: LogRule, named: Named, known_by: str, link: str) -> Finding:
        """What the log says is not there. It is one cause wherever that is missed."""
        change, thing = named.change, named.thing
        message, spot = _message(change.candidate), change.spot
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
            fingerprint=known_by,
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


def _message(held: Held) -> str:
    """The line of a log that one side has."""
    message = held_value(held, "Message")
    return message if isinstance(message, str) else ""
