"""Two inventories → changes, section by section, by the tables alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from harness.facts.inventory import Inventory
from harness.judge.checks.rule import ChangeKind, LoadChange
from harness.model import Place

__all__ = [
    "FILES",
    "View",
    "added",
    "all_unused",
    "changed",
    "count_of",
    "equal",
    "missing",
    "safe",
    "tables",
    "together",
]

FILES: Mapping[str, str] = {
    "endpoint": "pjsip",
    "aor": "pjsip",
    "transport": "pjsip",
    "registration": "pjsip",
    "sip peer": "sip",
    "queue": "queues",
    "queue member": "queues",
    "mailbox": "voicemail",
    "conference bridge": "confbridge",
    "conference user": "confbridge",
    "conference menu": "confbridge",
    "manager user": "manager",
    "ARI": "ari",
    "ARI user": "ari",
    "parking lot": "res_parking",
    "music class": "musiconhold",
    "feature": "features",
    "CDR": "cdr",
    "CEL": "cel",
    "realtime family": "extconfig",
}
"""Section → start of the names of the configuration files that define it."""

_STEMS = frozenset(FILES.values())
_CONF = re.compile(r"\b(\w+)\.conf\b")
_FEATURE_KEYS = {
    "Pickup": "pickupexten",
    "Blind Transfer": "blindxfer",
    "Attended Transfer": "atxfer",
    "One Touch Monitor": "automon",
    "One Touch MixMonitor": "automixmon",
    "Disconnect Call": "disconnect",
    "Park Call": "parkcall",
}
_MANY = frozenset(
    """
    endpoint;aor;transport;registration;sip peer;queue;queue member;mailbox;conference bridge;conference user;
    conference menu;manager user;ARI user;parking lot;music class;hint;realtime family;database table;astdb entry;
    named file
    """.replace("\n", "")
    .replace("    ", "")
    .split(";")
)
"""Sections of what a site may have hundreds of."""
_ALIKE = frozenset({"missing", "changed", "unlike", "own", "unproved"})
_SAME = {"off": "no", "false": "no", "on": "yes", "true": "yes", "nan": "nan", "-nan": "nan"}
_SECRET = re.compile(r"(?i)pin|secret|password")


@dataclass(frozen=True)
class View:
    """What a check looks at, and the sections that it compares.

    `baseline` are normalised log lines of the candidate with stock configuration.
    """

    old: Inventory
    again: Inventory
    candidate: Inventory
    sections: tuple[str, ...]
    baseline: frozenset[str]

    def place(self, section: str, item: str) -> Place | None:
        """Where the site writes it: in the candidate's configuration if it is there, else in the old one."""
        return _place(self.candidate, section, item) or _place(self.old, section, item)

    def change(self, section: str, kind: ChangeKind, item: str) -> LoadChange:
        """What became of an item, with its place and cause."""
        return LoadChange(
            section, kind, item, where=self.place(section, item), cause=self.complaint(section, item)
        )

    def complaint(self, section: str, item: str = "") -> str:
        """What the candidate's log says of an item, else of the section's configuration file, if it is new."""
        file = FILES.get(section, "")
        found = (self._said_of_item(item) or self._said.get(f"{file}*.conf")) if file else None
        return f"Asterisk's log says: {found}" if found else ""

    def _said_of_item(self, item: str) -> str | None:
        if "'" in item:
            return next((message for message in self._new_messages if f"'{item}'" in message), None)
        return self._said.get(f"'{item}'") if item else None

    @cached_property
    def _new_messages(self) -> Sequence[str]:
        known = self.old.messages() | self.again.messages() | self.baseline
        return [line.message for line in self.candidate.log if line.normal not in known]

    @cached_property
    def _said(self) -> Mapping[str, str]:
        """The first new message about each `'name'`, and about each `file*.conf` of `FILES`."""
        found: dict[str, str] = {}
        for message in self._new_messages:
            for name in message.split("'")[1:-1]:
                found.setdefault(f"'{name}'", message)
            for named in _CONF.findall(message):
                for file in _STEMS:
                    if named.startswith(file):
                        found.setdefault(f"{file}*.conf", message)
        return found


def missing(view: View, section: str) -> Iterator[LoadChange]:
    """Items that old and again have and the candidate has not."""
    old, again, new = (side.section(section).items for side in (view.old, view.again, view.candidate))
    for item in sorted(old):
        if item in again and item not in new:
            yield replace(view.change(section, "missing", item), old=_value(old[item]))


def added(view: View, section: str) -> Iterator[LoadChange]:
    """Items that only the candidate has: one change for all of them."""
    old, again, new = (side.section(section).items for side in (view.old, view.again, view.candidate))
    names = sorted(set(new) - set(old) - set(again))
    if names:
        yield LoadChange(section, "added", count_of(len(names), section), candidate=", ".join(names))


def changed(view: View, section: str) -> Iterator[LoadChange]:
    """Attributes with another value; one change for all attributes that the candidate never shows."""
    old, again, new = (side.section(section).items for side in (view.old, view.again, view.candidate))
    shown = {attribute for attributes in new.values() for attribute in attributes}
    unshown: set[str] = set()
    for item in sorted(old):
        if item not in again or item not in new:
            continue
        for name in sorted(old[item]):
            was, now = old[item][name], new[item].get(name, "")
            if name not in shown:
                unshown.add(name)
            elif equal(was, again[item].get(name, "")) and not equal(was, now):
                found = view.change(section, "changed", item)
                yield replace(found, attribute=name, old=safe(name, was), candidate=safe(name, now))
    if unshown and shown:
        yield LoadChange(section, "unshown", count_of(len(unshown), section), old=", ".join(sorted(unshown)))


def tables(view: View) -> Iterator[LoadChange]:
    """All that differs in the check's sections, by the tables alone."""
    for compare in (missing, changed, added):
        for section in view.sections:
            yield from compare(view, section)


def together(changes: Iterable[LoadChange]) -> Iterator[LoadChange]:
    """What befell many phones, queues or the like alike is one change with their names and all places.

    Alike is the same loss with the same complaint in the log, but for the name, or the same change of a value.
    """
    groups: dict[tuple[str, ...], list[LoadChange]] = {}
    for number, change in enumerate(changes):
        alike = (change.section, change.kind, change.attribute, change.candidate, *_reason(change))
        groups.setdefault(
            alike if change.section in _MANY and change.kind in _ALIKE else (str(number),), []
        ).append(change)
    for first, *others in groups.values():
        yield _merged(first, others) if others else first


def _reason(change: LoadChange) -> tuple[str, ...]:
    cause = change.cause.replace(f"'{change.item}'", "''")
    return (cause,) if change.kind == "missing" else (cause, change.old)


def _merged(first: LoadChange, others: Iterable[LoadChange]) -> LoadChange:
    all_ = (first, *others)
    named = (change.places or (change.where,) for change in all_)
    return replace(
        first,
        item=", ".join(change.item for change in all_),
        old=first.old if len({change.old for change in all_}) == 1 else "",
        where=next((change.where for change in all_ if change.where), None),
        places=tuple(dict.fromkeys(place for places in named for place in places if place)),
        consequences=tuple(text for change in all_ for text in change.consequences),
    )


def all_unused(section: str, item: str, names: Iterable[str]) -> Iterator[LoadChange]:
    """One change for everything that is gone and that the site does not need; none where that is nothing."""
    if old := ", ".join(names):
        yield LoadChange(section, "unused", item, old=old)


def equal(one: str, other: str) -> bool:
    """Whether two printed values mean the same."""
    a, b = one.strip().lower(), other.strip().lower()
    return _SAME.get(a, a) == _SAME.get(b, b)


def safe(name: str, value: str) -> str:
    """A value as a report may have it, by what it is called."""
    return "(secret)" if value and _SECRET.search(name) else value


def count_of(number: int, section: str) -> str:
    """So many things of a section, in words: `2 queues`."""
    if section.isupper():
        return f"{number} {section} {'entry' if number == 1 else 'entries'}"
    return f"{number} {section}" + ("" if number == 1 else "es" if section.endswith("s") else "s")


def _value(attributes: Mapping[str, str]) -> str:
    if len(attributes) == 1:
        return next(safe(name, value) for name, value in attributes.items())
    return ", ".join(f"{name} {safe(name, value)}" for name, value in list(attributes.items())[:4] if value)


def _place(side: Inventory, section: str, item: str) -> Place | None:
    if place := side.section(section).places.get(item):
        return place
    file = FILES.get(section)
    if file is None:
        return None
    if section == "mailbox":
        return side.find(f"{file}.conf", heading=item.partition("@")[2], key=item.partition("@")[0])
    if section in ("feature", "realtime family"):
        return side.find(f"{file}.conf", key=_FEATURE_KEYS.get(item, item))
    if section in ("CDR", "CEL", "ARI"):
        return side.find(f"{file}.conf")
    if section == "sip peer":
        return side.anywhere(file, item) or side.anywhere("users", item)
    return side.anywhere(file, item.partition(" ")[0])
