"""What the interfaces offer and answer on both sides, where the tables alone would say too much."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from harness.asterisk.replacements import ACTIONS
from harness.judge.checks.changes import View, added, all_unused, changed, missing
from harness.judge.checks.rule import LoadChange

__all__ = ["WHOLES", "client_changes", "offer_changes", "right_changes"]

_AGI = frozenset({"agi", "eagi", "deadagi"})
# What belongs to what: an argument that is gone with its action is no news.
WHOLES: Mapping[str, str] = {
    "AMI argument": "AMI action",
    "AMI event header": "AMI event",
    "AMI answer header": "AMI action",
    "ARI field": "ARI model",
}


def offer_changes(view: View) -> Iterator[LoadChange]:
    """What an interface offers or answers; where nothing of the site can use it, what is gone hurts nobody."""
    used = _is_used(view)
    for section in view.sections:
        gone = [change for change in missing(view, section) if _is_news(view, change)]
        if used:
            yield from map(_with_advice, gone)
            yield from (change for change in changed(view, section) if change.kind != "unshown")
        else:
            yield from all_unused(section, section, (change.item for change in gone))
        yield from _new(view, section)


def _is_used(view: View) -> bool:
    """Whether the site has a user of its own for the check's interface, or its dialplan runs an AGI."""
    interface = view.sections[0].partition(" ")[0]
    if interface == "AGI":
        return any(name.lower() in _AGI for name in view.old.uses().applications)
    return bool(view.old.section(f"{interface} client").items)


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
