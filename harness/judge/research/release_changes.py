"""Two releases → what is gone, changed and new, whatever a site uses of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from harness.facts.release import KINDS, FactKind, ReleaseFacts, whole_of
from harness.model import Attributes

__all__ = ["How", "ReleaseChange", "ReleaseDifference", "compare_releases"]

How = Literal["gone", "changed", "new"]
Items = Mapping[str, tuple[str, Attributes]]

_NOT_COMPARED: Mapping[str, frozenset[str]] = {
    "config object": frozenset({"module", "field", "value", "category", "not"}),
    "config option": frozenset({"module", "type"}),
}
"""Attributes that say how Asterisk reads a thing, not what it does."""


@dataclass(frozen=True, slots=True)
class ReleaseChange:
    """One thing that is gone, changed or new. A change is one attribute with both its values."""

    kind: str
    how: How
    name: str
    attribute: str = ""
    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True)
class ReleaseDifference:
    """All changes between two releases, and the kinds that could not be compared, each with the reason."""

    old: ReleaseFacts
    candidate: ReleaseFacts
    changes: tuple[ReleaseChange, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()

    def of(self, kind: str, how: How) -> tuple[ReleaseChange, ...]:
        """Changes of one kind and sort."""
        return tuple(change for change in self.changes if (change.kind, change.how) == (kind, how))


def compare_releases(old: ReleaseFacts, candidate: ReleaseFacts) -> ReleaseDifference:
    """Everything that differs, by kind in the order of `KINDS`, then gone, changed and new, then by name.

    Parts of what is gone or new are not told beside it: the arguments of an application that is gone are no
    news. A name that is only written otherwise (`Disallow`, `disallow`) is the same thing.
    """
    changes: list[ReleaseChange] = []
    problems: list[tuple[str, str]] = []
    for kind in KINDS:
        if reason := _problem(kind, old) or _problem(kind, candidate):
            problems.append((kind.name, reason))
        else:
            changes += _changes(kind, old, candidate)
    return ReleaseDifference(old, candidate, tuple(changes), tuple(problems))


def _problem(kind: FactKind, side: ReleaseFacts) -> str:
    """Why a kind cannot be compared: it, or what its items are parts of, could not be read."""
    whole = side.section(kind.whole).problem if kind.whole else ""
    problem = side.section(kind.name).problem or whole
    return f"{side.version}: {problem}" if problem else ""


def _changes(kind: FactKind, old: ReleaseFacts, candidate: ReleaseFacts) -> Iterator[ReleaseChange]:
    both = _wholes(kind, old) & _wholes(kind, candidate)
    before, now = (_items(kind, side, both) for side in (old, candidate))
    gone = {key: before[key] for key in before if key not in now}
    new = {key: now[key] for key in now if key not in before}
    places = _places(kind, gone) & _places(kind, new)
    yield from (ReleaseChange(kind.name, "gone", name) for name in _names_elsewhere(kind, gone, places))
    for key in (key for key in before if key in now):
        yield from _attributes(kind, now[key][0], before[key][1], now[key][1])
    yield from (ReleaseChange(kind.name, "new", name) for name in _names_elsewhere(kind, new, places))


def _places(kind: FactKind, items: Items) -> frozenset[tuple[str, str]]:
    """What each argument belongs to, and its position."""
    return frozenset(_place(kind, item) for item in items.values() if kind.name.endswith(" argument"))


def _place(kind: FactKind, item: tuple[str, Attributes]) -> tuple[str, str]:
    name, about = item
    return whole_of(kind.name, name), about.get("position", "")


def _names_elsewhere(kind: FactKind, items: Items, places: frozenset[tuple[str, str]]) -> Iterator[str]:
    """Names, without arguments that the other release has by another name in the same place."""
    return (item[0] for item in items.values() if not (item[1].get("position") and _place(kind, item) in places))


def _wholes(kind: FactKind, side: ReleaseFacts) -> frozenset[str]:
    """What a release has of the things that this kind's items are parts of, by key."""
    names = side.section(kind.whole).items if kind.whole else ()
    return frozenset(name.partition(" (")[0].lower() for name in names)


def _items(kind: FactKind, side: ReleaseFacts, both: frozenset[str]) -> Items:
    """Items by key, sorted; parts only where both releases have what they belong to."""
    items = side.section(kind.name).items
    known = sorted(name for name in items if not kind.whole or whole_of(kind.name, name).lower() in both)
    return {kind.key(name): (name, items[name]) for name in known}


def _attributes(kind: FactKind, name: str, before: Attributes, now: Attributes) -> Iterator[ReleaseChange]:
    """Attributes that both releases have, with another value."""
    for attribute in sorted((before.keys() & now.keys()) - _NOT_COMPARED.get(kind.name, frozenset())):
        if before[attribute] != now[attribute]:
            yield ReleaseChange(kind.name, "changed", name, attribute, before[attribute], now[attribute])
