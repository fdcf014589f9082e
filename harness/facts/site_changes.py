"""What differs between two releases of that which a site uses, with the places where it does: plain facts.

`call_changes` finds those of the dialplan, `harness.ask` those of configuration files; rules make findings
of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from harness.model import Place

__all__ = ["SiteChange", "SiteChangeKind"]

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
    "config-file-unread",
    "config-not-run",
    "note-concerns",
    "note-apart",
    "note-missing",
    "release-move",
    "release-support",
    "release-support-ends",
]


@dataclass(frozen=True, slots=True)
class SiteChange:
    """One thing that the site uses, or leaves to its default, and what became of it.

    `name` is as in a release's facts (`Dial: M`, `pjsip.conf endpoint: force_avp`, `queues.conf [general]:
    autofill`). `old` and `new` are what each release has: a position, a default, a line of the sample with `;`
    where it is only a comment; empty where it has nothing. `as_old`: the site has what the old sample sets.
    """

    kind: SiteChangeKind
    name: str
    places: tuple[Place, ...]
    old: str = ""
    new: str = ""
    as_old: bool = False
