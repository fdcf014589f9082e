"""Every change does to its witness what it says, and nothing to what is migrated already."""

from __future__ import annotations

from pathlib import Path

import pytest
from migrations import fill, migrated

from harness.migrate.apply import rewrite
from harness.migrate.folder import read_subject
from harness.migrate.model import Edit, Rewrite
from harness.migrate.modules_conf import change_for
from harness.migrate.run import CHANGES

EVERY = (*CHANGES, change_for(frozenset()))
DEMO = Path(__file__).parents[2] / "scenarios" / "demo"


@pytest.mark.parametrize("change", EVERY, ids=lambda change: change.id)
def test_a_witness_becomes_what_it_says(tmp_path: Path, change: Rewrite) -> None:
    before = read_subject(fill(tmp_path, change.witness.before))
    found = tuple(change.find(before))
    edits = [one for one in found if isinstance(one, Edit)]
    rewritten, refused = rewrite(before.files, edits)
    texts = {name: new.text for name, new in rewritten.items()}
    assert {**before.files, **texts} == {**before.files, **change.witness.after}
    assert refused == ()
    assert len(found) - len(edits) == change.witness.left
    again = change.find(read_subject(tmp_path, texts))
    assert not any(isinstance(one, Edit) for one in again)
    assert all(edit.why and "\n" not in edit.why for edit in edits)


def test_ids_are_their_own() -> None:
    assert len({change.id for change in EVERY}) == len(EVERY)


def test_what_is_migrated_stays(tmp_path: Path) -> None:
    once = migrated(DEMO / "old")
    twice = migrated(fill(tmp_path, once.files))
    assert twice.files == once.files
    assert twice.migration.changed == {}


def test_the_candidate_of_the_demo_needs_nothing() -> None:
    """It was migrated by hand, and says on purpose what to leave out: that is all there is to say."""
    found = migrated(DEMO / "candidate")
    assert found.migration.changed == {}
    assert found.left == []


def test_only_two_things_of_the_demo_are_left() -> None:
    assert [left.split(" ")[0] + left.split(" ")[1] for left in migrated(DEMO / "old").left] == [
        "features.conf:20:PauseMonitor()",
        "features.conf:21:UnpauseMonitor()",
    ]
