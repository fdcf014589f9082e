"""What one release has, whatever a site makes of it: kind → item → attributes, and its sample files.

Taken by `harness.ask.release`; two of them are compared by `harness.judge.research.release_changes`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from harness.facts.inventory import Listing
from harness.model import Attributes

__all__ = ["KINDS", "SCHEMA", "FactKind", "ReleaseFacts", "both_bring", "tiny_release", "whole_of"]

SCHEMA = 4
"""Grows when what is read of a release changes, so that what was kept before is read anew."""


@dataclass(frozen=True, slots=True)
class FactKind:
    """One kind of thing that a release has.

    `whole` is the kind that its items are parts of (`Dial: timeout`). `exact`: upper and lower case are told
    apart (`Dial: g`, `Dial: G`); elsewhere Asterisk itself does not.
    """

    name: str
    plural: str
    whole: str = ""
    exact: bool = False

    def key(self, item: str) -> str:
        """What two names of the same thing have in common."""
        return item if self.exact else item.lower()


KINDS: tuple[FactKind, ...] = (
    FactKind("module", "modules"),
    FactKind("application", "applications"),
    FactKind("application argument", "arguments of applications", "application"),
    FactKind("application option", "options of applications", "application", exact=True),
    FactKind("function", "functions"),
    FactKind("function argument", "arguments of functions", "function"),
    FactKind("function value", "words that functions take", "function"),
    FactKind("technology", "channel technologies"),
    FactKind("AMI action", "AMI actions"),
    FactKind("AMI argument", "arguments of AMI actions", "AMI action"),
    FactKind("AMI event", "AMI events"),
    FactKind("AMI event header", "headers of AMI events", "AMI event"),
    FactKind("AGI command", "AGI commands"),
    FactKind("ARI operation", "ARI operations"),
    FactKind("ARI parameter", "parameters of ARI operations", "ARI operation"),
    FactKind("ARI model", "ARI models"),
    FactKind("ARI field", "fields of ARI models", "ARI model"),
    FactKind("CLI command", "CLI commands"),
    FactKind("codec", "codecs"),
    FactKind("file format", "file formats"),
    FactKind("config object", "configuration objects"),
    FactKind("config option", "configuration options", "config object"),
    FactKind("sample file", "sample files"),
    FactKind("sample option", "options in sample files", "sample file"),
    FactKind("build option", "build options"),
    FactKind("left out", "modules that the build leaves out"),
    FactKind("sound", "sounds"),
)
"""Everything that is read of a release, in the order in which a person wants to know of it."""

_ENDS = {"ARI field": "."}


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """What a release has. `digest` is the id of its image; a kind that could not be read has a problem.

    `samples` are the sample configuration files that came with it, by the name they have in /etc/asterisk, `notes`
    the files of its documentation that tell of changes, by their name. `old_languages` are codes of languages that
    it knows and that are no standard ones, with what to use instead.
    """

    version: str
    digest: str = ""
    spec: str = ""
    sections: Mapping[str, Listing] = field(default_factory=dict)
    samples: Mapping[str, str] = field(default_factory=dict, repr=False)
    notes: Mapping[str, str] = field(default_factory=dict, repr=False)
    old_languages: Mapping[str, str] = field(default_factory=dict)

    def section(self, kind: str) -> Listing:
        """All items of a kind; one that was never asked for has a problem instead."""
        return self.sections.get(kind) or Listing(problem="was not asked")

    def names(self, kind: str) -> tuple[str, ...]:
        """Names of all items of a kind, sorted."""
        return tuple(sorted(self.section(kind).items))

    def parts(self, kind: str) -> Mapping[str, Mapping[str, Attributes]]:
        """Items of a kind by what they are parts of, in lower case, and their own name.

        Of `application option`: `dial` → `G` → attributes.
        """
        found: dict[str, dict[str, Attributes]] = {}
        for item, about in self.section(kind).items.items():
            whole = whole_of(kind, item)
            found.setdefault(whole.lower(), {})[item[len(whole) :].lstrip(":. ")] = about
        return found


def both_bring(old: ReleaseFacts, candidate: ReleaseFacts) -> tuple[ReleaseFacts, ReleaseFacts, tuple[str, ...]]:
    """The releases without what the image of either does not bring, and a line for each thing that is left out."""
    lacking = {
        kind: next(each for each in (old, candidate) if each.section(kind).is_not_brought)
        for kind in (kind.name for kind in KINDS)
        if any(each.section(kind).is_not_brought for each in (old, candidate))
    }
    empty = dict.fromkeys(lacking, Listing())
    said: dict[str, list[str]] = {}
    for kind, side in lacking.items():
        said.setdefault(f"{side.spec}: {side.section(kind).problem}", []).append(kind)
    lines = tuple(f"{problem} ({', '.join(kinds)})" for problem, kinds in said.items())
    old, candidate = (replace(each, sections={**each.sections, **empty}) for each in (old, candidate))
    return old, candidate, lines


def tiny_release(
    sections: Mapping[str, Mapping[str, Attributes]] | None = None,
    *,
    version: str = "0",
    samples: Mapping[str, str] | None = None,
) -> ReleaseFacts:
    """A release of a few things, for tests and witnesses; every kind that is not given is there and empty."""
    given = sections or {}
    return ReleaseFacts(
        version, "", "", {kind.name: Listing(given.get(kind.name, {})) for kind in KINDS}, samples or {}
    )


def whole_of(kind: str, item: str) -> str:
    """The name of what an item is a part of: `Dial` of `Dial: timeout`."""
    return item.partition(_ENDS.get(kind, ": "))[0]
