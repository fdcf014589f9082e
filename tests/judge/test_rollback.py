"""Could one go back? What the old release would not have of what the candidate has."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.facts.inventory import Listing, StartLine
from harness.judge.checks.rollback import ROLLBACK, ROLLBACK_RULE, judge_rollback, rollback_fails
from harness.judge.checks.rule import tiny
from harness.model import Outcome, ScenarioResult, Severity

Items = dict[str, dict[str, dict[str, str]]]


def judged(
    candidate: Items, back: Items, *, old: Items | None = None, log: tuple[StartLine, ...] = ()
) -> ScenarioResult:
    baseline = frozenset({"x.c: stock"})
    return judge_rollback(tiny(old or {}), tiny(candidate), tiny(back, log=log), severities={}, baseline=baseline)


def test_what_the_old_release_has_as_well_lets_one_go_back() -> None:
    result = judged({"queue": {"sales": {}}}, {"queue": {"sales": {}}})
    assert (result.id, result.outcome, result.findings) == (ROLLBACK, Outcome.SAME, ())
    unasked = tiny({"queue": {"sales": {}}})
    unasked = replace(
        unasked, sections={k: v for k, v in unasked.sections.items() if k[:3] not in ("AMI", "ARI", "AGI")}
    )
    asked = {"ARI": Listing(), "ARI user": Listing()}
    back = replace(unasked, sections={**unasked.sections, **asked})
    assert judge_rollback(back, back, back, severities={}, baseline=frozenset()).outcome is Outcome.SAME


def test_what_is_lost_on_the_way_back_holds_and_is_told_of_the_old_release() -> None:
    result = judged({"queue": {"sales": {}}}, {})
    (finding,) = result.findings
    assert (result.outcome, finding.severity, finding.scenario) == (Outcome.DIFFERS, Severity.BREAKING, ROLLBACK)
    assert finding.title.startswith("Going back: ")
    assert "candidate" not in finding.title


def test_another_value_and_a_line_of_the_log_are_for_information() -> None:
    line = StartLine("ERROR", "y.c", "Unable to read it.")
    values = [{"setting": {"Maximum calls": {"value": value}}} for value in ("10", "20")]
    result = judged(*values, log=(line, StartLine("WARNING", "x.c", "stock")))
    assert result.outcome is Outcome.SAME
    assert {finding.severity for finding in result.findings} == {Severity.INFO}
    assert len(result.findings) == 2


def test_what_the_old_release_never_had_is_not_lost() -> None:
    news: Items = {"module": {"res_websocket_client": {}}, "CEL": {"CEL Tracking Event STREAM_BEGIN": {}}}
    asked = StartLine("ERROR", "loader.c", "Error loading module 'res_websocket_client.so': no such file")
    assert judged(news, {}, log=(asked,)).outcome is Outcome.SAME
    had: Items = {"CEL": {"CEL Tracking Event ANSWER": {}}}
    assert judged(had, {}, old=had).outcome is Outcome.DIFFERS


def test_a_value_that_would_hold_on_the_way_there_is_for_information_on_the_way_back() -> None:
    moved: list[Items] = [{"feature": {"Blind Transfer": {"code": code}}} for code in ("#", "*2")]
    (finding,) = judged(*moved).findings
    assert (finding.rule, finding.severity) == ("feature-code-moved", Severity.INFO)


def test_what_the_old_release_has_on_top_is_no_news() -> None:
    assert judged({}, {"queue": {"sales": {}}}).findings == ()


def test_a_check_that_cannot_be_judged_makes_the_whole_not_compared() -> None:
    broken = replace(tiny(), sections={**tiny().sections, "queue": Listing(problem="no answer")})
    result = judge_rollback(tiny(), tiny({"mailbox": {"1@x": {}}}), broken, severities={}, baseline=frozenset())
    assert result.outcome is Outcome.NOT_COMPARED
    assert "queue: no answer" in result.problem


@pytest.mark.parametrize(
    ("severities", "outcome"), [({}, Outcome.DIFFERS), ({ROLLBACK_RULE.id: Severity.INFO}, Outcome.SAME)]
)
def test_an_old_release_that_does_not_boot_is_a_finding_with_the_reason(
    severities: dict[str, Severity], outcome: Outcome
) -> None:
    result = rollback_fails("old: did not boot\nERROR: bad line", severities)
    (finding,) = result.findings
    assert (result.outcome, finding.candidate, finding.cause) == (outcome, "old: did not boot", "ERROR: bad line")
    (bare,) = rollback_fails("old: did not boot", {}).findings
    assert bare.cause == "old: did not boot"
