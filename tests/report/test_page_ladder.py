"""The ladder of a call: who says what to whom, where it differs, and what was said."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from harness.model import (
    AgiLine,
    AmiPacket,
    AppSaid,
    AriAnswer,
    AriEvent,
    AriRequest,
    LogLine,
    Playback,
    Seen,
    State,
)
from harness.report.page.ladder import Cause, Cell, Ladder
from harness.report.page.raw import raw_text

sys.path.insert(0, str(Path(__file__).parent))
import pages
from pages import CALL


def arrows(ladder: Ladder) -> dict[str, tuple[str, str]]:
    """From whom to whom each event is, by the first word of its text."""
    cells = (row.old or row.candidate for row in ladder.rows)
    named = {cell.text: tuple(ladder.lanes[number] for number in cell.arrow) for cell in cells if cell}
    return {text.partition(":")[0]: ends for text, ends in named.items()}  # type: ignore[misc] # two of them


def test_lanes_are_callers_asterisk_phones_and_records() -> None:
    assert pages.ladder().lanes == ("caller", "Asterisk", "PJSIP/101", "records")


def test_arrows_go_where_the_call_goes() -> None:
    found = arrows(pages.ladder())
    assert found["DialBegin"] == ("Asterisk", "PJSIP/101")
    assert found["Newstate"] == ("PJSIP/101", "Asterisk")
    assert found["Playback"] == ("Asterisk", "caller")
    assert found["Hangup"] == ("Asterisk", "caller")
    assert found["Cdr"] == ("Asterisk", "records")
    assert found["caller;2"] == ("Asterisk", "Asterisk")


def test_what_is_the_same_stands_on_both_sides() -> None:
    rows = pages.ladder().rows
    assert {row.mark for row in rows} == {"="}
    assert all(row.old and row.candidate and row.old.text == row.candidate.text for row in rows)


def test_every_step_of_the_alignment_is_a_row() -> None:
    marks = [row.mark for row in pages.differing().rows]
    assert marks.count("~") == 1
    assert marks.count("<") == 1
    lone = pages.ladder((), CALL)
    assert sum(row.mark == ">" for row in lone.rows) == len(CALL)


def test_a_step_says_what_differs_and_to_which_cause_it_belongs() -> None:
    (changed,) = (row for row in pages.differing().rows if row.mark == "~")
    assert changed.fields == (("Cause", "16", "17"),)
    assert changed.cause == 1
    (lost,) = (row for row in pages.differing().rows if row.mark == "<")
    assert lost.cause == 0
    assert lost.candidate is None


def test_where_the_ways_part_the_candidate_comes_first() -> None:
    new = f"Event: VarSet\n{pages.HEAD}\nVariable: X\nValue: 1"
    marks = [row.mark for row in pages.ladder(CALL, (*CALL[:5], new, *CALL[6:])).rows]
    assert marks == ["=", "=", "=", "=", "=", ">", "<", "=", "=", "="]


@pytest.mark.parametrize(
    "said",
    [
        "Message: No application\nChannel: Local/9@x-0000000a;2\nSpot: ivr,600,3",
        "Message: No application 'X' for extension (ivr, 600, 3)",
    ],
)
def test_a_line_of_the_log_stands_where_its_priority_ran(said: str) -> None:
    said = f"Level: WARNING\n{said}"
    rows = pages.ladder(CALL, (*CALL[:2], *CALL[-1:], said)).rows
    texts = [(row.old or row.candidate).text.partition(":")[0] for row in rows if row.old or row.candidate]
    assert texts.index("log WARNING") < texts.index("DialBegin")


def test_a_step_says_whether_its_cause_holds() -> None:
    last = CALL[-1].replace("16", "17")
    told = Cause((7, 7), "Hangup", 3, holds=False)
    (changed,) = (row for row in pages.ladder(CALL, (*CALL[:-1], last), told).rows if row.mark == "~")
    assert (changed.cause, changed.holds) == (3, False)


def test_a_cause_of_another_event_is_not_taken() -> None:
    last = CALL[-1].replace("16", "17")
    rows = pages.ladder(CALL, (*CALL[:-1], last), Cause((7, 7), "Newstate", 4)).rows
    assert not any(row.cause for row in rows)


def test_a_cell_knows_when_where_and_what_was_said() -> None:
    cells = [row.old for row in pages.ladder().rows if row.old and row.old.text.startswith("Hangup")]
    (cell,) = cells
    assert cell == Cell("Hangup: 16", (1, 0), 0.7, "ivr,600,3", "", cell.raw)
    assert cell.raw.splitlines()[0] == "Event: Hangup"
    assert "Cause: 16" in cell.raw


def test_hostile_values_are_shown() -> None:
    nasty = f"Event: VarSet\n{pages.HEAD}\nVariable: X\nValue: \x1b[2J<b>\u202e{'y' * 20_000}"
    (row,) = (row for row in pages.ladder((nasty,), (nasty,)).rows if row.old and "VarSet" in row.old.text)
    assert row.old
    assert not {"\x1b", "\u202e"} & set(row.old.text + row.old.raw)
    assert r"\x1b[2J<b>" in row.old.text
    assert "characters)" in row.old.text
    assert len(row.old.raw) < 13_000


@pytest.mark.parametrize(
    ("seen", "text"),
    [
        (AmiPacket(0, (("Event", "Hangup"), ("Cause", "16"))), "Event: Hangup\nCause: 16"),
        (LogLine(0, "WARNING", "no", "C-1", "pbx.c", "run", 7), "WARNING[C-1] pbx.c:7 run: no"),
        (LogLine(0, "WARNING", "no"), "WARNING: no"),
        (Playback(0, "x;2", "hello", "en"), "Asterisk's log: <x;2> Playing 'hello' (language 'en')"),
        (AgiLine(0, "asterisk", "x", "200 result=0"), "AGI Tx (x): 200 result=0"),
        (AgiLine(0, "script", "x", "ANSWER"), "AGI Rx (x): ANSWER"),
        (AriRequest(0, "GET", "/ari/x", (("a", "1"), ("b", "2"))), "GET /ari/x?a=1&b=2"),
        (AriRequest(0, "POST", "/ari/x", body={"a": 1}), 'POST /ari/x\n{\n  "a": 1\n}'),
        (AriAnswer(0, "GET /ari/x", 404, body="no"), "GET /ari/x: 404\nno"),
        (AriAnswer(0, "GET /ari/x", problem="gone"), "GET /ari/x: not sent gone"),
        (AriEvent(0, "StasisStart", "desk", {"a": 1}), 'StasisStart to desk\n{\n  "a": 1\n}'),
        (AppSaid(0, "desk", "agi", "command", details=(("a", "b"),)), "desk, agi command\na: b"),
        (AppSaid(0, "desk", "ami", "event", AmiPacket(0, (("Event", "E"),))), "desk, ami event\nEvent: E"),
        (State(0, "astdb a", (("Value", "1"),)), "astdb a\nValue: 1"),
    ],
)
def test_what_was_said_is_written_as_on_its_interface(seen: Seen, text: str) -> None:
    assert raw_text(seen) == text
