"""What differs between two releases of that which a site uses, with the places where it does: plain facts.

`call_changes` finds those of the dialplan, `harness.ask` those of configuration files; rules make findings
of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from harness.model import Place

__all__ = ["SiteChange", "SiteChangeKind", "placed"]

SiteChangeKind = Literal[
    "application-option-gone",
    "application-argument-gone",
    "application-argument-moved",
    "function-value-gone",
    "function-argument-gone",
    "function-argument-moved",
    "config-object-gone",
    "config-option-gone",
    "config-option-new",
    "config-default-changed",
    "sample-file-gone",
    "sample-option-gone",
    "sample-option-changed",
    "sample-option-new",
    "script-uses-gone",
    "language-code-gone",
    "config-file-unread",
    "config-not-run",
    "note-concerns",
    "note-apart",
    "note-missing",
    "release-move",
    "release-support",
    "release-support-ends",
    "documentation-missing",
    "build-gone",
    "build-gone-unused",
    "build-turned-on",
    "build-otherwise",
    "build-needs",
    "build-default-changed",
    "build-unread",
]


@dataclass(frozen=True, slots=True)
class SiteChange:
    """One thing that the site uses, or leaves to its default, and what became of it.

    `name` is as in a release's facts (`Dial: M`, `pjsip.conf endpoint: force_avp`, `queues.conf [general]:
    autofill`). `old` and `new` are what each release has: a position, a default, a line of the sample with `;`
    where it is only a comment; empty where it has nothing.
    """

    kind: SiteChangeKind
    name: str
    places: tuple[Place, ...] = ()
    old: str = ""
    new: str = ""


def placed(found: Iterable[tuple[SiteChange, Iterable[Place]]]) -> tuple[SiteChange, ...]:
    """Each change once, with all the places that it was found at; sorted by kind and name."""
    places: dict[SiteChange, set[Place]] = {}
    for change, at in found:
        places.setdefault(change, set()).update(at)
    return tuple(
        replace(change, places=tuple(sorted(places[change])))
        for change in sorted(places, key=lambda change: (change.kind, change.name, change.old, change.new))
    )
