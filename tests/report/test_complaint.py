"""What a failing test says, and the last line of a run: why it fails, how much, and of how many."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from harness.judge.merging import assemble
from harness.model import Finding, Outcome, ScenarioResult, Severity, Verdict
from harness.report import to_text
from harness.report.complaint import complaint, properties

sys.path.insert(0, str(Path(__file__).parent))
import samples


def test_a_failing_test_tells_five_findings_and_counts_the_others() -> None:
    for number, rest in ((5, ""), (6, "  and 1 more finding"), (8, "  and 3 more findings")):
        found = tuple(replace(samples.MACRO, title=f"title {n}") for n in range(number))
        lines = complaint(replace(samples.hold().results[0], findings=found)).splitlines()
        assert lines[0] == f"differs: {number} breaking findings (calls.yaml:3)"
        assert sum(line.startswith("  breaking: title") for line in lines) == 5
        assert (lines[-1] if rest else "") == rest


def test_a_failing_test_says_why_it_fails() -> None:
    result = replace(samples.hold().results[0], findings=(), problem="no\x1bway", where=None)
    said = {outcome: complaint(replace(result, outcome=outcome)) for outcome in Outcome}
    assert said[Outcome.NOT_COMPARED] == "not compared: no\\x1bway"
    both = "failed on the old release as well: the scenario is wrong, or the machine too busy"
    assert said[Outcome.FAILED] == f"{both}: no\\x1bway"
    assert said[Outcome.DIFFERS] == "differs: no\\x1bway"
    assert said[Outcome.SAME] == said[Outcome.WAIVED] == said[Outcome.UNSTABLE_ON_OLD] == ""
    silent = replace(result, outcome=Outcome.NOT_COMPARED, problem="")
    assert complaint(silent) == "not compared: no reason was given"


def test_a_failing_test_shows_both_sides_and_the_advice() -> None:
    only_old = replace(samples.MACRO, advice="", where=None)
    bare = replace(samples.HEADER, severity=Severity.REVIEW, candidate="")
    result = replace(samples.hold().results[0], findings=(only_old, bare, samples.WAIVED, samples.HEADER))
    assert complaint(result).splitlines() == [
        "differs: 1 breaking finding, 1 to review (calls.yaml:3)",
        "  breaking: The candidate has no application Macro",
        "    old:       Macro(hello,x)",
        "    candidate: (nothing)",
        "  review: VarSet CHANLOCALSTATUS is new",
    ]
    assert complaint(replace(result, findings=(samples.WAIVED, samples.HEADER))) == ""


def test_what_junitxml_keeps_of_a_test_says_outcome_and_fingerprints() -> None:
    result = samples.hold().results[0]
    for outcome in Outcome:
        kept = dict(properties(replace(result, outcome=outcome, findings=(samples.MACRO, samples.ZONE))))
        assert kept == {"outcome": outcome.value, "fingerprints": "3f0c9a 77aa01"}


@pytest.mark.parametrize(
    ("outcomes", "findings", "line"),
    [
        (("failed",), (), "HOLD: 1 scenario failed"),
        (("failed", "not-compared", "same"), (), "HOLD: 1 scenario failed, 1 not compared"),
        (("differs", "same"), (samples.ZONE,), "HOLD: 1 cause to review in 1 of 2 scenarios"),
        (("differs", "failed"), (samples.ZONE, samples.MACRO),
         "HOLD: 1 breaking cause in 1 of 2 scenarios, 1 to review, 1 failed"),
        (("same",), (), "HOLD: see above"),
    ],
)  # fmt: skip
def test_what_holds_is_counted_in_the_last_line(
    outcomes: tuple[str, ...], findings: tuple[Finding, ...], line: str
) -> None:
    plain = samples.hold().results[0]
    results = tuple(
        replace(plain, id=f"s/{n}", outcome=Outcome(outcome), findings=()) for n, outcome in enumerate(outcomes)
    )
    told = tuple(replace(finding, scenario="s/0") for finding in findings)
    counted = assemble(replace(samples.hold(), results=results, findings=told))
    assert to_text(counted).splitlines()[-1] == line


def test_an_inconclusive_run_says_what_is_missing() -> None:
    plain = samples.hold().results[0]
    few = tuple(
        replace(plain, id=f"s/{n}", suite=suite, outcome=outcome, findings=())
        for n, (suite, outcome) in enumerate(
            (("dialplan", Outcome.NOT_COMPARED), ("preflight", Outcome.NOT_COMPARED), ("preflight", Outcome.SAME),
             ("preflight", Outcome.UNSTABLE_ON_CANDIDATE))
        )
    )  # fmt: skip
    report = assemble(replace(samples.inconclusive(), results=few, findings=()))
    assert to_text(report).splitlines()[-1] == (
        "INCONCLUSIVE: 1 scenario and 1 check could not be compared, 1 check unstable on the candidate"
    )
    nothing = assemble(replace(samples.inconclusive(), problems=()))
    assert to_text(nothing).splitlines()[-1] == "INCONCLUSIVE: nothing was compared"


def test_a_run_of_a_part_says_of_how_many() -> None:
    part = replace(samples.promote(), verdict=Verdict.PARTIAL, left_out=("ivr/night",))
    text = " ".join(to_text(part).split())
    assert "2 scenarios (of the site's 3 scenarios and checks)" in text
    assert text.endswith(
        "PARTIAL: nothing found in 2 scenarios speaks against it (1 waived);"
        " 1 of the site's 3 scenarios and checks were not selected"
    )
    assert "of the site's" not in to_text(samples.promote())


def test_what_is_skipped_is_counted_and_passes() -> None:
    night = ScenarioResult("ivr/night", "dialplan", Outcome.SKIPPED, problem="the museum is closed")
    report = assemble(replace(samples.promote(), results=(*samples.promote().results, night)))
    lines = to_text(report).splitlines()
    assert "  3 scenarios in 9 s: 1 waived, 1 skipped, 1 same" in lines
    assert "  skipped: ivr/night: the museum is closed" in lines
    assert lines[-1] == "PROMOTE: nothing found in 2 scenarios speaks against it (1 waived, 1 skipped)"
    assert complaint(night) == ""
