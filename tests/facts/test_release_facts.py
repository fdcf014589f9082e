"""What the image of one release does not bring is compared for neither."""

from __future__ import annotations

from dataclasses import replace

from harness.facts.inventory import Listing
from harness.facts.release import both_bring, tiny_release


def test_what_one_does_not_bring_is_empty_on_both_and_told_once() -> None:
    unsaid = Listing(problem="the image has no documentation/core-en_US.xml")
    old = tiny_release({"application option": {"Dial: m": {}}, "sound": {"beep": {}}})
    candidate = replace(tiny_release(), spec="image:pbx:22")
    lacking = {"application option": unsaid, "application argument": unsaid}
    candidate = replace(candidate, sections={**candidate.sections, **lacking})
    before, now, lines = both_bring(old, candidate)
    assert lines == (
        "image:pbx:22: the image has no documentation/core-en_US.xml (application argument, application option)",
    )
    assert before.names("application option") == now.names("application option") == ()
    assert before.names("sound") == ("beep",)


def test_what_could_not_be_read_stays_a_problem() -> None:
    broken = replace(tiny_release(), sections={"sound": Listing(problem="no answer")})
    _, now, lines = both_bring(tiny_release(), broken)
    assert (lines, now.section("sound").problem) == ((), "no answer")
