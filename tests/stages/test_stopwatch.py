"""Seconds by phase."""

from __future__ import annotations

import pytest

from harness.stages.stopwatch import Stopwatch


def test_a_phase_within_another_takes_its_time_away_from_that() -> None:
    moments = iter((0.0, 1.0, 3.0, 4.0, 7.0, 10.0, 20.0, 21.5))
    watch = Stopwatch(lambda: next(moments))
    with watch.phase("play"):  # 0 to 10
        with watch.phase("judge"):  # 1 to 3
            pass
        with watch.phase("judge"):  # 4 to 7
            pass
    with watch.phase("play"):  # 20 to 21.5
        pass
    assert watch.seconds == {"judge": 5.0, "play": 6.5}


def test_what_ends_in_an_error_took_its_time_as_well() -> None:
    moments = iter((0.0, 2.0))
    watch = Stopwatch(lambda: next(moments))
    with pytest.raises(ValueError, match="gone"), watch.phase("boot"):
        raise ValueError("gone")
    assert watch.seconds == {"boot": 2.0}
