"""All plays of one scenario → its result. The heart of the gate, and pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from harness.judge.align import align
from harness.judge.causes import Maps, classify
from harness.judge.circle import circle_finding, circle_words
from harness.judge.complained import complained
from harness.judge.decision import NextPlay, Shows, next_of, times
from harness.judge.deprecations import deprecations
from harness.judge.endings import Cell, Endings, endings_of
from harness.judge.evidence import Doubt, Sifted, is_final, is_of_an_instant, sift
from harness.judge.gate import outcome_of, weighed
from harness.judge.in_vain import asked_in_vain
from harness.judge.normalise import normalise
from harness.judge.one_name import Renamed, one_name
from harness.judge.prompts import is_of_a_prompt, prompt_findings, prompts_missing
from harness.judge.rules import CERTAIN, rule_for
from harness.judge.rules.rule import NamedRule
from harness.judge.words import title_of
from harness.model import (
    INSTANCES,
    Change,
    Ending,
    Finding,
    InstanceName,
    Outcome,
    Place,
    ScenarioResult,
    Severity,
    Tolerances,
    Trace,
)

__all__ = ["ENDING_RULES", "Judged", "Plays", "judge"]

_ENDED = "The candidate's Asterisk {} while this scenario played"
_REPORT = "Report it to the makers of the candidate with its last log lines; do not promote."
_ENDS = {
    Ending.CRASHED: NamedRule(
        "asterisk-crashed", _ENDED.format("ended"), Severity.BREAKING, "All calls in it are lost.", _REPORT
    ),
    Ending.HUNG: NamedRule(
        "asterisk-hangs",
        _ENDED.format("hung"),
        Severity.BREAKING,
        "No call comes through, and nothing restarts it.",
        _REPORT,
    ),
    Ending.STARVED: NamedRule(
        "asterisk-out-of-memory",
        _ENDED.format("reached its memory limit, twice,"),
        Severity.BREAKING,
        "It would end, or the machine would.",
        "Find out what it needs the memory for; if that is right, raise `memory_mb` in [limits] of site.toml.",
    ),
}
ENDING_RULES = tuple(_ENDS.values())
"""Of how the candidate's Asterisk ended."""
# So many replays tell whether a scenario can be played on the old release at all.
_STEADY = 3


@dataclass(frozen=True, slots=True)
class Plays:
    """Everything that was recorded of one scenario: per instance the first play, then the replays."""

    id: str
    traces: Mapping[InstanceName, Sequence[Trace]]
    suite: str = "dialplan"
    title: str = ""
    where: Place | None = None
    tolerances: Tolerances = field(default_factory=Tolerances)

    @property
    def alone(self) -> tuple[bool, ...]:
        """Of each play of the candidate, whether nothing else played then."""
        return tuple(trace.alone for trace in self.traces["candidate"])


@dataclass(frozen=True, slots=True)
class Judged:
    """A result, and how it came about: `noise` and `unstable` count differences that prove nothing.

    `next` is the play that would tell more about it, `deprecated` what the old release calls so in it.
    """

    result: ScenarioResult
    noise: int = 0
    unstable: int = 0
    next: NextPlay = NextPlay.ENOUGH
    deprecated: frozenset[str] = frozenset()

    @property
    def wants_replay(self) -> bool:
        """Whether playing the scenario again could change the result."""
        return self.next is not NextPlay.ENOUGH


def judge(plays: Plays, maps: Maps, severities: Mapping[str, Severity] | None = None) -> Judged:
    """Compare all plays of a scenario and name what differs.

    `severities` are the site's own, by rule id. What counts is what the plays decide (`judge.decision`).
    """
    end = endings_of(plays.traces)
    match end.cell:
        case Cell.UNPLAYABLE | Cell.SKIPPED_ON_ONE:
            return Judged(_result(plays, Outcome.NOT_COMPARED, problem=end.problem))
        case Cell.SKIPPED:
            return Judged(_result(plays, Outcome.SKIPPED, problem=end.problem))
        case Cell.CRASH:
            crash = weighed(_crash(plays, end), severities or {})
            return Judged(_result(plays, Outcome.DIFFERS, findings=(crash,)))
        case Cell.WRONG:
            said = f"; {text}" if end.trace and (text := complained(end.trace)) else ""
            return Judged(_result(plays, Outcome.FAILED, problem=f"on the old release: {_told(end, maps)}{said}"))
        case Cell.COMPARE if problem := asked_in_vain(plays.traces):
            return Judged(_result(plays, Outcome.FAILED, problem=problem))
        case Cell.NOT_AGAIN:
            problem = f"it differed once, and does not work when it is played again: {_told(end, maps)}"
            return Judged(_result(plays, Outcome.NOT_COMPARED, problem=problem))
        case Cell.FAILS if end.trace and end.trace.ending is Ending.ENDLESS:
            circle = weighed(circle_finding(end.trace, maps), severities or {})
            return Judged(_result(plays, Outcome.DIFFERS, findings=(circle,)))
        case Cell.COMPARE | Cell.FAILS | Cell.UNSTABLE_ON_OLD:
            return _comparison(plays, end, maps, severities or {})


def _told(end: Endings, maps: Maps) -> str:
    """How it ended, in words."""
    is_endless = end.trace and end.trace.ending is Ending.ENDLESS
    return circle_words(end.trace, maps) if end.trace and is_endless else end.problem


def _comparison(plays: Plays, end: Endings, maps: Maps, severities: Mapping[str, Severity]) -> Judged:
    nowhere = prompts_missing(plays.traces)
    compared = _compared(plays, maps)
    sifted = _without_prompts(_sift(plays, compared), nowhere)
    sifted = sifted if len(plays.alone) > 1 else _without_chance(sifted, severities)
    kept = _with_failure(sifted.kept, end) if end.cell is Cell.FAILS else sifted.kept
    findings = tuple(weighed(f, severities) for f in _named(plays, kept, maps, sifted, compared))
    differs = outcome_of(findings) is Outcome.DIFFERS
    lost = () if differs else tuple(doubt for doubt in sifted.wavering if is_final(doubt.change))
    told = (
        *_unsettled(plays, sifted, maps, severities, compared, besides=lost),
        *prompt_findings(plays.id, nowhere),
    )
    unstable = len(sifted.unstable) + len(lost) + (end.cell is Cell.UNSTABLE_ON_OLD)
    outcome = _outcome((*findings, *told), lost, old=len(sifted.unstable) or end.cell is Cell.UNSTABLE_ON_OLD)
    return Judged(
        _result(plays, outcome, findings=(*findings, *told), problem=_problem(outcome, end, lost, plays, sifted)),
        noise=len(sifted.noise),
        unstable=unstable,
        next=_next(plays, end, sifted, findings, severities, unstable=unstable),
        deprecated=deprecations(plays.traces),
    )


def _without_prompts(sifted: Sifted, nowhere: frozenset[str]) -> Sifted:
    return replace(
        sifted,
        kept=tuple(change for change in sifted.kept if not is_of_a_prompt(change, nowhere)),
        wavering=tuple(doubt for doubt in sifted.wavering if not is_of_a_prompt(doubt.change, nowhere)),
    )


def _without_chance(sifted: Sifted, severities: Mapping[str, Severity]) -> Sifted:
    """Of a single play, without what came in an instant and is additive: nothing is played again for that."""
    chance = [change for change in sifted.kept if _is_harmless_chance(change, severities)]
    kept = tuple(change for change in sifted.kept if change not in chance)
    return replace(sifted, kept=kept, noise=(*sifted.noise, *chance)) if chance else sifted


def _is_harmless_chance(change: Change, severities: Mapping[str, Severity]) -> bool:
    if change.kind != "added" or change.field or not is_of_an_instant(change):
        return False
    severity = _severity(change, severities)
    return severity is Severity.ADDITIVE or (change.part == "hears" and not severity.holds)


def _severity(change: Change, severities: Mapping[str, Severity]) -> Severity:
    """That of a change for itself, as the site has it."""
    rule = rule_for(change)
    return severities.get(rule.id, rule.severity)


def _unsettled(
    plays: Plays,
    sifted: Sifted,
    maps: Maps,
    severities: Mapping[str, Severity],
    compared: Renamed,
    *,
    besides: Sequence[Doubt],
) -> Iterator[Finding]:
    """What comes and goes on the candidate, or comes in a crowd only: to review, with how often it was seen.

    What the same plays show has one cause. What is seen only in plays whose calls ended otherwise (`besides`)
    follows from that.
    """
    for doubts in _by_plays(doubt for doubt in sifted.wavering if doubt not in besides):
        if not _follows(shows := doubts[0].shows, besides):
            first = shows.candidate.index(True)
            for finding in _named(plays, [doubt.change for doubt in doubts], maps, sifted, compared, play=first):
                if weighed(finding, severities).severity.holds:
                    title = f"{finding.title} ({times(shows)})"
                    seen = (-1, -1) if first else finding.seen  # else of a trace that is a replay's
                    yield replace(_to_review(finding), title=title, seen=seen)


def _to_review(finding: Finding) -> Finding:
    """What is not decided, and what follows from it, is to review at most."""
    own = finding.own and _review_at_most(finding.own)
    consequences = tuple(map(_to_review, finding.consequences))
    return replace(finding, severity=_review_at_most(finding.severity), own=own, consequences=consequences)


def _review_at_most(severity: Severity) -> Severity:
    return Severity.REVIEW if severity.holds else severity


def _by_plays(doubts: Iterable[Doubt]) -> Iterable[Sequence[Doubt]]:
    """Those together that the same plays of the candidate show."""
    found: dict[tuple[bool, ...], list[Doubt]] = {}
    for doubt in doubts:
        found.setdefault(doubt.shows.candidate, []).append(doubt)
    return found.values()


def _follows(shows: Shows, lost: Sequence[Doubt]) -> bool:
    ended = [any(plays) for plays in zip(*(doubt.shows.candidate for doubt in lost), strict=True)]
    return bool(ended) and not any(
        shown and not other for shown, other in zip(shows.candidate, ended, strict=True)
    )


def _named(
    plays: Plays, kept: Sequence[Change], maps: Maps, sifted: Sifted, compared: Renamed, *, play: int = 0
) -> tuple[Finding, ...]:
    """The findings that changes amount to, by where they were in old's first play and that of the candidate."""
    if not kept:
        return ()
    alignment = align(compared.old[0], compared.candidate[play], plays.tolerances.seconds)
    return classify(plays.id, kept, alignment, maps, sifted.volatile)


def _with_failure(kept: tuple[Change, ...], end: Endings) -> tuple[Change, ...]:
    """The changes, and how the play ended: a play that failed on the old release as well would hide that."""
    if any(change.surface == "expectation" for change in kept):
        return kept
    old, candidate = Ending.PLAYED.value, end.problem or (end.trace.ending.value if end.trace else "")
    failed = Change("expectation", "effect", "changed", "", "expectation", "Result", old=old, candidate=candidate)
    return (*kept, failed)


def _problem(outcome: Outcome, end: Endings, lost: Sequence[Doubt], plays: Plays, sifted: Sifted) -> str:
    if outcome is Outcome.SAME:  # that it fails as it is expected to, on both releases
        trace = plays.traces["candidate"][0]
        return trace.problem if trace.ending is Ending.PLAYED else ""
    if lost:
        first = lost[0]
        return f"{times(first.shows)}: {_title(first.change)}"
    if outcome is not Outcome.UNSTABLE_ON_OLD:
        return ""
    wavers = end.problem if end.trace else next(map(_title, sifted.unstable), "")
    return f"on the old release, now and then: {wavers}"


def _title(change: Change) -> str:
    return title_of(rule_for(change).title, change)


def _compared(plays: Plays, maps: Maps) -> Renamed:
    """All plays as they are compared: normalised, each phone by one name."""
    dialplans = {"old": maps.old, "again": maps.old, "candidate": maps.candidate}
    return one_name(*([normalise(trace, dialplans[name]) for trace in plays.traces[name]] for name in INSTANCES))


def _sift(plays: Plays, compared: Renamed) -> Sifted:
    sifted = sift(compared.old, compared.again, compared.candidate, plays.tolerances, alone=plays.alone)
    told = (compared.change,) if compared.change else ()
    return replace(sifted, kept=(*sifted.kept, *told))


def _crash(plays: Plays, end: Endings) -> Finding:
    ending = end.trace.ending if end.trace else Ending.CRASHED
    rule = _ENDS.get(ending, _ENDS[Ending.CRASHED])
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        surface="call",
        scenario=plays.id,
        title=rule.title,
        old="went on running",
        candidate=end.problem,
        advice=rule.advice,
        fingerprint=f"{ending.value}-{plays.id}",
        event="ending",
    )


def _outcome(findings: Sequence[Finding], lost: Sequence[Doubt], *, old: bool | int) -> Outcome:
    """What a person may accept is a finding; that the candidate lost calls now and then is none."""
    if lost:
        return Outcome.UNSTABLE_ON_CANDIDATE
    if outcome_of(findings) is Outcome.DIFFERS:
        return Outcome.DIFFERS
    return Outcome.UNSTABLE_ON_OLD if old else Outcome.SAME


def _next(
    plays: Plays,
    end: Endings,
    sifted: Sifted,
    findings: Sequence[Finding],
    severities: Mapping[str, Severity],
    *,
    unstable: int,
) -> NextPlay:
    """Plays can only change what could be a race: not a missing application."""
    if any(finding.rule in CERTAIN for finding in findings):
        return NextPlay.ENOUGH
    weighty = (
        doubt.shows
        for doubt in sifted.doubts
        if is_final(doubt.change) or _severity(doubt.change, severities).holds
    )
    asked = next_of((*weighty, *end.shows))
    steady = len(plays.alone) > _STEADY or not unstable
    return asked if steady else min(asked, NextPlay.ALONE)


def _result(
    plays: Plays, outcome: Outcome, *, findings: tuple[Finding, ...] = (), problem: str = ""
) -> ScenarioResult:
    seconds = max((traces[0].seconds for traces in plays.traces.values() if traces), default=0.0)
    return ScenarioResult(plays.id, plays.suite, outcome, plays.title, plays.where, findings, problem, seconds)
