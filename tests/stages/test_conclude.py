"""The gate over a whole run, and reports of parts that make the report of the whole."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from harness.model import Outcome, Place, Report, ScenarioResult, Verdict, Waiver
from harness.report import dumps, loads
from harness.stages.collect import Settings
from harness.stages.conclude import conclude, merge, without_waivers

sys.path.insert(0, str(Path(__file__).parents[1] / "report"))
import samples

TODAY = "2026-11-23"
WAIVER = Waiver("We move to UTC anyway (ticket 12)", Place("waivers.yaml", 2), rule="time-zone-*")


def parts() -> tuple[Report, Report]:
    whole = samples.promote()
    first, second = whole.results
    return tuple(
        replace(whole, results=(one,), findings=one.findings, left_out=(other.id,))
        for one, other in ((first, second), (second, first))
    )  # type: ignore[return-value]


def test_parts_make_the_whole() -> None:
    assert merge(parts(), waivers=(WAIVER,), today=TODAY) == samples.promote()


def test_the_order_of_parts_does_not_matter() -> None:
    assert merge(parts()[::-1], waivers=(WAIVER,), today=TODAY) == merge(parts(), waivers=(WAIVER,), today=TODAY)


def test_a_waiver_that_no_part_used_holds() -> None:
    unused = Waiver("old", Place("waivers.yaml", 5), rule="nothing-*")
    report = merge(parts(), waivers=(WAIVER, unused), today=TODAY)
    assert report.verdict is Verdict.HOLD
    assert [finding.rule for finding in report.findings if not finding.scenario] == ["waiver-unused"]


def test_a_part_alone_does_not_call_a_waiver_unused() -> None:
    unused = Waiver("old", Place("waivers.yaml", 5), rule="nothing-*")
    assert merge(parts()[:1], waivers=(WAIVER, unused), today=TODAY).verdict is Verdict.PARTIAL


def test_parts_that_are_not_all_of_them_are_partial() -> None:
    night = tuple(replace(part, left_out=(*part.left_out, "ivr/night")) for part in parts())
    report = merge(night, waivers=(WAIVER,), today=TODAY)
    assert (report.verdict, report.left_out) == (Verdict.PARTIAL, ("ivr/night",))


@pytest.mark.parametrize(
    ("outcome", "says"), [(Outcome.SKIPPED, "every scenario is skipped"), (None, "the site has no scenario")]
)
def test_a_whole_run_without_a_call_proves_too_little(outcome: Outcome | None, says: str) -> None:
    check = ScenarioResult("preflight/modules", "preflight", Outcome.SAME)
    night = (ScenarioResult("ivr/night", "dialplan", outcome, problem="closed"),) if outcome else ()
    bare = replace(samples.promote(), results=(check, *night), findings=())
    report = conclude(bare, (), today=TODAY)
    assert (report.verdict, report.problems[0].partition(":")[0]) == (Verdict.INCONCLUSIVE, says)
    assert conclude(report, (), today=TODAY) == report
    assert conclude(replace(bare, left_out=("ivr/day",)), (), today=TODAY).verdict is Verdict.PARTIAL


def test_a_lost_worker_is_never_a_promotion() -> None:
    report = merge(parts(), waivers=(WAIVER,), today=TODAY, problems=["worker gw1 ended"])
    assert report.verdict is Verdict.INCONCLUSIVE
    assert report.problems == ("worker gw1 ended",)


def test_what_another_worker_could_compare_counts() -> None:
    first, second = parts()
    lost = replace(second.results[0], outcome=Outcome.NOT_COMPARED, findings=())
    report = merge((first, replace(second, results=(lost,)), second), waivers=(WAIVER,), today=TODAY)
    assert report == merge((first, second), waivers=(WAIVER,), today=TODAY)


def test_no_report_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no report"):
        merge((), waivers=(), today=TODAY)


def test_waivers_are_applied_anew() -> None:
    whole = samples.promote()
    bare = replace(whole, results=tuple(without_waivers(result) for result in whole.results))
    assert conclude(bare, (), today=TODAY).verdict is Verdict.HOLD
    assert conclude(bare, (WAIVER,), today=TODAY).verdict is Verdict.PROMOTE


def test_a_release_against_itself_calls_no_waiver_unused() -> None:
    unused = Waiver("old", Place("waivers.yaml", 5), rule="nothing-*")
    whole = samples.promote()
    assert conclude(whole, (WAIVER, unused), today=TODAY).verdict is Verdict.HOLD
    itself = replace(whole, candidate=whole.old)
    assert conclude(itself, (WAIVER, unused), today=TODAY).verdict is Verdict.PROMOTE


def test_two_images_that_are_not_known_are_not_the_same() -> None:
    unused = Waiver("old", Place("waivers.yaml", 5), rule="nothing-*")
    whole = samples.promote()
    unknown = replace(whole, old=replace(whole.old, digest=""), candidate=replace(whole.candidate, digest=""))
    assert conclude(unknown, (WAIVER, unused), today=TODAY).verdict is Verdict.HOLD


def test_a_report_is_asked_for_one_scenario_by_its_id() -> None:
    report = samples.promote()
    assert [report.result("/".join(result.id.split("/"))) for result in report.results] == list(report.results)
    assert report.result("no/such") is None


def test_releases_that_the_site_is_not_about_call_no_waiver_unused() -> None:
    """As an update within the series, tried before the upgrade that the waivers are for."""
    unused = Waiver("old", Place("waivers.yaml", 5), rule="nothing-*")
    other = replace(merge(parts(), waivers=(WAIVER,), today=TODAY), planned=False)
    assert conclude(other, (WAIVER, unused), today=TODAY).verdict is Verdict.PROMOTE
    assert loads(dumps(other)).planned is False
    assert not Settings(Path("site"), candidate="debian:experimental").is_planned
    assert Settings(Path("site"), as_of=date(2030, 1, 1)).is_planned
