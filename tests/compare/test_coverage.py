"""Which scenarios ran the places that a finding is about."""

from __future__ import annotations

from harness.compare.coverage import places_run, with_coverage
from harness.compare.dialplan import parse_dialplan
from harness.model import Finding, Outcome, Place, ScenarioResult, Severity
from harness.testing import trace

DIALPLAN = parse_dialplan(
    "[ Context 'in' created by 'x' ]\n"
    "  '_1XX' =>         1. Macro(hello)  [extensions.conf:2]\n"
    "                    2. Hangup()  [extensions.conf:3]\n",
    folder="old/",
)


def test_what_ran_is_known_by_file_and_line_through_patterns() -> None:
    ran = trace("Event: Newexten\nContext: in\nExtension: 101\nPriority: 1\nApplication: Macro")
    assert places_run(ran, DIALPLAN) == {Place("old/extensions.conf", 2)}


def test_a_finding_says_who_covers_it_or_that_nobody_does() -> None:
    one, other = Place("old/extensions.conf", 2), Place("old/extensions.conf", 9)
    findings = tuple(
        Finding("r", Severity.BREAKING, "dialplan", "c", title, places=places)
        for title, places in (("a", (one, other)), ("b", (other,)), ("c", ()))
    )
    result = with_coverage(ScenarioResult("c", "preflight", Outcome.DIFFERS, findings=findings), {one: {"x", "w"}})
    assert [finding.covered for finding in result.findings] == ["by w, x", "by no scenario yet", ""]
