"""What the site sets or passes, and the candidate's documentation or samples have otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from harness.facts.site_changes import SiteChange
from harness.judge.checks.changes import View
from harness.judge.checks.rule import LoadChange

__all__ = ["build_findings", "note_findings", "option_findings", "release_findings"]

_TOGETHER = frozenset({"config-option-new", "sample-option-new", "sample-option-changed", "sample-option-gone"})
"""One finding for each file: there are many of these, and none says that anything is lost."""


def note_findings(view: View) -> Iterator[LoadChange]:
    """What the notes of the versions in between say, as far as they are at hand."""
    return (_alone(change) for change in _news(view) if change.kind.startswith("note-"))


def release_findings(view: View) -> Iterator[LoadChange]:
    """What kind of move it is, and how long both releases are supported."""
    return (_alone(change) for change in _news(view) if change.kind.startswith("release-"))


def build_findings(view: View) -> Iterator[LoadChange]:
    """What becomes of the choices of the old release's build."""
    return (_alone(change) for change in _news(view) if change.kind.startswith("build-"))


def option_findings(view: View) -> Iterator[LoadChange]:
    """One change for each thing that is gone or has another default; one for a file of what is only new there."""
    together: dict[tuple[str, str], list[SiteChange]] = {}
    for change in _news(view):
        if change.kind.startswith(("note-", "release-", "build-")):
            continue
        if change.kind in _TOGETHER:
            together.setdefault((change.kind, change.name.partition(".conf")[0] + ".conf"), []).append(change)
        else:
            yield _alone(change)
    for (kind, file), changes in together.items():
        yield _all(kind, file, changes)


def _news(view: View) -> Iterator[SiteChange]:
    return (change for change in view.candidate.site_changes if change not in view.old.site_changes)


def _alone(change: SiteChange) -> LoadChange:
    where = next(iter(change.places), None)
    gone = "is not there" if change.kind.endswith("-gone") else ""
    return LoadChange(
        change.kind, "changed", change.name, "", change.old, change.new or gone, where, places=change.places
    )


def _all(kind: str, file: str, changes: list[SiteChange]) -> LoadChange:
    places = tuple(dict.fromkeys(place for change in changes for place in change.places))
    names = ", ".join(change.name.rpartition(": ")[2] for change in changes)
    before = "; ".join(change.old for change in changes if change.old)
    now = "; ".join(change.new for change in changes if change.new)
    first = next(iter(places), None)
    return LoadChange(kind, "changed", file, names, before, now, first, places=places)
