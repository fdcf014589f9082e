"""Titles: sentences for people, that show no form and stay short."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.judge import Maps, Plays, judge
from harness.judge.rules import CAUSES, RULES
from harness.judge.words import LONGEST, cut, title_of
from harness.model import ABSENT, Change, Finding, Seconds, Thing
from harness.testing import trace

HEAD = "Channel: Local/9@x-0000000a;1\nUniqueid: 1.1"
WITNESSES = [(rule.id, rule.witness) for rule in (*CAUSES, *RULES)]
APP = "App: orders\nInterface: {}\nKind: {}"
FORM = re.compile(r": (?:ChannelStateDesc|Message|Sound|Result|Problem|Command|Value|Exception)\b(?! is)|\w=")


def findings(old: str, candidate: str) -> tuple[Finding, ...]:
    traces = {"old": (trace(old),), "again": (trace(old),), "candidate": (trace(candidate),)}
    return judge(Plays("test/one", traces), Maps()).result.findings


def title(old: str, candidate: str) -> str:
    (found,) = findings(old, candidate)
    return found.title


@pytest.mark.parametrize(("old", "candidate", "words"), [
    (f"Event: Newstate\n{HEAD}\nChannelStateDesc: Up", "", "Local/9@x;1 does not reach the state Up any more"),
    (f"Event: Playback\n{HEAD}\nSound: demo-congrats", "", "Local/9@x;1 does not hear demo-congrats any more"),
    ("", "Level: ERROR\nMessage: Unable to open a device", "New error in the log: Unable to open a device"),
    ("Level: ERROR\nMessage: Unable to open a device", "", "No longer in the log: Unable to open a device"),
    (APP.format("ami", "action") + "\nAction: Originate", "", "orders asks Originate no more"),
    (
        APP.format("ami", "action") + "\nAction: Originate\nExten: 1",
        "",
        "orders asks Originate no more: Exten 1",
    ),
    (
        "",
        APP.format("process", "traceback") + "\nException: KeyError: 'channel'\nWhere: app.py in start",
        "The program orders fails beside the candidate: KeyError: 'channel', app.py in start",
    ),
    (
        "Event: Cdr\nUniqueID: 1.1\nChannel: PJSIP/ann-00000001\nDestination: 101\nDisposition: BUSY\nSource: 7",
        "",
        "A call detail record is not written any more: PJSIP/ann, 101, BUSY",
    ),
    (
        "Agi: script\nChannel: PJSIP/a-00000001\nLine: GET VARIABLE X",
        "",
        "AGI command GET VARIABLE on PJSIP/a does not come any more: GET VARIABLE X",
    ),
    (
        f"Event: VarSet\n{HEAD}\nVariable: X\nValue: 1",
        f"Event: VarSet\n{HEAD}\nVariable: X\nValue: ",
        "X on Local/9@x;1 is empty instead of 1",
    ),
    (
        f"Event: NewCallerid\n{HEAD}\nCallerIDNum: 100",
        "",
        "NewCallerid of Local/9@x;1 does not come any more",
    ),
])  # fmt: skip
def test_titles_say_what_a_person_would(old: str, candidate: str, words: str) -> None:
    assert title(old, candidate) == words


def test_a_program_that_is_told_no_more_is_a_sentence() -> None:
    said = APP.format("ami", "event") + "\nEvent: {}"
    happens = "Event: Hangup\nUniqueid: 1.1"
    old = "\n\n".join((said.format("Hangup"), said.format("Newstate"), happens))
    candidate = "\n\n".join((said.format("Newstate"), happens))
    assert title(old, candidate) == "orders hears Hangup no more, though it happens"


@pytest.mark.parametrize(("name", "witness"), WITNESSES, ids=[name for name, _ in WITNESSES])
def test_no_title_shows_the_form(name: str, witness: object) -> None:
    for found in findings(witness.old, witness.candidate):  # type: ignore[attr-defined]
        for words in (found.title, *(each.title for each in found.consequences)):
            assert not FORM.search(words), words
            assert "  " not in words


def test_what_moved_is_not_called_changed() -> None:
    one, other = (f"Event: UserEvent\n{HEAD}\nUserEvent: {name}\nA: 1" for name in ("Here", "There"))
    assert title(f"{one}\n\n{other}", f"{other}\n\n{one}").endswith("comes in another order")


def test_a_long_value_is_cut_with_its_length() -> None:
    found = title(
        f"Event: VarSet\n{HEAD}\nVariable: X\nValue: 1", f"Event: VarSet\n{HEAD}\nVariable: X\nValue: {'y' * 5100}"
    )
    assert len(found) < 2 * LONGEST
    assert f"{'y' * LONGEST}... (5,100 characters) instead of 1" in found


def test_all_parts_of_a_title_are_cut() -> None:
    long = "z" * 5000
    change = Change("call", "effect", "changed", long, f"VarSet {long}", long, old=long, candidate=(long, long))
    for rule in RULES:
        assert len(title_of(rule.title, change)) < 8 * LONGEST


PARTS = st.lists(st.sampled_from(["a", " ", "\\xff", "\\x1b", "\\u00e4", "\\u{1f9a}"]), min_size=1, max_size=30)


@given(PARTS, st.integers(1, 50))
def test_a_cut_is_a_start_and_parts_no_escape(parts: list[str], longest: int) -> None:
    text = "".join(parts)
    shown = cut(text, longest)
    if len(text) <= longest:
        assert shown == text
        return
    start = shown.removesuffix(f"... ({len(text)} characters)")
    assert start in {"".join(parts[:count]) for count in range(len(parts))}
    assert longest - len("\\u{1f9a}") < len(start) <= longest


def test_an_escape_stays_whole_or_goes() -> None:
    assert cut("ab\\xff" + "c" * 9, 4).startswith("ab... (")
    assert cut("ab\\xff" + "c" * 9, 5).startswith("ab... (")
    assert cut("ab\\xff" + "c" * 9, 6).startswith("ab\\xff... (")


def test_nothing_is_not_empty_is_not_null() -> None:
    told = [
        title_of("{candidate}", Change("ari", "effect", "changed", "", "ARI x", "a", old=1, candidate=held))
        for held in (ABSENT, "", None, Thing(), Seconds(2.5), ("a", "b"), True, "1")
    ]
    assert told == ["nothing", "empty", "null", "something", "2.5 s", "a; b", "true", '"1"']
