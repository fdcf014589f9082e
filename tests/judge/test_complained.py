"""What Asterisk complained of in a play that failed."""

from __future__ import annotations

from harness.judge.complained import complained
from harness.model import Ending, LogLine, Trace


def play(*lines: tuple[str, str]) -> Trace:
    return Trace("test/one", "old", tuple(LogLine(0.0, *line) for line in lines), Ending.OVERDUE)


def test_warnings_and_errors_are_told_once_and_no_more_than_three() -> None:
    said = complained(play(*[("WARNING", f"number\n{n}") for n in (1, 1, 2, 3, 4, 5)], ("NOTICE", "nothing")))
    assert said == "Asterisk's log says then: number 1; number 2; number 3 (and 2 more)"


def test_what_is_deprecated_is_no_reason() -> None:
    old_ways = "MailboxExists is deprecated. Please use ${VM_INFO(1@x,exists)} instead."
    assert complained(play(("WARNING", old_ways))) == ""
    assert complained(play(("WARNING", old_ways), ("ERROR", "gone"))) == "Asterisk's log says then: gone"
