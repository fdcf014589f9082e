"""What of a manager event counts: not states that come late; durations in seconds, however they are written."""

from __future__ import annotations

from harness.judge.align import align, changes
from harness.judge.normalise import normalise
from harness.model import ABSENT, Held, Seconds, Thing
from harness.testing import trace

PAUSED = "Event: QueueMemberPause\nQueue: sales\nMemberName: Priya\nPaused: 1\nStatus: {}"
MISSED = "Event: AgentRingNoAnswer\nUniqueid: 1.1\nChannel: PJSIP/a-00000001\nRingTime: {}"


def between(old: str, new: str) -> list[tuple[str, Held, Held]]:
    found = changes(align(normalise(trace(old)), normalise(trace(new))))
    return [(change.field, change.old, change.candidate) for change in found]


def test_the_state_of_a_members_phone_comes_late_but_its_header_is_missed() -> None:
    assert between(PAUSED.format(1), PAUSED.format(6)) == []
    assert between(PAUSED.format(1), PAUSED.partition("\nStatus")[0]) == [("Status", Thing(), ABSENT)]


def test_milliseconds_are_told_in_seconds() -> None:
    assert between(MISSED.format(1000), MISSED.format(0)) == []
    assert between(MISSED.format(9000), MISSED.format(4000)) == [("RingTime", Seconds(9), Seconds(4))]


LINE = "Event: NewConnectedLine\nUniqueid: 1.1\nExten: 5550199\nConnectedLineNum: {}\nConnectedLineName: {}"


def test_a_phone_that_is_told_the_number_that_it_dialled_shows_nothing_new() -> None:
    def layers(*lines: str) -> set[str]:
        return {change.layer for change in changes(align(*(normalise(trace(line)) for line in lines)))}

    assert layers("", LINE.format("5550199", "<unknown>")) == {"path"}
    assert layers("", LINE.format("5550199", "Ann")) == layers("", LINE.format("104", "")) == {"effect"}
    assert layers(LINE.format("104", ""), LINE.format("5550199", "")) == {"effect"}
