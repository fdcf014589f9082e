"""What a run keeps: two workers of one run, and which scenarios cover a finding of another day."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from harness.asterisk.dialplan.show import Dialplan, parse_dialplan
from harness.errors import SiteError
from harness.judge import Maps
from harness.model import (
    Finding,
    Outcome,
    OverlayLine,
    Place,
    Report,
    ScenarioResult,
    Severity,
    Side,
    Tolerances,
    Verdict,
)
from harness.record.store import write_trace
from harness.stages.kept import Kept, KeptScenario, read_kept, write_kept
from harness.stages.rejudge import cover
from harness.stages.results import Results, joined
from harness.testing import trace

DIALPLAN = "[ Context 'in' created by 'x' ]\n  '1' =>            1. Macro(h\udcff)  [extensions.conf:2]\n"
RAN = "Event: Newexten\nContext: in\nExtension: 1\nPriority: 1\nApplication: Macro"
PLACE = Place("old/extensions.conf", 2)
MAPS = Maps(parse_dialplan(DIALPLAN, folder="old/"), parse_dialplan(DIALPLAN, folder="candidate/"))


def kept(*ids: str) -> Kept:
    return Kept(scenarios=tuple(KeptScenario(id_, "", Place("a.yaml", 1), Tolerances()) for id_ in ids), maps=MAPS)


def report() -> Report:
    finding = Finding("r", Severity.BREAKING, "dialplan", "preflight/x", "t", places=(PLACE,), fingerprint="1")
    result = ScenarioResult("preflight/x", "preflight", Outcome.DIFFERS, findings=(finding,))
    side = Side("debian:bullseye")
    return Report(Verdict.HOLD, "s", side, side, side, results=(result,), findings=(finding,))


def test_what_is_read_is_what_was_kept(tmp_path: Path) -> None:
    whole = replace(kept("a"), severities={"r": Severity.INFO}, today="2026-11-28")
    write_kept(tmp_path, whole)
    assert read_kept(tmp_path) == whole


def test_workers_of_a_run_keep_their_scenarios_together(tmp_path: Path) -> None:
    write_kept(tmp_path, kept("a", "b"))
    write_kept(tmp_path, kept("c", "b"))
    assert [scenario.id for scenario in read_kept(tmp_path).scenarios] == ["a", "b", "c"]


@pytest.mark.parametrize("order", [1, -1])
def test_a_worker_that_could_not_ask_for_a_dialplan_takes_it_from_nobody(tmp_path: Path, order: int) -> None:
    lost = replace(kept("b"), maps=replace(MAPS, candidate=Dialplan()))
    for one in (kept("a"), lost)[::order]:
        write_kept(tmp_path, one)
    assert read_kept(tmp_path).maps == MAPS


def test_two_halves_of_the_dialplans_make_the_whole(tmp_path: Path) -> None:
    write_kept(tmp_path, replace(kept("a"), maps=Maps(old=MAPS.old)))
    write_kept(tmp_path, replace(kept("b"), maps=Maps(candidate=MAPS.candidate)))
    assert read_kept(tmp_path).maps == MAPS


def test_a_trio_that_did_not_boot_takes_nothing_from_another() -> None:
    line = OverlayLine("manager.conf", "enabled = yes", "the harness listens")
    parts = (
        Results(maps=MAPS, overlay=(line,), unattributed=1),
        Results(problems=("did not boot",), unattributed=2),
    )
    for whole in (joined(parts), joined(parts[::-1])):
        assert (whole.maps, whole.unattributed, whole.problems) == (MAPS, 3, ("did not boot",))
        assert whole.overlay == (line,)


def test_what_is_damaged_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"scenarios": 1')
    write_kept(tmp_path, kept("a"))
    assert read_kept(tmp_path) == kept("a")


@pytest.mark.parametrize(
    "text", ["", "[]", "null", "{}", '{"schema": "asterisk-upgrade-harness/run/2", "maps": 1}']
)
def test_what_is_no_run_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(SiteError, match=r"run\.json: not a run of the harness"):
        read_kept(tmp_path)


def test_a_run_of_another_schema_is_told(tmp_path: Path) -> None:
    write_kept(tmp_path, kept("a"))
    file = tmp_path / "run.json"
    file.write_text(file.read_text().replace("/run/2", "/run/99"))
    with pytest.raises(SiteError, match=r"this version reads .*; play the site again"):
        read_kept(tmp_path)
    assert next(iter(json.loads(file.read_text()))) == "schema"


def test_findings_are_covered_by_what_any_worker_played(tmp_path: Path) -> None:
    (tmp_path / "traces").mkdir()
    write_trace(tmp_path / "traces", trace("", scenario="a"))
    write_kept(tmp_path, kept("a"))
    assert [f.covered for f in cover(report(), tmp_path).findings] == [
        "by none of the scenarios that were played (1)"
    ]
    write_trace(tmp_path / "traces", trace(RAN, scenario="b"))
    write_kept(tmp_path, kept("b"))
    covered = cover(report(), tmp_path)
    assert [finding.covered for finding in covered.findings] == ["by b"]
    assert [finding.covered for finding in covered.results[0].findings] == ["by b"]


def test_again_and_replays_cover_nothing(tmp_path: Path) -> None:
    (tmp_path / "traces").mkdir()
    for one in (trace("", scenario="a"), trace(RAN, scenario="a", instance="again")):
        write_trace(tmp_path / "traces", one)
    write_trace(tmp_path / "traces", replace(trace(RAN, scenario="a"), play=1))
    write_kept(tmp_path, kept("a"))
    assert "by none" in cover(report(), tmp_path).findings[0].covered


def test_the_life_of_a_program_covers_nothing(tmp_path: Path) -> None:
    (tmp_path / "traces").mkdir()
    write_trace(tmp_path / "traces", trace(RAN, scenario="apps/orders"))
    (program,) = kept("apps/orders").scenarios
    write_kept(tmp_path, replace(kept(), scenarios=(replace(program, suite="apps"),)))
    assert cover(report(), tmp_path).findings[0].covered == ""


def test_a_trace_of_somebody_else_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "traces").mkdir()
    write_trace(tmp_path / "traces", trace(RAN, scenario="somebody-elses"))
    write_kept(tmp_path, kept("a"))
    with pytest.raises(SiteError, match="knows no scenario 'somebody-elses'"):
        cover(report(), tmp_path)


def test_a_folder_of_no_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="holds no run"):
        cover(report(), tmp_path)
