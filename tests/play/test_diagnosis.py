"""What became of an instance decides how what plays on it ends."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from harness.errors import BusyError, CrashError, HangError, LabError, LostError, StarvedError
from harness.model import Ending
from harness.play.live_instance import LiveInstance


class Sick:
    """An instance in trouble."""

    address, web, username, secret, ari = "192.0.2.1", "192.0.2.1:8088", "", "", False

    def __init__(self, trouble: LabError) -> None:
        self.trouble = trouble
        self.looked = 0

    def check(self, *, within: float) -> None:
        self.looked += 1
        raise self.trouble


@pytest.mark.parametrize(
    ("kind", "ending"),
    [
        (CrashError, Ending.CRASHED),
        (HangError, Ending.HUNG),
        (LostError, Ending.UNPLAYABLE),
        (StarvedError, Ending.STARVED),
        (BusyError, Ending.UNPLAYABLE),
    ],
)
def test_only_what_asterisk_did_itself_counts_against_it(kind: type[LabError], ending: Ending) -> None:
    sick: Any = Sick(kind("why"))
    live = LiveInstance("candidate", sick)
    assert asyncio.run(live.diagnose()) == "why"
    assert live.ending is ending


def test_however_many_ask_an_instance_is_looked_at_once() -> None:
    sick: Any = Sick(LabError("why"))
    live = LiveInstance("old", sick)

    async def all_ask() -> list[str]:
        return await asyncio.gather(*(live.diagnose() for _ in range(60)))

    assert asyncio.run(all_ask()) == ["why"] * 60
    assert sick.looked == 1


def test_an_instance_that_is_only_busy_plays_on() -> None:
    busy: Any = Sick(BusyError("busy"))
    live = LiveInstance("old", busy)
    assert asyncio.run(live.diagnose()) == "busy"
    assert not live.broken
