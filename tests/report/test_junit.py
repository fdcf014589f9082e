"""JUnit's XML of a report: well formed whatever is in it, and each outcome where CI systems look for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree

import pytest
import samples

from harness.model import Outcome, Report, ScenarioResult, Verdict
from harness.report import to_junit
from harness.report.text import clean


def suite(report: Report) -> ElementTree.Element:
    found = ElementTree.fromstring(to_junit(report)).find("testsuite")
    assert found is not None
    return found


def wrong(report: Report) -> dict[str, str]:
    """What did not pass: its name, and whether it is a failure or an error."""
    return {
        case.get("name", ""): kind
        for case in suite(report).findall("testcase")
        for kind in ("failure", "error")
        if case.find(kind) is not None
    }


def test_a_promotion_has_neither_failures_nor_errors() -> None:
    found = suite(samples.promote())
    assert (found.get("failures"), found.get("errors")) == ("0", "0")
    assert found.get("tests") == str(len(samples.promote().results))
    assert wrong(samples.promote()) == {}


def test_what_holds_is_a_failure_and_what_was_not_compared_an_error() -> None:
    report = samples.hold()
    found = wrong(report)
    assert found == {
        **{r.id: "failure" for r in report.results if r.outcome.value in ("differs", "failed")},
        **{r.id: "error" for r in report.results if r.outcome.value == "not-compared"},
        **{f.title: "failure" for f in report.findings if not f.scenario and not f.waived},
        **dict.fromkeys(report.problems, "error"),
    }
    assert suite(report).get("failures") == str(list(found.values()).count("failure"))


def test_a_run_that_broke_is_an_error_of_its_own() -> None:
    report = samples.inconclusive()
    assert {problem.partition("\n")[0] for problem in report.problems} <= set(wrong(report))


@pytest.mark.parametrize("report", [samples.hold, samples.promote, samples.inconclusive, samples.hostile])
def test_it_is_well_formed_and_names_every_scenario(report: Callable[[], Report]) -> None:
    names = [case.get("name") for case in suite(report()).findall("testcase")]
    assert names
    assert all(names)
    assert {case.get("time") for case in suite(report()).findall("testcase")} <= {"2.5", None}
    assert {clean(result.id) for result in report().results} <= set(names)


def test_the_verdict_and_what_is_skipped_are_there() -> None:
    night = ScenarioResult("ivr/night", "dialplan", Outcome.SKIPPED, problem="the museum is\x1b closed")
    report = replace(samples.promote(), verdict=Verdict.PARTIAL, results=(night,), left_out=("ivr/day",))
    found = suite(report)
    kept = found.find("properties/property[@name='verdict']")
    skipped = found.find("testcase[@name='ivr/night']/skipped")
    assert kept is not None
    assert skipped is not None
    assert kept.get("value") == "partial"
    assert (found.get("skipped"), skipped.get("message")) == ("1", "the museum is\\x1b closed")
