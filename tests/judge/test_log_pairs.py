"""Lines of two logs: the same text at another level, new words for one thing, and what is new."""

from __future__ import annotations

from harness.judge.align import align, changes
from harness.judge.normalise import normalise
from harness.testing import trace

LEFT = "PJSIP/103-00000001 Abnormal 'Gosub(greet,s,1)' exit. Popping routine return locations."


def lines(*said: tuple[str, str]) -> str:
    return "\n\n".join(f"Level: {level}\nMessage: {message}" for level, message in said)


def between(old: str, new: str) -> list[tuple[str, str]]:
    return [(one.kind, one.event) for one in changes(align(normalise(trace(old)), normalise(trace(new))))]


def test_what_was_a_notice_is_the_same_text_as_a_warning() -> None:
    old, new = lines(("NOTICE", LEFT)), lines(("WARNING", LEFT.replace("00000001", "0000000a")))
    assert between(old, new) == between(new, old) == [("changed", "log level")]


def test_notices_alone_are_nothing() -> None:
    assert between(lines(("NOTICE", LEFT)), "") == between("", lines(("NOTICE", LEFT))) == []


def test_a_text_that_comes_more_often_is_the_same_text() -> None:
    assert between(lines(("WARNING", LEFT)), lines(("WARNING", LEFT), ("WARNING", LEFT))) == []


def test_a_line_that_speaks_of_what_another_spoke_of_is_reworded() -> None:
    old = lines(("WARNING", "Attempt to pause interface PJSIP/104, not found"))
    new = lines(("WARNING", "Could not pause interface PJSIP/104: it is no member"), ("WARNING", "Out of ports"))
    assert between(old, new) == [("changed", "log wording"), ("added", "log WARNING")]


def test_a_line_that_explains_itself_is_never_a_new_wording() -> None:
    old = lines(("ERROR", "Function CALLERPRES registered twice"))
    new = lines(("ERROR", "Function CALLERPRES not registered"))
    assert between(old, new) == [("removed", "log ERROR"), ("added", "log ERROR")]
