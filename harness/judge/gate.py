"""Findings, waivers and results → the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from harness.judge.fingerprints import fingerprint
from harness.judge.rules import CERTAIN
from harness.model import Finding, Outcome, ScenarioResult, Severity, Verdict, Waiver, like
from harness.model.report import holds

__all__ = ["Gated", "accepted", "gate", "outcome_of", "waives", "weighed"]


_EXPIRED = ("waiver-expired", "A waiver ended on {until}", "Renew or remove it.")
_UNUSED = (
    "waiver-unused",
    "A waiver waives nothing",
    "Remove it: a waiver without a finding would hide the next one.",
)
_UNDECIDED = (Outcome.NOT_COMPARED, Outcome.UNSTABLE_ON_CANDIDATE)
_UNPLAYED = (Outcome.NOT_COMPARED, Outcome.SKIPPED)
_GRAVE = ("asterisk-*", "candidate-*", "rollback-fails", "unstable-*")
"""Rules of an Asterisk that ended, hung or did not boot, and of what wavers: waived by their full name alone."""


@dataclass(frozen=True, slots=True)
class Gated:
    """The end of the line: results with waivers applied, all findings (those about waivers last), the verdict."""

    verdict: Verdict
    results: tuple[ScenarioResult, ...]
    findings: tuple[Finding, ...]


def weighed(finding: Finding, severities: Mapping[str, Severity]) -> Finding:
    """The finding, and what follows from it, with the severities that the site gives to their rules."""
    own = severities.get(finding.rule) or finding.own or finding.severity
    symptoms = tuple(weighed(each, severities) for each in finding.consequences)
    if symptoms:
        return replace(finding, severity=own, own=None).following(symptoms)
    return finding if own is finding.severity else replace(finding, severity=own)


def outcome_of(findings: Iterable[Finding]) -> Outcome:
    """What findings alone make of a scenario or check: it differs where one of them holds."""
    return Outcome.DIFFERS if any(finding.severity.holds for finding in findings) else Outcome.SAME


def gate(
    results: Sequence[ScenarioResult],
    waivers: Sequence[Waiver],
    *,
    today: str,
    whole: bool = True,
    complete: bool = True,
    problems: Sequence[str] = (),
    interrupted: bool = False,
) -> Gated:
    """Apply the waivers and decide.

    `today` is an ISO date. An expired waiver does not waive; expired and unused ones are findings that hold.
    `whole` says that everything the site has was selected: without it nothing is promoted, and with `complete`
    (on the two releases that the site is about, not one and the same) a waiver can be called unused.
    `problems` are reasons why the run as a whole proves too little: never a promotion. One that was `interrupted`
    proves nothing: what differs was not played again.
    """
    valid = [waiver for waiver in waivers if not waiver.until or waiver.until >= today]
    waived = tuple(_apply(result, valid) for result in results)
    own = [finding for result in waived for finding in result.findings]
    every = [each for finding in own for each in (finding, *finding.consequences)]
    stale = [_about(waiver, *_EXPIRED) for waiver in waivers if waiver not in valid]
    if whole and complete:
        unplayed = [result for result in results if result.outcome in _UNPLAYED]
        unused = (waiver for waiver in valid if not any(waives(waiver, finding) for finding in every))
        stale += [_about(waiver, *_UNUSED) for waiver in unused if not _may_concern(waiver, unplayed)]
    findings = tuple(own + stale)
    verdict = Verdict.INCONCLUSIVE if interrupted else _verdict(waived, findings, problems, whole=whole)
    return Gated(verdict, waived, findings)


def waives(waiver: Waiver, finding: Finding) -> bool:
    """Whether a waiver is about a finding: by fingerprint, or by all of its patterns (shell patterns).

    What is grave (`*` would cover a crash) is accepted by the full name of its rule alone.
    """
    if waiver.fingerprint:
        return waiver.fingerprint == finding.fingerprint
    if waiver.rule != finding.rule and any(like(finding.rule, pattern) for pattern in _GRAVE):
        return False
    pairs = (
        (waiver.rule, finding.rule),
        (waiver.scenario, finding.scenario),
        (waiver.where, str(finding.where or "")),
        (waiver.event, finding.event),
        (waiver.field, finding.field),
        (waiver.subject, finding.subject),
        (waiver.about, finding.about),
    )
    asked = [(pattern, value) for pattern, value in pairs if pattern]
    return bool(asked) and all(like(value, pattern) for pattern, value in asked)


def _may_concern(waiver: Waiver, results: Iterable[ScenarioResult]) -> bool:
    """Whether one of these, which nobody compared, could have what is waived."""
    return any(not waiver.scenario or like(result.id, waiver.scenario) for result in results)


def _apply(result: ScenarioResult, waivers: Sequence[Waiver]) -> ScenarioResult:
    findings = tuple(accepted(finding, waivers) for finding in result.findings)
    if findings == result.findings:
        return result
    is_waived = result.outcome is Outcome.DIFFERS and not any(map(holds, findings))
    return replace(result, findings=findings, outcome=Outcome.WAIVED if is_waived else result.outcome)


def accepted(finding: Finding, waivers: Sequence[Waiver]) -> Finding:
    """A finding with what is accepted of it.

    Who accepts a cause by its fingerprint, or something that is not there any more, accepts what follows. A
    pattern is about what it matches alone: a header that nobody reads excuses no prompt that is lost beside it.
    """
    waiver = next((waiver for waiver in waivers if waives(waiver, finding)), None)
    if waiver and (waiver.fingerprint or not finding.consequences or finding.rule in CERTAIN):
        return replace(finding, waived=waiver.reason)
    if not finding.consequences:
        return finding
    symptoms = tuple(accepted(each, waivers) for each in finding.consequences)
    left = [each for each in symptoms if not each.waived]
    if waiver is None:
        return finding.following(symptoms)
    if any(each.severity.holds for each in left):
        return _led_by(left, replace(finding, waived=waiver.reason), symptoms)
    return replace(finding.following(symptoms), waived=waiver.reason)


def _led_by(left: Sequence[Finding], finding: Finding, symptoms: Iterable[Finding]) -> Finding:
    """The cause, named by the first thing that holds where its own name is accepted."""
    first = next(each for each in left if each.severity.holds)
    rest = [replace(finding, consequences=(), severity=finding.own or finding.severity, own=None), *symptoms]
    head = replace(first, link="", where=finding.where or first.where, cause=finding.cause)
    return head.following(each for each in rest if each.fingerprint != first.fingerprint)


def _about(waiver: Waiver, rule: str, title: str, advice: str) -> Finding:
    return Finding(
        rule=rule,
        severity=Severity.REVIEW,
        surface="waivers",
        scenario="",
        title=f"{title.format(until=waiver.until)}: {waiver.reason}",
        where=waiver.source,
        advice=advice,
        fingerprint=fingerprint(rule, str(waiver.source), waiver.reason),
    )


def _verdict(
    results: Sequence[ScenarioResult], findings: Sequence[Finding], problems: Sequence[str], *, whole: bool
) -> Verdict:
    if any(map(holds, findings)):
        return Verdict.HOLD
    if any(result.outcome is Outcome.FAILED for result in results):
        return Verdict.HOLD
    undecided = any(result.outcome in _UNDECIDED for result in results)
    if problems or undecided or all(result.outcome is Outcome.SKIPPED for result in results):
        return Verdict.INCONCLUSIVE
    return Verdict.PROMOTE if whole else Verdict.PARTIAL
