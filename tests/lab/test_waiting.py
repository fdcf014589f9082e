"""Waiting for a named condition: once at least, no longer than it may, with the evidence on the error."""

from __future__ import annotations

import pytest

from harness.errors import BootError, LabError
from harness.lab.waiting import Overdue, wait_until


def test_what_holds_is_not_waited_for() -> None:
    assert wait_until(lambda: True, "listen", within=0.0) < 1.0


def test_it_is_looked_at_until_it_holds() -> None:
    answers = iter([False, False, True])
    assert wait_until(lambda: next(answers), "listen", within=10.0, every=0.01) >= 0.02


def test_the_error_says_what_was_waited_for_and_how_long() -> None:
    with pytest.raises(Overdue, match=r"^did not listen within 0\.05 s$"):
        wait_until(lambda: False, "listen", within=0.05, every=0.01)


def test_the_evidence_is_the_caller_s() -> None:
    def error(words: str) -> BootError:
        found = BootError(f"old {words}")
        found.add_note("its last line")
        return found

    with pytest.raises(BootError, match="old did not boot") as caught:
        wait_until(lambda: False, "boot", within=0.0, error=error)
    assert caught.value.__notes__ == ["its last line"]


def test_a_condition_that_can_no_longer_hold_ends_the_waiting() -> None:
    def holds() -> bool:
        raise LabError("it ended")

    with pytest.raises(LabError, match="it ended"):
        wait_until(holds, "listen", within=60.0)
