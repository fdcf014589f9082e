"""What the interfaces offer and answer on both sides, where the tables alone would say too much."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from harness.asterisk.replacements import ACTIONS
from harness.judge.checks.changes import View, added, all_unused, changed, missing
from harness.judge.checks.programs import uses_of_offer
from harness.judge.checks.rule import LoadChange

__all__ = [
    "OFFERS",
    "OFFER_SECTIONS",
    "WHOLES",
    "client_changes",
    "offer_changes",
    "right_changes",
    "unused_offers",
]

OFFER_SECTIONS = (
    "AMI action", "AMI argument", "AMI event", "AMI event header", "AMI answer", "AMI answer header",
    "AGI command", "ARI operation", "ARI parameter", "ARI model", "ARI field", "ARI answer", "ARI answer field",
)  # fmt: skip
OFFERS = "interfaces"
"""The section of a change that is about all of them."""
# What belongs to what: an argument that is gone with its action is no news.
WHOLES: Mapping[str, str] = {
    "AMI argument": "AMI action",
    "AMI event header": "AMI event",
    "AMI answer header": "AMI action",
    "ARI field": "ARI model",
}
_LISTED = frozenset({"AMI answer", "AMI answer header", "ARI answer", "ARI answer field"})
"""What one request is answered: however much of it is gone, it is one change."""


def offer_changes(view: View) -> Iterator[LoadChange]:
    """What an interface offers or answers otherwise, and the site uses, with the places; and what is new."""
    for section in view.sections:
        used = (placed for change in _lost(view, section) if (placed := _used(view, change)).places)
        yield from map(_with_advice, _together(section, used))
        yield from _new(view, section)


def unused_offers(view: View) -> Iterator[LoadChange]:
    """All that is gone or otherwise, and that nothing of the site uses, as one change: an inventory, no damage."""
    listed = []
    for section in view.sections:
        names = [_told(change) for change in _lost(view, section) if not _used(view, change).places]
        listed += [f"{section}: {', '.join(names)}"] if names else []
    yield from all_unused(OFFERS, OFFERS, ["; ".join(listed)] if listed else [])


def _lost(view: View, section: str) -> Iterator[LoadChange]:
    """What is gone, or has another attribute."""
    yield from (change for change in missing(view, section) if _is_news(view, change))
    yield from (change for change in changed(view, section) if change.kind != "unshown")


def _used(view: View, change: LoadChange) -> LoadChange:
    places = uses_of_offer(view.old, change.section, change.item)
    return replace(change, where=next(iter(places), None), places=places)


def _told(change: LoadChange) -> str:
    return f"{change.item} ({change.attribute} {change.candidate})" if change.attribute else change.item


def _together(section: str, changes: Iterator[LoadChange]) -> Iterator[LoadChange]:
    """What is gone of one answer is one change with all the names."""
    groups: dict[tuple[str, str], list[LoadChange]] = {}
    for change in changes:
        listed = section in _LISTED and change.kind == "missing"
        groups.setdefault(("", _asked(change.item)) if listed else (change.item, change.attribute), []).append(
            change
        )
    for first, *others in groups.values():
        yield replace(first, item=", ".join((first.item, *(each.item for each in others)))) if others else first


def _asked(item: str) -> str:
    """What an answer is to: `QueueStatus` of `QueueStatus QueueParams sales`, `GET /channels` of ARI."""
    words = item.partition(": ")[0].split(" ")
    return " ".join(words[:2] if words[0] == "GET" else words[:1])


def client_changes(view: View) -> Iterator[LoadChange]:
    """Manager users: whether they are let in, and what they are told of what happens on the candidate as well."""
    logins, before = (side.section("AMI login").items for side in (view.candidate, view.old))
    for change in changed(view, "AMI login"):
        yield replace(change, where=view.place("manager user", change.item))
    admitted = {name for name in before if before[name] == logins.get(name)}
    heard, known = (side.section("AMI heard").items for side in (view.candidate, view.old))
    for change in missing(view, "AMI told"):
        user, _, event = change.item.rpartition(": ")
        if user in admitted and event in heard:
            yield replace(change, where=view.place("manager user", user))
    for change in added(view, "AMI told"):
        new = (item.rpartition(": ") for item in change.candidate.split(", "))
        shown = ", ".join(f"{user}: {event}" for user, _, event in new if user in admitted and event in known)
        if shown:
            yield replace(change, item="AMI told", candidate=shown)


def right_changes(view: View) -> Iterator[LoadChange]:
    """ARI users; one that is not there any more is told by `preflight/ari`."""
    for change in changed(view, "ARI right"):
        yield replace(change, where=view.place("ARI user", change.item.partition(" ")[0]))


def _is_news(view: View, change: LoadChange) -> bool:
    """False for what is gone with the whole that it belongs to, and for a name in other case."""
    if view.candidate.has(change.section, change.item):
        return False
    whole = WHOLES.get(change.section, "")
    return not whole or _first(change.item) in view.candidate.section(whole).items


def _new(view: View, section: str) -> Iterator[LoadChange]:
    """New items, without the parts of things that are new themselves."""
    whole = WHOLES.get(section, "")
    before = view.old.section(whole).items if whole else {}
    for change in added(view, section):
        names = change.candidate.split(", ")
        known = {name.lower() for name in view.old.section(section).items}
        if kept := [n for n in names if n.lower() not in known and (not whole or _first(n) in before)]:
            yield replace(change, item=section, candidate=", ".join(kept))


def _first(item: str) -> str:
    """What an item belongs to, which is its first word: `Park` of `Park: Timeout`, `Channel` of `Channel.id`."""
    return re.split(r"\W", item, maxsplit=1)[0]


def _with_advice(change: LoadChange) -> LoadChange:
    return replace(change, advice=ACTIONS.get(change.item, "")) if change.section == "AMI action" else change
