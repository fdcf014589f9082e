"""`harness compare`: what a run kept is judged again, without an engine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import small_runs
from small_runs import OLD, OTHER, kept_run

from harness.errors import SiteError
from harness.model import Outcome, Place, Verdict, Waiver
from harness.record.store import write_trace
from harness.report import read_report, write_report
from harness.stages.kept import read_kept, write_kept
from harness.stages.rejudge import rejudge
from harness.testing import trace

WAIVER = Waiver("planned", Place("waivers.yaml", 2), rule="user-event-*")


def test_a_run_that_is_judged_again_says_the_same(tmp_path: Path) -> None:
    before = kept_run(tmp_path, {"a/one": OLD, "a/two": OTHER})
    assert before.verdict is Verdict.HOLD
    assert [result.outcome for result in before.results] == [Outcome.SAME, Outcome.DIFFERS]
    assert rejudge(tmp_path) == before


def test_what_the_old_release_shows_against_itself_is_counted_again(tmp_path: Path) -> None:
    before = kept_run(tmp_path, {"a/one": OTHER}, again=OTHER)
    assert before.noise
    assert rejudge(tmp_path).noise == before.noise


def test_traces_that_lost_something_change_the_verdict(tmp_path: Path) -> None:
    assert kept_run(tmp_path, {"a/one": OLD}).verdict is Verdict.PROMOTE
    write_trace(tmp_path / "traces", trace("", instance="candidate", scenario="a/one"))
    assert rejudge(tmp_path).verdict is Verdict.HOLD


def test_replays_that_were_kept_count(tmp_path: Path) -> None:
    assert kept_run(tmp_path, {"a/one": OTHER}).verdict is Verdict.HOLD
    for name in small_runs.NAMES:
        for play in range(1, 6):
            write_trace(tmp_path / "traces", replace(trace(OLD, instance=name, scenario="a/one"), play=play))
    (finding,) = rejudge(tmp_path).result("a/one").findings  # type: ignore[union-attr] # it is there
    assert "(in 1 of 6 plays, and in none of 12 on the old release)" in finding.title


def test_what_was_waived_is_judged_by_the_waivers_that_are_kept(tmp_path: Path) -> None:
    before = kept_run(tmp_path, {"a/one": OTHER}, WAIVER)
    assert (before.verdict, before.results[0].outcome) == (Verdict.PROMOTE, Outcome.WAIVED)
    assert rejudge(tmp_path) == before
    write_kept(tmp_path, replace(read_kept(tmp_path), waivers=(replace(WAIVER, rule="nothing-*"),)))
    assert rejudge(tmp_path).verdict is Verdict.HOLD


def test_a_check_that_was_waived_is_judged_by_the_waivers_that_are_kept(tmp_path: Path) -> None:
    before = kept_run(tmp_path, {"a/one": OTHER}, WAIVER)
    check = replace(before.results[0], id="preflight/x", suite="preflight")
    write_report(replace(before, results=(*before.results, check)), tmp_path)
    write_kept(tmp_path, replace(read_kept(tmp_path), waivers=()))
    assert [result.outcome for result in rejudge(tmp_path).results] == [Outcome.DIFFERS, Outcome.DIFFERS]


def test_a_trace_that_the_run_does_not_know_is_an_error(tmp_path: Path) -> None:
    kept_run(tmp_path, {"a/one": OLD})
    write_trace(tmp_path / "traces", trace(OTHER, instance="candidate", scenario="b/new"))
    with pytest.raises(SiteError, match=r"candidate\.jsonl: .*knows no scenario 'b/new': remove the file"):
        rejudge(tmp_path)


def test_a_scenario_whose_traces_are_lost_is_not_compared(tmp_path: Path) -> None:
    kept_run(tmp_path, {"a/one": OLD, "a/two": OLD})
    for path in (tmp_path / "traces").glob("a__two.*"):
        path.unlink()
    report = rejudge(tmp_path)
    assert report.verdict is Verdict.INCONCLUSIVE
    assert report.results[1].problem == "was not played on old"


def test_what_was_not_played_keeps_its_reason(tmp_path: Path) -> None:
    before = kept_run(tmp_path, {"a/one": OLD, "a/two": OLD})
    for path in (tmp_path / "traces").glob("a__two.*"):
        path.unlink()
    lost = replace(before.results[1], outcome=Outcome.NOT_COMPARED, problem="old: did not boot")
    write_report(replace(before, results=(before.results[0], lost)), tmp_path)
    assert rejudge(tmp_path).results[1].problem == "old: did not boot"


def test_problems_of_the_run_stay(tmp_path: Path) -> None:
    before = kept_run(tmp_path, {"a/one": OLD})
    write_report(replace(before, problems=("candidate: Asterisk ended",), unattributed=4), tmp_path)
    again = rejudge(tmp_path)
    assert (again.verdict, again.problems, again.unattributed) == (
        Verdict.INCONCLUSIVE,
        ("candidate: Asterisk ended",),
        4,
    )


def test_a_run_without_its_report_is_told(tmp_path: Path) -> None:
    kept_run(tmp_path, {"a/one": OLD})
    (tmp_path / "report.json").unlink()
    with pytest.raises(SiteError, match="did not come to its end"):
        rejudge(tmp_path)
    assert read_kept(tmp_path).today == small_runs.TODAY
    with pytest.raises(SiteError):
        read_report(tmp_path)
