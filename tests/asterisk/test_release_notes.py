"""What a file of release notes is made of: which line begins a note, goes on with it, or ends it."""

from __future__ import annotations

import pytest

from harness.asterisk.notes import read_notes, shown_version

OLD = "New in 16.0.0:\n"
LOG = "Change Log for Release asterisk-22.2.0\n\n"


def told(text: str, name: str = "CHANGES") -> list[tuple[str, str]]:
    return [(note.heading, note.text) for note in read_notes(name, text).notes]


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("* one\n* two\n", [("", "one"), ("", "two")]),
        ("* one\n  goes on\n", [("", "one goes on")]),
        ("* one\n  - of it\n* two\n", [("", "one - of it"), ("", "two")]),
        ("Topic\n-----\n* one\n", [("Topic", "one")]),
        ("Topic:\n-----\n* one\n", [("Topic", "one")]),
        ("Topic:\n* one\n", [("Topic", "one")]),
        ("* one\n-----\n* two\n", [("", "one"), ("", "two")]),
        ("a paragraph\n", [("", "a paragraph")]),
        ("first\nsecond\n", [("", "first"), ("", "second")]),
        ("  far in\n  goes on\n", [("", "far in goes on")]),
    ],
)
def test_notes_of_the_old_form(text: str, notes: list[tuple[str, str]]) -> None:
    assert told(OLD + text) == notes


def test_a_topic_ends_with_its_version() -> None:
    assert told(f"{OLD}Topic:\n* one\nNew in 15.0.0:\n* two\n") == [("Topic", "one"), ("", "two")]


def test_the_kind_is_that_of_the_file_or_of_the_section() -> None:
    assert {note.kind for note in read_notes("UPGRADE-16.txt", f"{OLD}* x\n").notes} == {"upgrade"}
    assert {note.kind for note in read_notes("CHANGES", f"{OLD}* x\n").notes} == {"user"}
    log = (
        f"{LOG}User Notes:\n\n- a\n\nUpgrade Notes:\n\n- b\n\nDeveloper Notes:\n\n- c\n\nCommit Authors:\n\n- d\n"
    )
    assert [(note.kind, note.text) for note in read_notes("x", log).notes] == [
        ("user", "a"),
        ("upgrade", "b"),
        ("developer", "c"),
    ]


def test_an_advisory_is_told_once() -> None:
    twice = "- GHSA-1: it crashes\n" * 2 + "- GHSA-2: it leaks\n"
    notes = read_notes("x", LOG + twice).notes
    assert [(note.kind, note.text, note.place.line) for note in notes] == [
        ("security", "GHSA-1: it crashes", 3),
        ("security", "GHSA-2: it leaks", 5),
    ]


def test_a_heading_without_a_version_is_a_problem_and_its_notes_are_none() -> None:
    found = read_notes("x", "Change Log for Release asterisk-master\n\nUser Notes:\n\n- a\n")
    assert found.notes == ()
    assert [problem.place.line for problem in found.problems] == [1, 1]
    assert "'master' is no version" in found.problems[0].text


UPGRADE = """\
===========================================================
===
=== Information for upgrading between Asterisk versions
===
=== UPGRADE-12.txt  -- Upgrade info for 11 to 12
===========================================================

CDRs:
 - The default is
   another one.
"""


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("UPGRADE-13.txt", (13, 0, 0)),
        ("notes/UPGRADE-12.txt.gz", (12, 0, 0)),
        ("UPGRADE-1.6.txt", (1, 6)),
        ("UPGRADE-13", (13, 0, 0)),
    ],
)
def test_a_file_without_headings_is_about_the_version_of_its_name(name: str, version: tuple[int, ...]) -> None:
    notes = read_notes(name, UPGRADE)
    assert [(note.version, note.heading, note.text) for note in notes.notes] == [
        (version, "CDRs", "The default is another one.")
    ]
    assert notes.whole == {version}
    assert notes.problems == ()


def test_a_heading_says_more_than_the_name() -> None:
    notes = read_notes("UPGRADE-16.txt", f"{UPGRADE}From 16.0.0 to 16.1.0:\n* later\n")
    assert [note.version for note in notes.notes] == [(16, 0, 0), (16, 1, 0)]


def test_a_file_of_another_name_has_no_version() -> None:
    assert read_notes("UPGRADE.txt", UPGRADE).notes == ()


def test_fixes_are_the_titles_of_commits_that_mend() -> None:
    text = (
        f"{LOG}Summary:\n\n- Commits: 2\n- app_dial: Fix a leak\n\nCommit List:\n\n-  res_x.c: Add a thing\n"
        "-  res_x/y: Don't crash\n\nCommit Details:\n\n- app_dial: Fix a leak that nobody counts\n"
    )
    notes = read_notes("x", text)
    assert [note.text for note in notes.fixes] == ["app_dial: Fix a leak", "res_x/y: Don't crash"]
    assert notes.notes == ()


def test_a_version_is_shown_with_points() -> None:
    assert shown_version((22, 10, 1)) == "22.10.1"
