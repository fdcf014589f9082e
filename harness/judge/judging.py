"""All plays of one scenario → its result. The heart of the gate, and pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from harness.judge.causes import Maps, classify
from harness.judge.endings import Cell, Endings, endings_of
from harness.judge.evidence import Sifted, sift, sift_replayed
from harness.judge.gate import outcome_of, weighed
from harness.judge.normalise import normalise
from harness.judge.rules import CAUSES, rule_for
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

__all__ = ["Judged", "Plays", "judge"]

_CERTAIN = frozenset(rule.id for rule in CAUSES)


@dataclass(frozen=True, slots=True)
class Plays:
    """Everything that was recorded of one scenario: per instance the first play, then the replays."""

    id: str
    traces: Mapping[InstanceName, Sequence[Trace]]
    suite: str = "dialplan"
    title: str = ""
    where: Place | None = None
    tolerances: Tolerances = field(default_factory=Tolerances)


@dataclass(frozen=True, slots=True)
class Judged:
    """A result, and how it came about: `noise` and `unstable` count differences that prove nothing.

    `wants_replay` says that playing the scenario again, alone, could change the result.
    """

    result: ScenarioResult
    noise: int = 0
    unstable: int = 0
    wants_replay: bool = False


def judge(plays: Plays, maps: Maps, severities: Mapping[str, Severity] | None = None) -> Judged:
    """Compare all plays of a scenario and name what differs.

    `severities` are the site's own, by rule id. With replays, a difference counts only if a play of the
    candidate shows it against every play of old and again.
    """
    end = endings_of(plays.traces)
    match end.cell:
        case Cell.UNPLAYABLE | Cell.SKIPPED_ON_ONE:
            return Judged(_result(plays, Outcome.NOT_COMPARED, problem=end.problem))
        case Cell.SKIPPED:
            return Judged(_result(plays, Outcome.SKIPPED, problem=end.problem))
        case Cell.CRASH:
            crash = weighed(_crash(plays, end.problem), severities or {})
            return Judged(_result(plays, Outcome.DIFFERS, findings=(crash,)))
        case Cell.WRONG:
            return Judged(_result(plays, Outcome.FAILED, problem=f"on the old release: {end.problem}"))
        case Cell.NOT_AGAIN:
            problem = f"it differed once, and does not work when it is played again: {end.problem}"
            return Judged(_result(plays, Outcome.NOT_COMPARED, problem=problem))
        case Cell.COMPARE | Cell.FAILS | Cell.UNSTABLE_ON_OLD:
            return _comparison(plays, end, maps, severities or {})


def _comparison(plays: Plays, end: Endings, maps: Maps, severities: Mapping[str, Severity]) -> Judged:
    sifted = _sift(plays)
    kept = _with_failure(sifted.kept, end) if end.cell is Cell.FAILS else sifted.kept
    findings = tuple(weighed(f, severities) for f in classify(plays.id, kept, maps, sifted.volatile))
    outcome = _outcome(findings, sifted, end)
    unstable = len(sifted.unstable) + len(sifted.undecided) + (end.cell is Cell.UNSTABLE_ON_OLD)
    return Judged(
        _result(plays, outcome, findings=findings, problem=_doubt(outcome, end, sifted)),
        noise=len(sifted.noise),
        unstable=unstable,
        wants_replay=_worth_replaying(findings, unstable),
    )


def _with_failure(kept: tuple[Change, ...], end: Endings) -> tuple[Change, ...]:
    """The changes, and how the play ended: a play that failed on the old release as well would hide that."""
    if any(change.surface == "expectation" for change in kept):
        return kept
    old, candidate = Ending.PLAYED.value, end.problem or (end.trace.ending.value if end.trace else "")
    failed = Change("expectation", "effect", "changed", "", "expectation", "Result", old=old, candidate=candidate)
    return (*kept, failed)


def _doubt(outcome: Outcome, end: Endings, sifted: Sifted) -> str:
    if outcome is Outcome.UNSTABLE_ON_CANDIDATE:
        first = sifted.undecided[0]
        return f"with the other scenarios, and not alone: {title_of(rule_for(first).title, first)}"
    shown = outcome is Outcome.UNSTABLE_ON_OLD and end.trace
    return f"on the old release, now and then: {end.problem}" if shown else ""


def _sift(plays: Plays) -> Sifted:
    old, again, candidate = ([normalise(trace) for trace in plays.traces[name]] for name in INSTANCES)
    if max(len(old), len(again), len(candidate)) > 1:
        return sift_replayed(old, again, candidate, plays.tolerances)
    return sift(old[0], again[0], candidate[0], plays.tolerances)


def _crash(plays: Plays, problem: str) -> Finding:
    return Finding(
        rule="asterisk-crashed",
        severity=Severity.BREAKING,
        surface="call",
        scenario=plays.id,
        title="The candidate's Asterisk ended while this scenario played",
        old="went on running",
        candidate=problem,
        advice="Report it to the makers of the candidate with its last log lines; do not promote.",
        fingerprint=f"crash-{plays.id}",
        event="ending",
    )


def _outcome(findings: Sequence[Finding], sifted: Sifted, end: Endings) -> Outcome:
    if outcome_of(findings) is Outcome.DIFFERS:
        return Outcome.DIFFERS
    if sifted.undecided:
        return Outcome.UNSTABLE_ON_CANDIDATE
    return Outcome.UNSTABLE_ON_OLD if sifted.unstable or end.cell is Cell.UNSTABLE_ON_OLD else Outcome.SAME


def _worth_replaying(findings: Sequence[Finding], unstable: int) -> bool:
    """Replays can only change what could be a race: not a missing application, not a missing header's name."""
    if any(finding.rule in _CERTAIN for finding in findings):
        return False
    return bool(unstable) or any(finding.severity.holds for finding in findings)


def _result(
    plays: Plays, outcome: Outcome, *, findings: tuple[Finding, ...] = (), problem: str = ""
) -> ScenarioResult:
    return ScenarioResult(plays.id, plays.suite, outcome, plays.title, plays.where, findings, problem)
