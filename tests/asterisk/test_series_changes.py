"""The table of what each series changed: each has a source, and is picked by the versions in between."""

from __future__ import annotations

from collections import Counter

import pytest

from harness.asterisk.notes.series_changes import changes_between, series_changes

KINDS = {
    "module", "application", "function", "option", "file", "config object", "application option", "AMI action",
    "AMI event header", "ARI model", "CLI command", "channel variable",
}  # fmt: skip


def test_every_entry_is_whole_and_stands_once() -> None:
    every = series_changes()
    assert every
    assert {change.kind for change in every} <= KINDS
    assert all(change.source and change.name and 13 <= change.version[0] <= 23 for change in every)
    assert all(change.now for change in every if change.how != "removed")
    counted = Counter((change.version, change.how, change.kind, change.name) for change in every)
    assert set(counted.values()) == {1}


def test_an_option_has_its_file() -> None:
    options = [change.name for change in series_changes() if change.kind == "option"]
    assert [name for name in options if not name.partition(" ")[0].endswith(".conf") or " " not in name] == []


@pytest.mark.parametrize(
    ("old", "candidate", "versions"),
    [
        ("16.28.0", "22.10.1", {"17", "18", "19", "20", "21", "22"}),
        ("22.10.1", "23.1.0", {"23"}),
        ("12.8.2", "13.38.3", {"13"}),
        ("22.8.1", "22.8.2", {"22"}),
        ("22.10.1", "16.28.0", set()),
        ("GIT", "22.10.1", set()),
    ],
)
def test_the_versions_in_between(old: str, candidate: str, versions: set[str]) -> None:
    assert {str(change.version[0]) for change in changes_between(old, candidate)} == versions
