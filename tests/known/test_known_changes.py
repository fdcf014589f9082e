"""Measured changes between 16.28 and 22.10, played for real: each is found and labelled, or is silent.

`D` differs, `S` is the same in spite of chance, `F` wavers on the old release alone.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.model import Finding, Outcome, Report, Severity
from harness.stages.collect import Settings, collect
from harness.stages.run import run

pytestmark = pytest.mark.engine

SITE = Path(__file__).parent / "site"

# id → a finding that must be there: rule, a part of its title, severity
DIFFERENT = {
    "d01": ("application-missing", "Macro", Severity.BREAKING),
    "d04": ("channel-technology-missing", "SIP", Severity.BREAKING),
    "d11": ("function-missing", "CALLERPRES", Severity.BREAKING),
    "d15": ("user-event-lost", "UserEvent R", Severity.BREAKING),
    "d22b": ("user-event-changed", "route is closed instead of open", Severity.BREAKING),
    "d31": ("variable-added", "CHANLOCALSTATUS", Severity.ADDITIVE),
    "d36": ("application-missing", "NoCDR", Severity.BREAKING),
    "d41": ("ami-action-unknown", "SIPpeers", Severity.BREAKING),
    "d47": ("ami-header-added", "CoreProcessedCalls", Severity.ADDITIVE),
    "d54": ("ami-header-lost", "QueueMemberPause has no header Reason", Severity.BREAKING),
    "d57a": ("ami-header-lost", "HangupRequest has no header Cause", Severity.BREAKING),
    "d70": ("ari-status-changed", "409 instead of 200", Severity.BREAKING),
    "d74": ("ari-value-changed", "cause is 19 instead of 0", Severity.REVIEW),
    "d90": ("agi-result-changed", "Result is -2 instead of 0", Severity.BREAKING),
    "d110": ("cel-event-added", "STREAM_BEGIN", Severity.ADDITIVE),
}
SAME = ("s02", "s05", "s14", "s17", "s41")


@pytest.fixture(scope="module")
def report() -> Report:
    """All of them played once, as a site."""
    settings = Settings(SITE)
    collected = collect(settings)
    every = frozenset(scenario.id for scenario in collected.scenarios)
    return run(collected, settings, scenarios=every, checks=frozenset(), progress=print)


def findings(report: Report, name: str) -> tuple[Finding, ...]:
    result = report.result(f"known/{name}")
    assert result is not None
    assert result.outcome not in (Outcome.NOT_COMPARED, Outcome.FAILED), result.problem
    return tuple(each for finding in result.findings for each in (finding, *finding.consequences))


@pytest.mark.parametrize("name", DIFFERENT)
def test_a_difference_is_found_and_labelled(report: Report, name: str) -> None:
    rule, words, severity = DIFFERENT[name]
    found = [finding for finding in findings(report, name) if finding.rule == rule and words in finding.title]
    assert found, (report.result(f"known/{name}"), report.problems)
    assert (found[0].own or found[0].severity) is severity


@pytest.mark.parametrize("name", SAME)
def test_what_is_the_same_holds_nothing(report: Report, name: str) -> None:
    assert [finding.title for finding in findings(report, name) if finding.severity.holds] == []


def test_a_race_on_old_is_no_regression(report: Report) -> None:
    """F01: what is told of these calls is D57a, and not which of two causes of a normal end there was."""
    held = [finding for finding in findings(report, "f01") if finding.severity.holds]
    assert {(f.rule, f.title) for f in held} <= {("ami-header-lost", "HangupRequest has no header Cause any more")}


def test_calls_that_are_lost_now_and_then_are_never_promoted(report: Report) -> None:
    """W01: one in three is lost, which takes ten plays to decide."""
    held = [finding for finding in findings(report, "w01") if finding.severity.holds]
    assert "hangup-cause-changed" in {finding.rule for finding in held}
    assert report.result("known/w01").outcome is Outcome.DIFFERS  # type: ignore[union-attr] # it is there


def test_the_cdr_that_more_is_written_of_is_named(report: Report) -> None:
    """D36: what follows from NoCDR being gone is told with it."""
    (cause,) = (finding for finding in findings(report, "d36") if finding.rule == "application-missing")
    assert any("call detail record is written" in each.title for each in cause.consequences)


def test_a_cause_has_its_place_and_its_advice(report: Report) -> None:
    (cause,) = (finding for finding in findings(report, "d01") if finding.rule == "application-missing")
    assert str(cause.where) == "etc/extensions.conf:4"
    assert "Gosub" in cause.advice
