"""What goes in a circle, and what only takes its time."""

from __future__ import annotations

import pytest

from harness.asterisk.circle import goes_round, repeated
from harness.model import AmiPacket, Seen

ANSWER, PROMPT, GOTO, AFTER = ("in", "100", "1"), ("in", "100", "2"), ("in", "100", "3"), ("in", "100", "4")
HANGUP = ("in", "h", "1")
TALK = ("harness-leg", "talk", "1")


def ran(*spots: tuple[str, str, str], every: float = 0.005) -> list[Seen]:
    return [
        AmiPacket(
            number * every,
            (("Event", "Newexten"), ("Context", context), ("Extension", extension), ("Priority", priority)),
        )
        for number, (context, extension, priority) in enumerate(spots)
    ]


@pytest.mark.parametrize("end", [(), (HANGUP,)])
def test_a_call_that_is_hung_up_in_a_circle(end: tuple[tuple[str, str, str], ...]) -> None:
    seen = ran(ANSWER, *[PROMPT, GOTO] * 60, *end)
    assert goes_round(seen)
    assert repeated(seen) == (PROMPT, 60)


@pytest.mark.parametrize(
    "seen",
    [
        ran(),
        ran(ANSWER, PROMPT, HANGUP),
        ran(ANSWER, *[PROMPT, GOTO] * 60, AFTER),  # it counts, and comes to an end
        ran(ANSWER, *[PROMPT, GOTO] * 20),  # not often enough to be sure
        ran(ANSWER, *[PROMPT, GOTO] * 60, every=0.1),  # it waits for something
        ran(*[TALK] * 60),  # the harness's own
    ],
)
def test_what_is_no_circle(seen: list[Seen]) -> None:
    assert not goes_round(seen)


def test_nothing_is_repeated_in_a_plain_call() -> None:
    assert repeated(ran(ANSWER, PROMPT, HANGUP)) is None
