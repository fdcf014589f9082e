"""Lines of Asterisk's log as it writes them with `[json]`: read whole, or not at all."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harness.asterisk.log import place_in, read_line, read_log, readable
from harness.model import LogLine


def entry(
    message: str = "No such extension\n", *, identifiers: object = None, **location: object
) -> dict[str, Any]:
    place = {"filename": "pbx.c", "function": "pbx_extension_helper", "line": 2885, **location}
    return {
        "hostname": "",
        "identifiers": {"lwp": 7, "callid": "[C-0000001a]"} if identifiers is None else identifiers,
        "logmsg": {"location": place, "level": "WARNING", "message": message},
    }


def encoded(found: object) -> bytes:
    return json.dumps(found).encode()


def test_a_line_has_level_text_call_and_place() -> None:
    assert read_line(encoded(entry()), 2.5) == LogLine(
        2.5, "WARNING", "No such extension", "C-0000001a", "pbx.c", "pbx_extension_helper", 2885
    )


def test_a_line_of_no_call_has_none() -> None:
    for identifiers in ({}, {"lwp": 1}):
        line = read_line(encoded(entry(identifiers=identifiers)))
        assert line is not None
        assert (line.call_id, line.at) == ("", 0.0)


def test_colours_and_the_end_of_the_line_are_no_text() -> None:
    line = read_line(encoded(entry("\n\x1b[1;32mPlaying\x1b[0m 'a'\n\n")))
    assert line is not None
    assert line.message == "Playing 'a'"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"7",
        encoded({}),
        encoded({"logmsg": {}}),
        encoded(entry(line="x")),
        encoded(entry(identifiers="x")),
        encoded(entry(identifiers={"callid": 7})),
        encoded(entry(filename=7)),
        b"[" * 100_000,
        encoded(entry())[:-20],
    ],
)
def test_what_is_no_whole_line_is_none(data: bytes) -> None:
    assert read_line(data) is None


def test_a_byte_that_is_no_character_is_spelt_out_and_the_line_kept_as_it_came() -> None:
    data = encoded(entry("caller \xe9!")).replace(b"\\u00e9", b"\xff")
    line = read_line(data)
    assert line is not None
    assert (line.message, line.odd) == ("caller \\xff!", data)
    whole = encoded(entry("caller \xe9"))
    assert (line := read_line(whole)) is not None
    assert (line.message, line.odd) == ("caller \xe9", b"")


def test_half_of_a_pair_is_spelt_out() -> None:
    line = read_line(encoded(entry("x \ud800 y")))
    assert line is not None
    assert line.message == "x \\xed\\xa0\\x80 y"
    line = read_line(encoded(entry("x", filename="\udfff.c")))
    assert line is not None
    assert line.file.endswith(".c")
    assert line.file.isascii()


def test_a_log_is_its_whole_lines() -> None:
    content = b"\n".join((encoded(entry("one")), b"cut off {", encoded(entry("two")), encoded(entry("x"))[:9]))
    assert [line.message for line in read_log(content)] == ["one", "two"]
    assert [*readable(content)] == ["WARNING pbx.c: one", "WARNING pbx.c: two"]


@pytest.mark.parametrize(
    ("message", "named"),
    [
        ("Unknown keyword in queue 'sales': strategie at line 3 of queues.conf", ("queues.conf", 3)),
        ("parse error: No category context for line 7 of /etc/asterisk/x.d/sip.conf", ("sip.conf", 7)),
        (
            "A pattern too wide at line 12 of 'extensions.conf'",
            ("extensions.conf", 12),
        ),
        ("extensions.conf:14: no such label", ("extensions.conf", 14)),
        ("Could not read voicemail.conf, line 9", ("voicemail.conf", 9)),
        ("Unable to open extensions.conf", None),
        ("12 calls in line 3", None),
    ],
)
def test_a_message_may_name_a_line_of_a_file(message: str, named: tuple[str, int] | None) -> None:
    assert place_in(message) == named
