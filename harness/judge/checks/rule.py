"""What a rule about load is: data that names a change between two inventories."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from harness.asterisk.dialplan.show import Dialplan, parse_dialplan
from harness.facts.inventory import SECTIONS, Inventory, Section, StartLine
from harness.model import Attributes, Place, Severity

__all__ = ["LoadChange", "LoadRule", "LoadWitness", "logged", "only", "other", "tiny"]

ChangeKind = Literal[
    "missing", "changed", "added", "unused", "replaced", "moved", "unproved", "failed", "unbuilt", "unshown"
]


@dataclass(frozen=True, slots=True)
class LoadChange:
    """One thing that the candidate has not, or has otherwise, or has new.

    `kind`: `missing`, `changed`, `added`, or for what needs a closer look than a table gives: `unused` (missing,
    and nothing of the site needs it), `replaced`, `moved`, `unproved` (may be needed), `failed` (did not load),
    `unbuilt` (a module of a third party that does not run), `unshown` (the candidate does not show such a setting
    at all). `item` and `attribute` name it; `cause` and
    `advice` are about this very thing, where something is known of it; `places` are all where the site uses it.
    """

    section: str
    kind: ChangeKind
    item: str
    attribute: str = ""
    old: str = ""
    candidate: str = ""
    where: Place | None = None
    cause: str = ""
    advice: str = ""
    consequences: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class LoadWitness:
    """Two tiny inventories that prove a rule: one check of them fires it, the first with itself does not."""

    check: str
    old: Inventory
    candidate: Inventory


@dataclass(frozen=True, slots=True)
class LoadRule:
    """A named kind of change. `title` is a format string over the fields of a change.

    Empty sets of `attributes` and `candidates` mean any."""

    id: str
    title: str
    severity: Severity
    why: str
    advice: str
    sections: frozenset[str]
    kind: str
    witness: LoadWitness
    attributes: frozenset[str] = frozenset()
    candidates: frozenset[str] = frozenset()

    def names(self, change: LoadChange) -> bool:
        """Whether the change is of this rule's kind."""
        return (
            change.section in self.sections
            and change.kind == self.kind
            and (not self.attributes or change.attribute in self.attributes)
            and (not self.candidates or change.candidate in self.candidates)
        )


def tiny(
    sections: Mapping[str, Mapping[str, Attributes]] | None = None,
    *,
    dialplan: str = "",
    files: Mapping[str, str] | None = None,
    log: tuple[StartLine, ...] = (),
    on_disk: frozenset[str] = frozenset(),
) -> Inventory:
    """An inventory of a few things; every section that is not given is there and empty."""
    return Inventory(
        {name: Section((sections or {}).get(name, {})) for name in SECTIONS},
        parse_dialplan(dialplan) if dialplan else Dialplan(),
        files or {},
        log,
        on_disk,
    )


def only(section: str, *items: str, check: str, **attributes: str) -> LoadWitness:
    """The old release has these items, the candidate none."""
    return LoadWitness(check, tiny({section: dict.fromkeys(items, attributes)}), tiny())


def other(section: str, item: str, attribute: str, old: str, candidate: str, *, check: str) -> LoadWitness:
    """Another value."""
    return LoadWitness(
        check, tiny({section: {item: {attribute: old}}}), tiny({section: {item: {attribute: candidate}}})
    )


def logged(level: str, file: str, *messages: str, check: str = "preflight/log") -> LoadWitness:
    return LoadWitness(check, tiny(), tiny(log=tuple(StartLine(level, file, message) for message in messages)))
