"""Files that the site names and that an instance has not: scripts, programs, keys, music, prompts."""

from __future__ import annotations

from collections.abc import Iterator

from harness.judge.checks.changes import View
from harness.judge.checks.rule import ChangeKind, LoadChange

__all__ = ["file_changes"]

_THERE = "there"


def file_changes(view: View) -> Iterator[LoadChange]:
    """What the candidate's configuration names and it has not: lost, on neither release, or named there only."""
    listing = view.candidate.section("named file")
    before, again = (side.section("named file").items for side in (view.old, view.again))
    for name, attributes in sorted(listing.items.items()):
        state, was = attributes["state"], before.get(name, {}).get("state", "")
        if state == _THERE or was != again.get(name, {}).get("state", ""):
            continue
        kind: ChangeKind = "missing" if was == _THERE else "own" if was else "unproved"
        if kind == "own" and view.old.version == view.candidate.version:
            continue  # told where another release is to come, as all that the old release lacks itself
        where = listing.places.get(name)
        yield LoadChange(
            "named file",
            kind,
            name,
            attribute=attributes["kind"],
            old=was,
            candidate=state,
            where=where,
            places=listing.every.get(name, (where,) if where else ()),
        )
