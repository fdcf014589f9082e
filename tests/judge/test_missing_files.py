"""Files that the site names and an instance lacks: lost, on neither release, or named by the candidate alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.facts.inventory import Inventory
from harness.judge.checks.judging import judge_load
from harness.judge.checks.rule import tiny
from harness.model import Finding, Outcome, Severity

THERE, NOT_THERE, NOT_EXECUTABLE = "there", "not there", "not executable"


def side(version: str, kind: str, **states: str) -> Inventory:
    items = {name: {"kind": kind, "state": state} for name, state in states.items()}
    return replace(tiny({"named file": items}), version=version)


def found(old: Inventory, candidate: Inventory) -> list[tuple[str, str, str]]:
    result = judge_load("preflight/files", old, old, candidate)
    return [(finding.rule, finding.subject, finding.severity.name) for finding in result.findings]


@pytest.mark.parametrize("state", [NOT_THERE, NOT_EXECUTABLE])
def test_what_the_candidate_alone_lacks_is_lost(state: str) -> None:
    old, new = side("16.28.0", "AGI script", a=THERE, b=THERE), side("22.10.1", "AGI script", a=state, b=THERE)
    assert found(old, new) == [("named-file-missing", "a", "BREAKING")]


def test_what_is_on_neither_release_holds_where_a_call_needs_it() -> None:
    for kind, rule, severity in (
        ("AGI script", "named-file-nowhere", Severity.REVIEW),
        ("program", "named-file-nowhere", Severity.REVIEW),
        ("key or certificate", "named-file-nowhere", Severity.REVIEW),
        ("prompt", "named-file-unheard", Severity.INFO),
        ("music", "named-file-unheard", Severity.INFO),
    ):
        old, new = (side(version, kind, a=NOT_THERE, b=NOT_THERE) for version in ("16.28.0", "22.10.1"))
        assert found(old, new) == [(rule, "a, b", severity.name)]
        assert found(old, replace(new, version=old.version)) == []


def test_what_the_candidate_s_configuration_alone_names_is_to_review() -> None:
    assert found(tiny(), side("22.10.1", "program", a=NOT_THERE)) == [("named-file-new", "a", "REVIEW")]
    assert found(side("16.28.0", "program", a=NOT_THERE), tiny()) == []


def test_what_wavers_on_the_old_release_is_no_finding() -> None:
    old, again = side("16.28.0", "program", a=THERE), side("16.28.0", "program", a=NOT_THERE)
    result = judge_load("preflight/files", old, again, side("22.10.1", "program", a=NOT_THERE))
    assert (result.outcome, result.findings) == (Outcome.SAME, tuple[Finding]())
