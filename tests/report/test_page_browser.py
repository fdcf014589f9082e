"""The page in a real browser: what a person clicks, types, reads and prints."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from harness.report.page import Details, to_html
from harness.report.page.pack import pack

sys.path.insert(0, str(Path(__file__).parent))
import pages
import samples

pytestmark = pytest.mark.browser
_PATIENCE = 120_000  # milliseconds: that a machine is busy is no fault of the page
expect.set_options(timeout=_PATIENCE)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield chromium
        chromium.close()


@dataclass
class Opened:
    """A page that is open, and all that it asked for or complained of."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def shown(self, within: str = "") -> Locator:
        """The causes, calls and checks that are not filtered away."""
        return self.page.locator(f"{within} .one:not([hidden])")

    def open_ladder(self) -> Locator:
        """Open the first call that differs, and its ladder."""
        call = self.page.locator(".one", has=self.page.locator("code", has_text="ivr/sales-menu")).last
        call.locator("summary").first.click()
        call.get_by_role("button", name="The call, side by side").click()
        return call.get_by_role("group", name="ivr/sales-menu, side by side")


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Opened]:
    """The page of a run that holds; at the end nothing has been fetched and nothing went wrong."""
    yield from _open(browser, tmp_path, to_html(samples.hold(), pages.details()))


def _open(browser: Browser, folder: Path, text: str) -> Iterator[Opened]:
    path = folder / "index.html"
    path.write_text(text, encoding="utf-8")
    page = browser.new_page()
    page.set_default_timeout(_PATIENCE)
    found = Opened(page)
    page.on("request", lambda request: found.requests.append(request.url))
    page.on("pageerror", lambda error: found.complaints.append(str(error)))
    page.on("console", lambda message: found.complaints.append(message.text))
    page.on("dialog", lambda dialog: (found.complaints.append(dialog.message), dialog.dismiss()))
    page.goto(path.as_uri())
    yield found
    page.close()
    assert [url for url in found.requests if not url.startswith("data:")] == [path.as_uri()]
    assert not found.complaints


def test_the_verdict_is_the_first_thing(opened: Opened) -> None:
    expect(opened.page.get_by_role("heading", level=1)).to_contain_text("HOLD")
    expect(opened.page).to_have_title("HOLD: Asterisk upgrade of demo")


def test_the_gravest_cause_is_open(opened: Opened) -> None:
    first = opened.page.locator("#cause-1")
    expect(first.get_by_text("Rewrite the macro as a context")).to_be_visible()
    expect(first.locator(".lines .here")).to_contain_text("exten => _X.,42")
    expect(opened.page.locator("#cause-2 .body")).not_to_be_visible()


def test_what_is_searched_for_is_left(opened: Opened) -> None:
    every = opened.shown().count()
    search = opened.page.get_by_label("Search")
    search.fill("MACRO context")
    expect(opened.page.get_by_role("status")).to_have_text(f"1 of {every} are shown")
    expect(opened.shown()).to_contain_text("The candidate has no application Macro")
    search.fill("of this there is nothing")
    expect(opened.shown()).to_have_count(0)
    opened.page.get_by_role("button", name="Clear").click()
    expect(opened.shown()).to_have_count(every)


@pytest.mark.parametrize(
    ("label", "value", "group", "number"),
    [
        ("Severity", "additive", "#additive", 1),
        ("Outcome", "not-compared", "#scenarios", 2),
        ("Suite", "preflight", "#checks", 1),
        ("File", "extensions.conf", "#holding", 2),
        ("Rule", "waiver-unused", "#holding", 1),
    ],
)
def test_each_field_of_the_filter_is_asked(
    opened: Opened, label: str, value: str, group: str, number: int
) -> None:
    opened.page.get_by_label(label, exact=True).select_option(value)
    expect(opened.page.locator(f"{group} .total")).to_contain_text(f"({number}")
    expect(opened.shown(group)).to_have_count(number)


def test_a_phone_is_filtered_by(browser: Browser, tmp_path: Path) -> None:
    phones = [
        replace(samples.MACRO, title=f"PJSIP/{n} is lost", fingerprint=f"{n}", consequences=()) for n in (1, 2)
    ]
    for opened in _open(browser, tmp_path, to_html(replace(samples.hold(), findings=tuple(phones)))):
        opened.page.get_by_label("Phone").select_option("PJSIP/2")
        expect(opened.shown("#holding")).to_have_count(1)
        expect(opened.shown("#holding")).to_contain_text("PJSIP/2 is lost")


def test_a_recording_that_was_kept_can_be_heard(browser: Browser, tmp_path: Path) -> None:
    details = replace(pages.details(), ladders={"ivr/sales-menu": pack(pages.heard())})
    for opened in _open(browser, tmp_path, to_html(samples.hold(), details)):
        opened.open_ladder().get_by_role("button").filter(has_text="recording: Format wav").click()
        sounds = opened.page.locator("audio")
        expect(sounds).to_have_count(2)
        for sound in sounds.all():
            opened.page.wait_for_function("(audio) => audio.readyState > 0", arg=sound.element_handle())
            assert sound.evaluate("(audio) => audio.duration") == 1.0


def test_a_ladder_opens_with_what_differs(opened: Opened) -> None:
    ladder = opened.open_ladder()
    expect(ladder.get_by_text("2 of 9 steps differ, 1 of them")).to_be_visible()
    expect(ladder.locator(".row:visible")).to_have_count(2)
    expect(ladder.locator(".row.chance")).to_contain_text("Playback: welcome")
    expect(ladder.locator(".row.differs")).to_contain_text("Cause: 17")
    expect(ladder.locator(".heads")).to_contain_text("PJSIP/101")


def test_what_is_the_same_is_unfolded(opened: Opened) -> None:
    ladder = opened.open_ladder()
    ladder.get_by_role("button", name="5 steps the same").click()
    expect(ladder.locator(".row:visible")).to_have_count(7)
    ladder.get_by_label("Show what is the same").check()
    expect(ladder.locator(".row:visible")).to_have_count(9)
    ladder.get_by_label("Show what is the same").uncheck()
    expect(ladder.locator(".row:visible")).to_have_count(2)


def test_a_step_opens_to_what_was_said_and_leads_to_its_cause(opened: Opened) -> None:
    ladder = opened.open_ladder()
    step = ladder.locator(".row.differs")
    step.get_by_role("button").click()
    expect(step.locator(".raw pre").first).to_contain_text("Event: Hangup")
    expect(step.locator(".raw")).to_contain_text("after 0.700 s \u00b7 ivr,600,3")
    step.get_by_role("link", name="cause 1").click()
    expect(opened.page.locator("#cause-1 summary").first).to_be_focused()


def test_a_link_opens_the_call_that_it_leads_to(opened: Opened) -> None:
    opened.page.locator("#cause-1").get_by_role("link", name="ivr/sales-menu").first.click()
    expect(opened.page.locator(".one:target .body").first).to_be_visible()
    expect(opened.page.locator(".one:target")).to_contain_text("replay 1")


def test_all_of_it_is_reached_by_the_keyboard(opened: Opened) -> None:
    keys = opened.page.keyboard
    keys.press("Tab")
    expect(opened.page.get_by_role("link", name="Skip to what was found")).to_be_focused()
    keys.press("Enter")
    keys.press("Tab")
    expect(opened.page.get_by_label("Search")).to_be_focused()
    keys.type("sales-menu")
    expect(opened.page.get_by_role("status")).to_contain_text("are shown")
    call = opened.shown("#scenarios")
    call.locator("summary").first.focus()
    keys.press("Enter")
    call.get_by_role("button", name="The call, side by side").focus()
    keys.press("Enter")
    step = call.locator(".row.differs").get_by_role("button")
    step.focus()
    keys.press("Enter")
    expect(step).to_have_attribute("aria-expanded", "true")
    keys.press("Enter")
    expect(step).to_have_attribute("aria-expanded", "false")


def test_every_step_says_who_speaks_to_whom(opened: Opened) -> None:
    assert "Asterisk to caller: Hangup: 16" in opened.open_ladder().locator(".row.differs").inner_text().replace(
        "\n", " "
    )


def test_the_dialplan_says_what_was_played(opened: Opened) -> None:
    opened.page.get_by_text("1 of 2 priorities were played").click()
    expect(opened.page.locator(".source-lines .ran")).to_contain_text("2 calls")
    expect(opened.page.locator(".source-lines .never")).to_contain_text("not played")


def test_it_is_dark_where_that_is_asked_for(opened: Opened) -> None:
    def colours() -> tuple[str, str]:
        found = opened.page.evaluate(
            "() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
        )
        return found[0], found[1]

    opened.page.emulate_media(color_scheme="light")
    light = colours()
    opened.page.emulate_media(color_scheme="dark")
    assert colours() != light
    assert colours() == ("rgb(15, 20, 25)", "rgb(230, 237, 243)")


def test_what_holds_is_open_on_paper(opened: Opened) -> None:
    closed = opened.page.locator("#holding .one").nth(1).locator(".body").first
    expect(closed).not_to_be_visible()
    opened.page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    expect(closed).to_be_visible()
    opened.page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    expect(closed).not_to_be_visible()
    opened.page.emulate_media(media="print")
    expect(opened.page.locator("#filter")).not_to_be_visible()


def test_hostile_values_are_text(browser: Browser, tmp_path: Path) -> None:
    nasty = f"Event: VarSet\n{pages.HEAD}\nVariable: X\nValue: {pages.HOSTILE!r}"
    details = Details(ladders={pages.HOSTILE: pack(pages.ladder((nasty,), ()))})
    for opened in _open(browser, tmp_path, to_html(pages.hostile(pages.HOSTILE), details)):
        opened.page.locator("#scenarios summary").first.click()
        opened.page.get_by_role("button", name="The call, side by side").click()
        expect(opened.page.locator(".ladder")).to_contain_text("<script>alert(1)</script>")
        expect(opened.page.locator("img")).to_have_count(0)


def test_a_large_page_is_filtered(browser: Browser, tmp_path: Path) -> None:
    for opened in _open(browser, tmp_path, to_html(*pages.large(300, 900))):
        expect(opened.page.locator(".list > li").first).to_have_css("display", "block")  # numbering is quadratic
        opened.page.get_by_label("Search").fill("App897")
        expect(opened.shown("#holding")).to_have_count(1)
        opened.page.get_by_role("button", name="Clear").click()
        expect(opened.page.get_by_role("status")).to_have_text("")
