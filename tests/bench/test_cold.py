"""What a cold machine needs is told as a ratio; a demo that does not promote is no success, however quick."""

from __future__ import annotations

from tests.bench.cold import cold_lines
from tests.bench.lines import missed


def test_the_verdict_is_measured_by_the_images() -> None:
    (line,) = cold_lines(100.0, 150.0, promotes=True)
    assert line.met
    assert line.figure == "1.50 (150 s over 100 s)"


def test_a_verdict_that_comes_late_or_does_not_promote_is_missed() -> None:
    assert len(missed(cold_lines(100.0, 151.0, promotes=True))) == 1
    assert [line.name for line in missed(cold_lines(100.0, 120.0, promotes=False))] == ["the demo"]
