"""Counts → what is decided, and which play would tell more."""

from __future__ import annotations

import pytest

from harness.judge.decision import (
    NextPlay,
    Shows,
    Standing,
    chance,
    is_of_load,
    next_of,
    next_play,
    standing,
    times,
)

ALWAYS, CROWD, NOW_AND_THEN = Standing.ALWAYS, Standing.CROWD, Standing.NOW_AND_THEN
DECIDED, SHARED = Standing.DECIDED, Standing.SHARED
ALONE, IN_CROWD, ANY, ENOUGH = NextPlay.ALONE, NextPlay.CROWD, NextPlay.ANY, NextPlay.ENOUGH


def shows(plays: str, old: int = 0) -> Shows:
    """A letter a play of the candidate, `x` or `X` for one that shows it; a capital or `_` is one in a crowd."""
    candidate = tuple(letter in "xX" for letter in plays)
    return Shows(candidate, tuple(letter in "x." for letter in plays), 2 * len(plays), old)


@pytest.mark.parametrize(
    ("plays", "old", "is_", "next_"),
    [
        ("_", 0, SHARED, ENOUGH),
        ("X", 0, ALWAYS, ANY),
        ("XX", 0, ALWAYS, ANY),
        ("XXXX", 0, DECIDED, ENOUGH),
        ("XX_", 0, NOW_AND_THEN, ALONE),
        ("Xx", 0, ALWAYS, ANY),
        ("XxX", 0, ALWAYS, ANY),
        ("XxXX", 0, DECIDED, ENOUGH),
        ("Xxxx", 0, DECIDED, ENOUGH),
        ("x", 0, ALWAYS, ANY),  # it plays alone in any case
        ("xxxx", 0, DECIDED, ENOUGH),
        ("X.", 0, CROWD, IN_CROWD),
        ("X._", 0, CROWD, IN_CROWD),
        ("X.X", 0, CROWD, ALONE),
        ("X.X.", 0, CROWD, IN_CROWD),
        ("X.X.X.", 0, CROWD, IN_CROWD),
        ("X.X.X.X", 0, CROWD, ENOUGH),
        ("X.____", 0, CROWD, ENOUGH),  # it does not come again
        ("_x", 0, NOW_AND_THEN, ALONE),
        ("X.x", 0, NOW_AND_THEN, ANY),
        ("x..x..", 0, NOW_AND_THEN, ANY),
        ("x..x..x..", 0, NOW_AND_THEN, ANY),
        ("x..x..x..x", 0, DECIDED, ENOUGH),
        ("x.....", 0, NOW_AND_THEN, ANY),  # old may show it too, as rarely
        ("x.....", 1, SHARED, ENOUGH),
        ("x...........", 0, NOW_AND_THEN, ENOUGH),
        ("Xxxx", 1, SHARED, ANY),  # five failures, four of them the candidate's: one case in 99
        ("Xxxxx", 1, DECIDED, ENOUGH),
        ("Xxxxx_", 1, DECIDED, ENOUGH),
        ("Xxxxxx", 6, SHARED, ANY),
    ],
)
def test_what_counts_come_to(plays: str, old: int, is_: Standing, next_: NextPlay) -> None:
    assert (standing(shows(plays, old)), next_play(shows(plays, old))) == (is_, next_)


@pytest.mark.parametrize(
    ("plays", "of_load"),
    [("X.__", True), ("X.X.___", True), ("X._", False), ("X___", False), ("x...", False), ("X.X.X.X...", False)],
)
def test_what_the_crowd_alone_shows_and_does_not_show_again_is_of_a_busy_machine(
    plays: str, of_load: bool
) -> None:
    assert is_of_load(shows(plays)) is of_load


def test_chance_is_weighed_by_all_plays() -> None:
    """Fisher's exact test, one-sided: the figures of R's fisher.test(alternative = "greater")."""
    assert chance(shows("Xxxx")) == pytest.approx(1 / 495)
    assert chance(shows("Xxx")) == pytest.approx(1 / 84)
    assert chance(shows("Xxxx", 1)) == pytest.approx(5 / 495)
    assert chance(Shows((True, True, True, False), (False,) * 4, 4, 1)) == pytest.approx(0.242857, abs=1e-6)
    assert chance(shows("____")) == 1


@pytest.mark.parametrize("plays", ["X", "x", "X.", "_x", "Xx", "x..x", "X.X"])
def test_plays_come_to_an_end(plays: str) -> None:
    """Whatever the plays show from here on: always, or never again."""
    for more in "xX", "._":
        seen = plays
        while (asked := next_play(shows(seen))) is not ENOUGH:
            seen += more[asked is IN_CROWD]
            assert len(seen) < 20


def test_who_has_to_be_alone_comes_first() -> None:
    assert next_of([]) is ENOUGH
    assert next_of([shows("Xx"), shows("X."), shows("X_"), shows("XxXX")]) is ALONE
    assert next_of([shows("Xx"), shows("X.")]) is IN_CROWD


def test_how_often_in_words() -> None:
    assert times(shows("Xx..", 1)) == "in 2 of 4 plays, and in 1 of 8 on the old release"
    crowd = "in 2 of 3 plays with other scenarios, in none of 2 alone, and in none of 10 on the old release"
    assert times(shows("X.X._")) == crowd
