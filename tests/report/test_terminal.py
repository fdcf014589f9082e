"""The text that people read, against golden files. `HARNESS_GOLDEN=write pytest tests/report` renews them."""

from __future__ import annotations

import os
import random
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from harness.judge.merging import assemble, merged
from harness.model import Outcome, Report, Severity, Verdict
from harness.report import render, to_markdown, to_text
from harness.report.complaint import complaint
from harness.report.waiving import noticed, with_it

sys.path.insert(0, str(Path(__file__).parent))
import samples

GOLDEN = Path(__file__).parent / "golden"
NAMES = ("hold", "promote", "inconclusive", "hostile")


@pytest.mark.parametrize("name", NAMES)
def test_text_is_as_agreed(name: str) -> None:
    text = to_text(getattr(samples, name)())
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("HARNESS_GOLDEN") == "write":
        golden.write_text(text)
    assert text == golden.read_text()


@pytest.mark.parametrize("name", NAMES)
def test_every_line_fits_and_is_harmless(name: str) -> None:
    for line in render(getattr(samples, name)()):
        assert len(line.text) <= 100
        assert line.text.isprintable()


@pytest.mark.parametrize("name", NAMES)
def test_markdown_is_as_agreed(name: str) -> None:
    text = to_markdown(getattr(samples, name)())
    golden = GOLDEN / f"{name}.md"
    if os.environ.get("HARNESS_GOLDEN") == "write":
        golden.write_text(text)
    assert text == golden.read_text()
    assert "<" not in text.replace("\\<", "")


def test_the_verdict_is_the_last_line() -> None:
    assert to_text(samples.hold()).splitlines()[-1].startswith("HOLD: 1 breaking cause in 2 of 31 scenarios")
    assert to_text(samples.promote()).splitlines()[-1].startswith("PROMOTE: ")
    assert to_text(samples.inconclusive()).splitlines()[-1].startswith("INCONCLUSIVE: ")


def test_not_compared_is_in_the_headline() -> None:
    head = to_text(samples.hold()).split("\n\n")[0]
    assert "2 NOT COMPARED" in head


def test_a_finding_of_many_scenarios_is_told_once() -> None:
    text = to_text(samples.hold())
    assert text.count("BREAKING") == 1
    assert "ivr/night, ivr/sales-menu" in text
    assert "Playback hello is gone (after the ways part)" in text


def test_many_fingerprints_become_a_pattern() -> None:
    many = tuple(replace(samples.MACRO, scenario=f"s/{n}", fingerprint=f"f{n}") for n in range(9))
    text = to_text(replace(samples.promote(), findings=merged(many)))
    assert "  waive by   rule: application-missing, where: extensions.conf:42\n" in text


def test_the_order_of_results_does_not_matter() -> None:
    report = samples.hold()
    results = list(report.results)
    random.Random(1).shuffle(results)
    facts = {name: getattr(report, name) for name in ("verdict", "site", "old", "again", "candidate")}
    numbers = {name: getattr(report, name) for name in ("overlay", "noise", "unattributed", "left_out", "seconds")}
    again = assemble(Report(**facts, **numbers, results=results, findings=(samples.UNUSED,)))
    assert to_text(again) == to_text(report)


def test_thousands_of_findings_stay_readable() -> None:
    report = samples.promote()
    many = tuple(
        replace(samples.MACRO, title=f"application A{n} is gone", scenario=f"s/{n}", severity=severity)
        for n in range(3000)
        for severity in (Severity.BREAKING, Severity.ADDITIVE)
    )
    lines = render(replace(report, findings=many), full=True)
    assert len(lines) < 4000
    assert "and 2,988 more in report.json" in "\n".join(line.text for line in lines)


@pytest.mark.parametrize(
    ("named", "pattern"),
    [
        ({"event": "VarSet X", "field": "Value", "subject": "caller"}, "event: VarSet X, field: Value"),
        ({"event": "Hangup", "subject": "caller"}, "event: Hangup"),
        ({"event": "AMI action", "subject": "Park", "about": "AMI action: Park"}, 'about: "AMI action: Park"'),
        ({}, "where: extensions.conf:42"),
    ],
)
def test_a_finding_says_what_differs_and_how_to_waive_it(named: dict[str, str], pattern: str) -> None:
    alike = [replace(samples.MACRO, **named, scenario=f"ivr/{n}", fingerprint=str(n)) for n in range(9)]
    text = " ".join(to_text(replace(samples.hold(), findings=merged(alike))).split())
    assert f"waive by rule: application-missing, {pattern}" in text
    assert (
        "differs " + ", ".join(named.get(key, "") for key in ("event", "field") if key in named) in text
    ) is bool(named)


def test_what_wavers_on_the_candidate_is_not_proved() -> None:
    doubtful = replace(samples.hold().results[0], outcome=Outcome.UNSTABLE_ON_CANDIDATE, problem="once only")
    report = replace(samples.promote(), verdict=Verdict.INCONCLUSIVE, results=(doubtful,))
    lines = to_text(report).splitlines()
    assert any(f"unstable on the candidate: {doubtful.id}" in line for line in lines)
    assert lines[-1] == "INCONCLUSIVE: 1 scenario unstable on the candidate"
    assert "unstable on the candidate: once only" in complaint(doubtful)


def test_what_only_the_old_release_is_unsteady_in_holds_nothing_and_says_so() -> None:
    report = samples.promote()
    first, *rest = report.results
    unsteady = replace(first, outcome=Outcome.UNSTABLE_ON_OLD, problem="hangup cause is 16 or 0 on old itself")
    lines = [line.text for line in render(replace(report, results=(unsteady, *rest)))]
    assert "UNSETTLED, which holds nothing" in lines
    assert "NOT PROVED" not in lines
    lines = [line.text for line in render(replace(report, results=(unsteady, *rest), problems=("no engine",)))]
    assert "NOT PROVED" in lines


def test_a_cause_that_programs_see_names_what_people_notice_of_it() -> None:
    lost = replace(samples.MACRO, surface="file", title="A recording is not written any more", consequences=())
    event = replace(samples.MACRO, surface="ami", title="MonitorStart does not come any more")
    cause = event.following((lost,))
    assert noticed(cause) is not None
    assert [each.title for each in with_it(cause)] == ["A recording is not written any more"]
    assert noticed(replace(cause, surface="call")) is None
    report = samples.hold()
    told = [line.text for line in render(replace(report, findings=(cause,)))]
    assert any("with it: A recording is not written any more" in line for line in told)
