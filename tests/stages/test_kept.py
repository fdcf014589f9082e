"""What a run keeps: two workers of one run, and which scenarios cover a finding of another day."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import SiteError
from harness.model import Finding, Outcome, Place, ScenarioResult, Severity, Tolerances, Verdict
from harness.record import write_trace
from harness.report import Report, Side, assemble
from harness.stages.kept import Kept, KeptScenario, read_kept, write_kept
from harness.stages.program import cover
from harness.testing import trace

DIALPLAN = "[ Context 'in' created by 'x' ]\n  '1' =>            1. Macro(hello)  [extensions.conf:2]\n"
RAN = "Event: Newexten\nContext: in\nExtension: 1\nPriority: 1\nApplication: Macro"
PLACE = Place("old/extensions.conf", 2)


def kept(*ids: str) -> Kept:
    scenarios = tuple(KeptScenario(id_, "", Place("a.yaml", 1), Tolerances()) for id_ in ids)
    return Kept(scenarios, dialplans={"old": DIALPLAN})


def report() -> Report:
    finding = Finding("r", Severity.BREAKING, "dialplan", "preflight/x", "t", places=(PLACE,), fingerprint="1")
    result = ScenarioResult("preflight/x", "preflight", Outcome.DIFFERS, findings=(finding,))
    side = Side("debian:bullseye")
    return assemble(verdict=Verdict.HOLD, site="s", old=side, again=side, candidate=side, results=[result])


def test_workers_of_a_run_keep_their_scenarios_together(tmp_path: Path) -> None:
    write_kept(tmp_path, kept("a", "b"))
    write_kept(tmp_path, kept("c", "b"))
    whole = read_kept(tmp_path)
    assert [scenario.id for scenario in whole.scenarios] == ["a", "b", "c"]
    assert whole.dialplans == {"old": DIALPLAN}


def test_what_is_damaged_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"scenarios": 1')
    write_kept(tmp_path, kept("a"))
    assert read_kept(tmp_path) == kept("a")


def test_findings_are_covered_by_what_any_worker_played(tmp_path: Path) -> None:
    (tmp_path / "traces").mkdir()
    for name, text in (("a", ""), ("b", RAN), ("somebody-elses", RAN)):
        write_trace(tmp_path / "traces", trace(text, scenario=name))
    write_kept(tmp_path, kept("a"))
    assert [f.covered for f in cover(report(), tmp_path).findings] == [
        "by none of the scenarios that were played (1)"
    ]
    write_kept(tmp_path, kept("b"))
    covered = cover(report(), tmp_path)
    assert [finding.covered for finding in covered.findings] == ["by b"]
    assert [finding.covered for finding in covered.results[0].findings] == ["by b"]


def test_a_folder_of_no_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="holds no run"):
        cover(report(), tmp_path)
