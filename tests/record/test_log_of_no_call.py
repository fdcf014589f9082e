"""Lines of the log that are of no call: each kind once, and none of the start."""

from __future__ import annotations

from test_tail import Reading, line, run

from harness.model import LogLine
from harness.record.no_call import first_of_each_kind


def said(level: str, message: str) -> LogLine:
    return LogLine(0.0, level, message)


def test_warnings_and_errors_are_told_once_each_whatever_numbers_they_have() -> None:
    full = "The 'pjsip/default-{}' task processor queue reached {} scheduled tasks"
    lines = [
        said("WARNING", full.format("0000000a", 500)),
        said("NOTICE", "Peer is reachable"),
        said("WARNING", full.format("000000b7", 501)),
        said("ERROR", full.format("0000000a", 500)),
        said("WARNING", "Connection is down"),
    ]
    assert list(first_of_each_kind(lines)) == [lines[0], lines[3], lines[4]]


def test_what_the_start_said_is_forgotten_when_the_play_begins() -> None:
    async def test() -> None:
        reading = Reading()
        await reading.read(line("WARNING", "at the start"))
        reading.tail.forget_others()
        await reading.read(line("WARNING", "later"))
        assert [other.message for other in reading.tail.others] == ["later"]
        reading.tail.close()

    run(test())
