"""What passes between Asterisk and a FastAGI server, read line by line."""

from __future__ import annotations

from harness.record.agi_talk import AgiTalk
from harness.record.said import LONGEST, Said

ENVIRONMENT = (
    b"agi_request: agi://127.0.0.1/order\nagi_channel: PJSIP/101-0000002a\nagi_uniqueid: 1795475240.6\n\n"
)


def heard(*turns: tuple[str, bytes]) -> list[Said]:
    talk = AgiTalk()
    return [said for way, piece in turns for said in talk.feed(way, piece)]


def test_a_conversation() -> None:
    said = heard(
        (">", ENVIRONMENT),
        ("<", b"GET DATA be"),
        ("<", b"ep 5000 4\n"),
        (">", b"200 result=2051\n"),
        ("<", b"NONSENSE\n"),
        (">", b"510 Invalid or unknown command\n"),
        (">", b"HANGUP\n"),
    )
    assert [one.kind for one in said] == ["environment", "command", "answer", "command", "answer", "hangup"]
    assert said[0].ids == ("PJSIP/101-0000002a", "1795475240.6")
    assert said[0].whole
    assert said[2].details == (("Command", "GET DATA beep 5000 4"), ("Answer", "200 result=2051"))
    assert said[4].details[0] == ("Command", "NONSENSE")


def test_usage_is_one_answer() -> None:
    said = heard((">", ENVIRONMENT), ("<", b"SET X\n"), (">", b"520-Invalid\nUsage: SET\n520 End\n"))
    assert said[2].details[1] == ("Answer", "520-Invalid\nUsage: SET\n520 End")


def test_a_conversation_that_breaks_off_says_where() -> None:
    talk = AgiTalk()
    assert list(talk.feed(">", b"agi_request: x\nagi_cha")) == []
    problems = [one.details[0][1] for one in talk.end(">", "Connection reset by peer")]
    assert problems == [
        "the connection ended within a line",
        "the connection ended within the environment",
        "Connection reset by peer",
    ]


def test_a_line_without_end_is_given_up() -> None:
    said = heard(*[("<", b"x" * 100_000)] * (10 * LONGEST // 100_000), ("<", b"\nVERBOSE a\n"))
    assert [one.kind for one in said] == ["broken"]


def test_an_answer_to_nothing_is_kept() -> None:
    said = heard((">", ENVIRONMENT), (">", b"200 result=0\n"))
    assert said[1].details == (("Command", ""), ("Answer", "200 result=0"))


def test_bytes_that_are_no_text_are_kept() -> None:
    said = heard((">", ENVIRONMENT), ("<", b'VERBOSE "\xff\x00"\r\n'))
    assert said[1].details == (("Command", 'VERBOSE "\\xff\x00"'),)
    assert said[1].odd == b'VERBOSE "\xff\x00"'
