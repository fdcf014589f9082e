"""The table of what each series changed, held against what 16.28 and 22.10 say of themselves."""

from __future__ import annotations

import re

import pytest

from harness.ask.package import load_package
from harness.ask.release import load_facts
from harness.asterisk.notes import read_notes
from harness.asterisk.notes.series_changes import SeriesChange, series_changes
from harness.facts.package import PackageFacts
from harness.facts.release import ReleaseFacts
from harness.lab import prepare

pytestmark = pytest.mark.engine

OLD, NEW = (16, 28, 0), (22, 10, 1)
ASKED = (
    "application",
    "function",
    "AMI action",
    "ARI model",
    "CLI command",
    "application option",
    "AMI event header",
)
REMOVED = [change for change in series_changes() if change.how == "removed"]


@pytest.fixture(scope="module")
def facts() -> tuple[ReleaseFacts, ...]:
    return tuple(load_facts(release) for release in prepare(["debian:bullseye", "debian:sid"]).values())


@pytest.fixture(scope="module")
def packages() -> tuple[PackageFacts, ...]:
    return tuple(load_package(release) for release in prepare(["debian:bullseye", "debian:sid"]).values())


def expected(change: SeriesChange) -> tuple[bool, bool]:
    """Whether 16.28 and 22.10 have what a version removed."""
    return change.version > OLD, change.version > NEW


@pytest.mark.parametrize("change", [c for c in REMOVED if c.kind in ASKED], ids=lambda c: f"{c.kind} {c.name}")
def test_what_a_version_removed_is_there_before_and_not_after(
    change: SeriesChange, facts: tuple[ReleaseFacts, ...]
) -> None:
    items = [{item.partition(" (")[0] for item in side.section(change.kind).items} for side in facts]
    assert tuple(change.name in side for side in items) == expected(change)


def test_modules_that_a_version_removed(packages: tuple[PackageFacts, ...]) -> None:
    wrong = [
        change.name
        for change in REMOVED
        if change.kind == "module" and tuple(change.name in side.names for side in packages) != expected(change)
    ]
    assert wrong == []


def test_every_module_that_went_in_between_is_in_the_table(packages: tuple[PackageFacts, ...]) -> None:
    before, now = packages
    gone = {member.name for member in before.members if member.name not in now.names}
    told = {change.name for change in REMOVED if change.kind == "module" and OLD < change.version <= NEW}
    assert told == gone


def test_modules_went_when_the_old_release_said_that_they_would(packages: tuple[PackageFacts, ...]) -> None:
    announced = {member.name: member.removed_in for member in packages[0].members if member.removed_in}
    told = {c.name: str(c.version[0]) for c in REMOVED if c.kind == "module" and c.name in announced}
    assert len(told) > 20
    assert {name: series for name, series in told.items() if announced[name] != series} == {}


@pytest.mark.parametrize(
    "change", [c for c in series_changes() if c.source.startswith("UPGRADE.txt of 16.28")], ids=lambda c: c.name
)
def test_a_change_that_the_old_notes_tell_is_in_the_notes_of_its_version(
    change: SeriesChange, facts: tuple[ReleaseFacts, ...]
) -> None:
    (name,) = [name for name in facts[0].notes if name.startswith("UPGRADE")]
    notes = read_notes(name, facts[0].notes[name]).notes
    told = " ".join(f"{note.heading} {note.text}" for note in notes if (*note.version, 0, 0)[:3] == change.version)
    word = change.name.rpartition(" ")[2] if change.kind == "option" else change.name
    assert re.search(rf"(?<!\w){re.escape(word)}(?!\w)", told), (word, told)
