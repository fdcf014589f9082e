"""Release notes: cut out, dated, tied to what they speak of, and held against a site."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.ask.documents import note_texts, notes_in
from harness.ask.release import load_facts
from harness.asterisk.dialplan.show import parse_dialplan
from harness.asterisk.notes import Note, Notes, read_notes
from harness.errors import SiteError
from harness.facts.release import tiny_release
from harness.judge.research.note_concerns import between, citations, concerns, missing_notes, uses_of
from harness.judge.research.note_ties import topics_of, vocabulary_of
from harness.lab import prepare
from harness.model import Place
from harness.site.reading.site_files import SiteFiles

OLD_FORM = """\
===========================================================
===  What to mind when going from version to version.
===========================================================
------------------------------------------------------------------------------
--- Functionality changes from Asterisk 16.9.0 to Asterisk 16.10.0 -----------
------------------------------------------------------------------------------

app_queue
------------------
 * Queue() counts
   its members anew.

 * The option 'wait_long' of queues.conf is gone.

New in 16.0.0:

AMI:
 - The manager event Hangup has a header less.
From 15.2.0 to 15.3.0:

Core:
 - A paragraph about nothing.
"""
LOG = """\
Change Log for Release asterisk-22.2.0

Summary:

  - Security Advisories Resolved: 1
      - GHSA-0000-1111-2222: chan_sip may crash

User Notes:

  - app_dial: A new option of Dial().
    It does more.

Upgrade Notes:

Commit Authors:

  - Nobody: (1)

Change Log for Release asterisk-22.1.0

Upgrade Notes:

  - ConfBridge is stricter.
"""
MARKDOWN = """\
## Change Log for Release asterisk-21.0.0

### Upgrade Notes:

- #### app_macro: Macro is gone
  Use Gosub.

### Commit Authors:

- Nobody: (1)
"""
RELEASE = tiny_release(
    {
        "application": {name: {} for name in ("Dial", "Queue", "ConfBridge", "Macro", "Read")},
        "function": {"CALLERID": {}, "ENV": {}, "HASH": {}},
        "module": {name: {} for name in ("app_queue", "app_macro", "chan_sip")},
        "AMI event": {"Hangup": {}},
        "config option": {"queues.conf queue: wait_long": {}},
        "sample file": {"queues.conf": {}},
    }
)


def told(name: str, text: str) -> list[tuple[str, tuple[int, ...], str, str, int]]:
    return [(n.kind, n.version, n.heading, n.text, n.place.line) for n in read_notes(name, text).notes]


def test_the_old_form_has_versions_topics_and_bullets() -> None:
    assert told("UPGRADE.txt", OLD_FORM) == [
        ("upgrade", (16, 10, 0), "app_queue", "Queue() counts its members anew.", 10),
        ("upgrade", (16, 10, 0), "app_queue", "The option 'wait_long' of queues.conf is gone.", 13),
        ("upgrade", (16, 0, 0), "AMI", "The manager event Hangup has a header less.", 18),
        ("upgrade", (15, 3, 0), "Core", "A paragraph about nothing.", 22),
    ]
    assert read_notes("UPGRADE.txt", OLD_FORM).whole == {(16, 10, 0), (16, 0, 0), (15, 3, 0)}


def test_a_change_log_has_a_heading_for_each_release() -> None:
    assert told("changelog.gz", LOG) == [
        ("security", (22, 2, 0), "", "GHSA-0000-1111-2222: chan_sip may crash", 6),
        ("user", (22, 2, 0), "", "app_dial: A new option of Dial(). It does more.", 10),
        ("upgrade", (22, 1, 0), "", "ConfBridge is stricter.", 23),
    ]
    assert read_notes("changelog.gz", LOG).releases == {(22, 2, 0), (22, 1, 0)}


def test_so_has_its_markdown_form() -> None:
    assert told("ChangeLog-21.0.0.md", MARKDOWN) == [
        ("upgrade", (21, 0, 0), "", "app_macro: Macro is gone Use Gosub.", 5)
    ]


def test_a_file_that_is_no_notes_says_so() -> None:
    (problem,) = read_notes("README", "Hello.\n").problems
    assert "no release notes" in problem.text


@given(st.text(alphabet=st.sampled_from("*-=# \n\r\t:.0169aNew infromAsteriskChange LogRelease"), max_size=400))
def test_no_text_breaks_the_reader(text: str) -> None:
    notes = read_notes("UPGRADE.txt", OLD_FORM + text)
    assert len(notes.notes) >= 3
    assert all(note.text and note.version for note in notes.notes)


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("Queue() counts anew", [("application", "Queue")]),
        ("the Dial application waits", [("application", "Dial")]),
        ("Read the manual before you Dial out of the Queue", []),
        ("ConfBridge and CALLERID are stricter", [("application", "ConfBridge"), ("function", "CALLERID")]),
        ("app_macro is gone", [("module", "app_macro")]),
        ("queues.conf: wait_long is gone", [("file", "queues.conf"), ("option", "queues.conf wait_long")]),
        ("The manager event Hangup", [("AMI event", "Hangup")]),
        ("Hangup is an event of a call", []),
        ("ENV is read, HASH as well", [("function", "HASH")]),
        ("The function ENV is read", [("function", "ENV")]),
    ],
)
def test_names_that_are_words_count_only_where_they_are_meant(text: str, topics: list[tuple[str, str]]) -> None:
    note = Note((22,), "upgrade", "", text, Place("UPGRADE.txt", 1))
    assert list(topics_of(note, vocabulary_of(RELEASE))) == topics


def test_notes_of_the_versions_in_between_the_serious_ones_first() -> None:
    notes = [read_notes("changelog.gz", LOG), read_notes("ChangeLog-21.0.0.md", MARKDOWN)]
    found = between(notes, "16.28.0~dfsg-0+deb11u4", "22.1.0")
    assert [(note.kind, note.version) for note in found] == [("upgrade", (21, 0, 0)), ("upgrade", (22, 1, 0))]
    assert between(notes, "22.2.0", "22.10.1") == ()


def test_notes_are_sorted_by_kind_and_then_by_version() -> None:
    kinds = ("developer", "user", "security", "upgrade")
    place = Place("x", 1)
    versions = {"developer": (22, 0, 1), "user": (22, 0, 2), "security": (22, 0, 3), "upgrade": (22, 0, 4)}
    notes = [Note(versions[kind], kind, "", kind, place) for kind in kinds]
    later = [Note((22, 0, 9), kind, "", kind, place) for kind in kinds]
    found = between([Notes((*later, *notes))], "22.0.0", "22.1.0")
    assert [note.kind for note in found[::2]] == ["upgrade", "security", "user", "developer"]
    assert [note.version[2] for note in found] == [4, 9, 3, 9, 2, 9, 1, 9]


def test_what_is_said_of_a_module_is_said_of_what_it_brings() -> None:
    cited = citations(
        [read_notes("log", MARKDOWN.replace(": Macro is gone", ": it is gone"))],
        vocabulary_of(RELEASE),
        old="16.0.0",
    )
    assert cited["application", "Macro"] == cited["module", "app_macro"]
    assert cited["application", "MacroExclusive"] == cited["module", "app_macro"]


def test_what_is_not_at_hand_is_said() -> None:
    def missing(*texts: tuple[str, str]) -> list[str]:
        notes = [read_notes(name, text) for name, text in texts]
        return [change.name for change in missing_notes(notes, "16.28.0", "22.2.0")]

    assert missing(("UPGRADE.txt", OLD_FORM), ("changelog.gz", LOG)) == ["17; 18; 19; 20; 21; 22 before 22.1.0"]
    assert missing() == ["16 after 16.28.0; 17; 18; 19; 20; 21; 22"]


@pytest.mark.parametrize(
    ("old", "candidate", "versions", "gaps"),
    [
        ("20.3.0", "22.0.0", "20.4.0 21.0.0 22.0.0", ""),
        ("20.3.0", "22.0.0", "20.5.0 21.0.0 22.0.0", "20 before 20.5.0"),
        ("20.3.0", "22.0.0", "21.0.0 22.0.0", "20 after 20.3.0"),
        ("20.3.0", "22.0.0", "20.4.0 21.1.0 22.0.0", "21 before 21.1.0"),
        ("20.3.0", "22.0.0", "20.4.0 22.0.0", "21"),
        ("20.3.0", "22.1.0", "20.4.0 21.0.0 22.1.0", "22 before 22.1.0"),
        ("20.3.0", "20.5.0", "20.4.0", ""),
        ("20.3.0", "20.5.0", "", "20"),
        ("22.2.0", "22.2.1", "22.2.1", ""),
        ("20.3.0", "20.3.0", "", ""),
        ("20.3.0", "trunk", "", "20.3.0 or trunk is no version that can be looked up"),
    ],
)
def test_a_gap_is_told_by_where_it_begins(old: str, candidate: str, versions: str, gaps: str) -> None:
    logs = (
        f"Change Log for Release asterisk-{version}\n\nUpgrade Notes:\n\n  - x.\n" for version in versions.split()
    )
    notes = [read_notes(f"changelog-{number}", text) for number, text in enumerate(logs)]
    assert "; ".join(change.name for change in missing_notes(notes, old, candidate)) == gaps


def test_what_concerns_a_site_has_its_places_and_the_rest_is_counted() -> None:
    shown = "[ Context 'in' created by 'x' ]\n  '1' =>            1. Macro(a)  [extensions.conf:7]"
    uses = uses_of(parse_dialplan(shown), SiteFiles(), RELEASE.names("module"))
    vocabulary = vocabulary_of(RELEASE)
    notes = [read_notes("changelog.gz", LOG), read_notes("ChangeLog-21.0.0.md", MARKDOWN)]
    mine, apart = concerns(between(notes, "16.28.0", "22.2.0"), uses, vocabulary)
    assert mine.name == "app_macro: app_macro: Macro is gone Use Gosub."
    assert mine.places == (Place("extensions.conf", 7),)
    assert mine.new == "Upgrade note of 21.0.0 (ChangeLog-21.0.0.md:5)"
    assert apart.name == "3 speak of what nothing of the site uses, 0 of nothing that can be named"
    assert citations(notes, vocabulary, old="16.28.0")["module", "app_macro"] == (
        "Upgrade note of 21.0.0 (ChangeLog-21.0.0.md:5): app_macro: Macro is gone Use Gosub.",
    )


def test_a_note_names_a_few_of_what_it_concerns_and_begins_only() -> None:
    text = "Dial(), Queue(), ConfBridge(), Macro() and Read() are others now; " + "x" * 1000
    note = Note((22, 0, 0), "upgrade", "", text, Place("UPGRADE.txt", 1))
    uses = {("application", name): () for name in ("Dial", "Queue", "ConfBridge", "Macro", "Read")}
    (change,) = concerns([note], uses, vocabulary_of(RELEASE))
    assert change.name.startswith("ConfBridge, Dial, Macro: Dial(), Queue()")
    assert change.name.endswith("xxx...")
    assert len(change.name) < 400


def test_of_many_notes_of_one_thing_the_newest_are_cited() -> None:
    notes = [
        read_notes(f"log{n}", LOG.replace("22.1.0", f"22.1.{n}").replace("22.2.0", "1.1.1")) for n in range(5)
    ]
    cited = citations(notes, vocabulary_of(RELEASE), old="16.28.0")["application", "ConfBridge"]
    assert [citation.partition(" (")[0] for citation in cited] == [
        "Upgrade note of 22.1.4",
        "Upgrade note of 22.1.3",
    ]


def test_of_what_the_old_release_knows_only_what_will_go_is_cited() -> None:
    texts = ["ConfBridge is stricter.", "ConfBridge is deprecated.", "ConfBridge was removed."]
    notes = [read_notes(f"log{n}", LOG.replace("ConfBridge is stricter.", text)) for n, text in enumerate(texts)]
    cited = citations(notes, vocabulary_of(RELEASE), old="22.1.0")["application", "ConfBridge"]
    assert sorted(citation.partition("): ")[2] for citation in cited) == sorted(texts[1:])
    assert len(citations(notes[:1], vocabulary_of(RELEASE), old="22.0.9")["application", "ConfBridge"]) == 1


def test_files_are_found_in_a_source_tree_packed_or_not(tmp_path: Path) -> None:
    (tmp_path / "ChangeLogs").mkdir()
    (tmp_path / "ChangeLogs" / "ChangeLog-21.0.0.md").write_text(MARKDOWN)
    (tmp_path / "UPGRADE.txt.gz").write_bytes(gzip.compress(OLD_FORM.encode()))
    (tmp_path / "README.md").write_text("no")
    empty = tmp_path / "empty"
    empty.mkdir()
    assert note_texts([tmp_path]) == {"ChangeLogs/ChangeLog-21.0.0.md": MARKDOWN, "UPGRADE.txt.gz": OLD_FORM}
    with pytest.raises(SiteError, match="no release notes in it"):
        note_texts([empty])


def test_what_cannot_be_unpacked_is_left_out() -> None:
    packed = gzip.compress(OLD_FORM.encode())
    assert notes_in({"UPGRADE.txt.gz": b"\x1f\x8bbroken", "CHANGES.gz": packed}) == {"CHANGES.gz": OLD_FORM}


@pytest.mark.engine
def test_the_notes_of_real_images_are_read() -> None:
    releases = prepare(["debian:bullseye", "debian:sid"])
    old, new = (load_facts(releases[spec]) for spec in ("debian:bullseye", "debian:sid"))
    before = [read_notes(name, text) for name, text in old.notes.items()]
    after = [read_notes(name, text) for name, text in new.notes.items()]
    assert sum(len(notes.notes) for notes in before) > 1500
    assert not [problem for notes in (*before, *after) for problem in notes.problems]
    vocabulary = vocabulary_of(old, new)
    cited = citations(before, vocabulary, old=old.version)
    assert any("16.0.0" in text and "app_stack" in text for text in cited["module", "app_macro"])
    assert any("deprecated" in text for text in cited["function", "CALLERPRES"])
    assert not any("Heaven Help You" in text for text in cited["application", "Macro"])  # of 1.6, no news to 16
    (gap,) = missing_notes([*before, *after], old.version, new.version)
    assert gap.name.startswith("17; 18; 19; 20; 21; 22 before 22.")
    texts = [note.text for note in between([*before, *after], old.version, new.version)]
    assert any("live_dangerously" in text for text in texts)
