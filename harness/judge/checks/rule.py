"""What a rule about load is: data that names a change between two inventories."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from harness.asterisk.dialplan.show import Dialplan, parse_dialplan
from harness.facts.inventory import SECTIONS, Inventory, Listing, StartLine
from harness.judge.rules.rule import NamedRule
from harness.model import Attributes, Place, Severity

__all__ = [
    "ChangeKind",
    "LoadChange",
    "LoadRule",
    "LoadWitness",
    "log_line",
    "missing",
    "only_old",
    "rule",
    "tiny",
    "values",
]

ChangeKind = Literal[
    "missing",
    "changed",
    "added",
    "unused",
    "replaced",
    "moved",
    "unproved",
    "failed",
    "unbuilt",
    "uncompiled",
    "unsound",
    "unshown",
    "chance",
    "own",
    "absent",
    "surplus",
    "unlike",
]


@dataclass(frozen=True, slots=True)
class LoadChange:
    """One thing that is missing on the candidate, other, or new.

    `kind`: `missing`, `changed`, `added`, or for what needs a closer look than a table gives: `unused` (missing,
    and nothing of the site needs it), `replaced`, `moved`, `unproved` (may be needed), `failed` (did not load),
    `unbuilt` (a module of a third party that does not run), `uncompiled` (one whose source the candidate's headers
    refuse), `unsound` (one that runs and must not), `unshown` (the
    candidate does not show such a setting at all), `chance` (one of two starts says it), `own` (the old release
    complains of it as well); of production against the lab's old instance: `absent` (production alone has it),
    `surplus` (the instance alone), `unlike`. `item` and `attribute` name it; `cause` and
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

    old: Inventory
    candidate: Inventory


@dataclass(frozen=True, slots=True)
class LoadRule(NamedRule):
    """A named kind of change. `title` is a format string over the fields of a change.

    Empty sets of `attributes` and `candidates` mean any."""

    sections: frozenset[str]
    kind: ChangeKind
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


_EMPTY: Mapping[str, Listing] = dict.fromkeys(SECTIONS, Listing())


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
        {**_EMPTY, **{name: Listing(items) for name, items in (sections or {}).items()}},
        parse_dialplan(dialplan) if dialplan else Dialplan(),
        files or {},
        log,
        on_disk,
    )


def only_old(section: str, *items: str, **attributes: str) -> LoadWitness:
    """The old release has these items, the candidate none."""
    return LoadWitness(tiny({section: dict.fromkeys(items, attributes)}), tiny())


def values(section: str, item: str, attribute: str, old: str, candidate: str) -> LoadWitness:
    """Another value."""
    return LoadWitness(*(tiny({section: {item: {attribute: value}}}) for value in (old, candidate)))


def log_line(level: str, file: str, message: str) -> LoadWitness:
    """The candidate's log has a line that the old release's has not."""
    return LoadWitness(tiny(), tiny(log=(StartLine(level, file, message),)))


_SEVERITIES: Mapping[ChangeKind, Severity] = {
    "missing": Severity.BREAKING,
    "failed": Severity.BREAKING,
    "unbuilt": Severity.BREAKING,
    "uncompiled": Severity.BREAKING,
    "unproved": Severity.REVIEW,
    "changed": Severity.REVIEW,
    "added": Severity.ADDITIVE,
}


def rule(
    kind: ChangeKind,
    id_: str,
    section: str,
    title: str,
    why: str,
    advice: str = "Nothing to do.",
    *,
    witness: LoadWitness,
    severity: Severity | None = None,
    also: Collection[str] = (),
    attributes: Collection[str] = (),
    candidates: Collection[str] = (),
) -> LoadRule:
    """A rule about one section, and `also` about others. Its `severity` is its kind's where none is given."""
    severity = severity or _SEVERITIES.get(kind, Severity.INFO)
    sections = frozenset({section, *also})
    return LoadRule(
        id_, title, severity, why, advice, sections, kind, witness, frozenset(attributes), frozenset(candidates)
    )


def missing(id_: str, section: str, title: str, why: str, advice: str, item: str, **attributes: str) -> LoadRule:
    """What the old release has loaded and the candidate has not, proved by one such `item`."""
    return rule("missing", id_, section, title, why, advice, witness=only_old(section, item, **attributes))
