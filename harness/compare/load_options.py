"""What the site sets or passes, and the candidate's documentation or samples have otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from harness.compare.changes import View
from harness.compare.rules.load_rule import Change
from harness.compare.site_changes import SiteChange

__all__ = ["option_findings"]

_TOGETHER = frozenset({"config-option-new", "sample-option-new", "sample-option-changed", "sample-option-gone"})
"""Told in one finding for a file: there are many, and none of them says that anything is lost."""


def option_findings(view: View) -> Iterator[Change]:
    """One change for each thing that is gone or has another default; one for a file of what is only new there."""
    together: dict[tuple[str, str], list[SiteChange]] = {}
    for change in (change for change in view.candidate.site_changes if change not in view.old.site_changes):
        if change.kind in _TOGETHER:
            together.setdefault((change.kind, change.name.partition(".conf")[0] + ".conf"), []).append(change)
        else:
            yield _alone(change)
    for (kind, file), changes in together.items():
        yield _all(kind, file, changes)


def _alone(change: SiteChange) -> Change:
    where = next(iter(change.places), None)
    gone = "" if change.new else "is not there"
    return Change(
        change.kind, "changed", change.name, "", change.old, change.new or gone, where, places=change.places
    )


def _all(kind: str, file: str, changes: list[SiteChange]) -> Change:
    places = tuple(dict.fromkeys(place for change in changes for place in change.places))
    told = (change.name.rpartition(": ")[2] for change in changes)
    before = "; ".join(change.old for change in changes if change.old)
    now = "; ".join(change.new for change in changes if change.new)
    return Change(kind, "changed", file, ", ".join(told), before, now, next(iter(places), None), places=places)
