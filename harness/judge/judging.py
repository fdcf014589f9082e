"""All plays of one scenario → its result. The heart of the gate, and pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from harness.judge.causes import Maps, classify
from harness.judge.evidence import Sifted, sift, sift_replayed
from harness.judge.normalise import normalise
from harness.judge.normalise.facts import Normal
from harness.judge.rules import CAUSES
from harness.model import (
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
    problem = _not_comparable(plays)
    if problem:
        return Judged(_result(plays, Outcome.NOT_COMPARED, problem=problem), wants_replay=False)
    crash = next((t for t in plays.traces["candidate"] if t.ending is Ending.CRASHED), None)
    if crash:
        return Judged(_result(plays, Outcome.DIFFERS, findings=(_crashed(plays, crash),)))
    olds = [*plays.traces["old"], *plays.traces["again"]]
    if all(trace.ending is not Ending.PLAYED for trace in olds):
        return Judged(_result(plays, Outcome.FAILED, problem=f"on the old release: {olds[0].problem}"))
    replays = [*plays.traces["old"][1:], *plays.traces["again"][1:]]
    if replays and all(trace.ending is not Ending.PLAYED for trace in replays):
        problem = f"it differed once, and does not work when it is played again: {replays[0].problem}"
        return Judged(_result(plays, Outcome.NOT_COMPARED, problem=problem))
    sifted = _sift(plays)
    findings = tuple(_weighed(f, severities or {}) for f in classify(plays.id, sifted.kept, maps))
    return Judged(
        _result(plays, _outcome(findings, sifted), findings=findings),
        noise=len(sifted.noise),
        unstable=len(sifted.unstable),
        wants_replay=_worth_replaying(findings, sifted),
    )


def _sift(plays: Plays) -> Sifted:
    replayed = any(len(traces) > 1 for traces in plays.traces.values())
    normals: dict[InstanceName, list[Normal]] = {
        name: [normalise(trace) for trace in traces] for name, traces in plays.traces.items()
    }
    if replayed:
        return sift_replayed([*normals["old"], *normals["again"]], normals["candidate"], plays.tolerances)
    return sift(normals["old"][0], normals["again"][0], normals["candidate"][0], plays.tolerances)


def _not_comparable(plays: Plays) -> str:
    for name in ("old", "again", "candidate"):
        traces = plays.traces.get(name, ())
        if not traces:
            return f"was not played on {name}"
        for trace in traces:
            dead = trace.ending is Ending.CRASHED and name != "candidate"
            if dead or trace.ending is Ending.UNPLAYABLE:
                return f"{name}: {trace.problem or 'could not be played'}"
    return ""


def _crashed(plays: Plays, trace: Trace) -> Finding:
    return Finding(
        rule="asterisk-crashed",
        severity=Severity.BREAKING,
        surface="call",
        scenario=plays.id,
        title="The candidate's Asterisk ended while this scenario played",
        old="went on running",
        candidate=trace.problem,
        advice="Report it to the makers of the candidate with its last log lines; do not promote.",
        fingerprint=f"crash-{plays.id}",
    )


def _weighed(finding: Finding, severities: Mapping[str, Severity]) -> Finding:
    severity = severities.get(finding.rule)
    return finding if severity is None else replace(finding, severity=severity)


def _outcome(findings: Sequence[Finding], sifted: Sifted) -> Outcome:
    if any(finding.severity.holds for finding in findings):
        return Outcome.DIFFERS
    return Outcome.UNSTABLE if sifted.unstable else Outcome.SAME


def _worth_replaying(findings: Sequence[Finding], sifted: Sifted) -> bool:
    """Replays can only change what could be a race: not a missing application, not a missing header's name."""
    if any(finding.rule in _CERTAIN for finding in findings):
        return False
    return bool(sifted.unstable) or any(finding.severity.holds for finding in findings)


def _result(
    plays: Plays, outcome: Outcome, *, findings: tuple[Finding, ...] = (), problem: str = ""
) -> ScenarioResult:
    return ScenarioResult(plays.id, plays.suite, outcome, plays.title, plays.where, findings, problem)
