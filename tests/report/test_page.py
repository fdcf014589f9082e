"""The page: whole, safe, and small enough."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from harness.model import Outcome, Report
from harness.report.page import Details, to_html
from harness.report.page.pack import pack, unpack
from harness.stages.page import ROOM

sys.path.insert(0, str(Path(__file__).parent))
import pages
import samples
from pages import Page


@pytest.fixture(scope="module")
def held() -> str:
    return to_html(samples.hold(), pages.details())


@pytest.mark.parametrize("name", ["hold", "promote", "inconclusive", "hostile"])
def test_every_report_is_a_whole_page(name: str) -> None:
    report: Report = getattr(samples, name)()
    page = Page(to_html(report))
    assert len(page.ids) == len(set(page.ids))
    assert {link.removeprefix("#") for link in page.of("href") if link.startswith("#")} <= set(page.ids)
    assert page.count["h1"] == 1
    assert report.verdict.upper() in page.words


def test_the_same_report_gives_the_same_page(held: str) -> None:
    assert to_html(samples.hold(), pages.details()) == held


def test_nothing_is_fetched_and_no_script_but_its_own_runs(held: str) -> None:
    page = Page(held)
    assert {value for value in (*page.of("href"), *page.of("src")) if not value.startswith("#")} == {"data:,"}
    assert not [name for _, name, _ in page.attributes if name.startswith("on") or name == "style"]
    policy = next(value for value in page.of("content") if "default-src" in value)
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "url(" not in held


def test_a_finding_is_told_with_its_lines_calls_and_consequences(held: str) -> None:
    words = Page(held).words
    for told in (
        "The candidate has no application Macro",
        "42> exten => _X.,42,NoOp(42)",
        "Rewrite the macro as a context",
        "app_macro was removed in 21",
        "Hangup Cause 0 after the ways part; in ivr/sales-menu",
        "Macro(hello,x)",
        "(nothing)",
    ):
        assert told in words
    assert 'data-rule="|application-missing|"' in held


def test_links_lead_from_a_cause_to_its_calls_and_back(held: str) -> None:
    page = Page(held)
    anchors = [value for value in page.of("href") if value.startswith("#s")]
    causes = [value for value in page.of("href") if value.startswith("#cause-")]
    assert anchors
    assert causes
    assert {link[1:] for link in (*anchors, *causes)} <= set(page.ids)


def test_what_was_not_compared_is_told_with_its_reason(held: str) -> None:
    words = Page(held).words
    assert "phone 101 was not registered on candidate" in words
    assert "fax.yaml:12: expected answered, was not" in words


def test_what_is_unsettled_and_holds_nothing_is_told_as_such_with_how_often_it_was_seen() -> None:
    doubt = "2 of 12 plays on the candidate, 0 of 24 on old: hangup cause 17"
    first, *rest = samples.promote().results
    unsteady = replace(first, outcome=Outcome.UNSTABLE_ON_OLD, problem=doubt)
    report = replace(samples.promote(), results=(unsteady, *rest))
    assert "Unsettled, which holds nothing" in (text := Page(to_html(report)).words)
    assert doubt in text
    lost = replace(unsteady, outcome=Outcome.UNSTABLE_ON_CANDIDATE)
    for other in (replace(report, results=(lost, *rest)), replace(report, left_out=("a/b",))):
        assert "Not proved" in (text := Page(to_html(other)).words)
        assert "holds nothing" not in text


def test_waivers_are_told_with_what_uses_them(held: str) -> None:
    words = Page(held).words
    assert "rule: time-zone-unknown We move to UTC anyway (ticket 12) no end cause" in words
    assert "fingerprint: cafe planned no end nothing" in words


def test_plays_and_overlay_are_told(held: str) -> None:
    words = Page(held).words
    assert "first as expected the deadline passed: no welcome" in words
    assert "replay 1" in words
    assert "the harness listens to the manager interface" in words


def test_where_the_time_went_is_told(held: str) -> None:
    assert "Where the time of the run went" not in Page(held).words
    page = Page(to_html(replace(samples.hold(), phases={"listen": 0.01, "boot": 4.25, "play": 30.0})))
    assert "boot 4.2" in page.words
    assert page.of("value")[-2:] == ["30.0", "4.25"]


def test_a_ladder_that_did_not_fit_is_told(held: str) -> None:
    assert "harness show DIR calls/call-02" in Page(held).words
    assert held.count('class="open-ladder"') == 2


def test_a_problem_is_told_with_its_evidence() -> None:
    words = Page(to_html(samples.inconclusive())).words
    assert "candidate did not say fully booted within 60 s" in words
    assert "ERROR pjsip: bind failed" in words


def test_hostile_values_are_text_wherever_they_stand() -> None:
    plain, nasty = (to_html(pages.hostile(value), pages.details()) for value in ("plain", pages.HOSTILE))
    assert Page(nasty).count == Page(plain).count
    assert {name for _, name, _ in Page(nasty).attributes} == {name for _, name, _ in Page(plain).attributes}
    assert not {"\x1b", "\u2028", "\u202e", "\r"} & set(nasty)
    assert "<script>alert" not in nasty
    assert "49" not in Page(to_html(pages.hostile("{{7*7}}"))).words.split()
    assert r"\x1b[2J" in Page(nasty).words


def test_a_long_value_has_an_end() -> None:
    page = Page(to_html(pages.hostile("y" * 10_240)))
    assert max(map(len, page.text)) < 2 * 6_100  # a link and a name in one text
    assert "... (10,240 characters)" in page.words


@pytest.mark.parametrize("value", [pages.HOSTILE, "\udcff lone", "</script>\u2028", "x" * 10_240])
def test_what_is_packed_is_of_harmless_characters(value: str) -> None:
    packed = pack({"text": value})
    assert packed.isascii()
    assert not set(packed) & set("<>&\"' \n")
    found = unpack(packed)
    assert found == {"text": value.encode("utf-8", "backslashreplace").decode()}


def test_two_thousand_scenarios_and_five_thousand_findings_fit() -> None:
    report, details = pages.large(2_000, 5_000)
    text = to_html(report, details)
    page = Page(text)
    assert sum(value == "one" for value in page.of("class")) == 7_000
    assert text.count('class="open-ladder"') == 2_000
    assert len(text) <= 30_000_000


def test_a_thousand_scenarios_take_twenty_megabytes_at_most() -> None:
    report, details = pages.large(1_000, 2_500)
    details = replace(details, ladders=pages.full(details.ladders, ROOM))
    assert len(to_html(report, details).encode()) <= 20_000_000


def test_a_report_without_its_run_has_neither_ladder_nor_lines() -> None:
    text = to_html(samples.hold(), Details())
    assert 'class="open-ladder"' not in text
    assert 'class="lines"' not in text
