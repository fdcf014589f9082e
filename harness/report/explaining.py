"""Every rule with what it finds, why that matters, what to do and an example: `harness explain`, docs/rules.md."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import zip_longest
from operator import attrgetter

from harness.facts.inventory import Inventory
from harness.judge.checks.rule import LoadRule, LoadWitness
from harness.judge.rule_ids import ALL_RULES
from harness.judge.rules.rule import LogRule, NamedRule, Rule
from harness.model import Severity
from harness.report.terminal import Line
from harness.report.text import wrap

__all__ = ["every_rule", "explained", "overview", "rules_page"]

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@cache
def every_rule() -> Mapping[str, NamedRule]:
    """All rules by id, in order."""
    return {rule.id: rule for rule in sorted(ALL_RULES, key=attrgetter("id"))}


def overview() -> Iterator[Line]:
    """A line a rule."""
    for rule in every_rule().values():
        yield Line(f"{rule.severity:<9} {rule.id:<34} {_plain(rule.title)}")


def explained(rule: NamedRule) -> Iterator[Line]:
    """One rule, whole."""
    yield Line(f"{rule.id} ({rule.severity})", "title")
    fields = (("finds", _plain(rule.title)), ("why", _plain(rule.why)), ("do", _plain(rule.advice)))
    for label, text in fields:
        yield from (Line(line) for line in wrap(text, indent="  ", label=f"{label:<9}  "))
    yield from (Line(f"  {label:<9}  {line}", "dim") for label, line in _labelled(rule))


def rules_page() -> str:
    """All rules as a page of the documentation."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield "# Rules"
    yield ""
    yield "What the harness finds, as `harness explain RULE` prints it. `[severity]` in site.toml weighs a rule"
    yield "otherwise, `waivers.yaml` accepts what it finds (docs/site.md). Examples are those of the tests: two"
    yield "tiny traces or inventories."
    for severity in Severity:
        yield from ("", f"## {severity}")
        for rule in every_rule().values():
            if rule.severity is severity:
                yield from _entry(rule)


def _entry(rule: NamedRule) -> Iterator[str]:
    yield from ("", f"### {rule.id}", "", f"{_plain(rule.title)}. {_plain(rule.why)}", "")
    yield f"*Do:* {_plain(rule.advice)}"
    if example := list(_labelled(rule)):
        yield from ("", "```", *(f"{label:<9}  {line}".rstrip() for label, line in example), "```")


def _labelled(rule: NamedRule) -> Iterator[tuple[str, str]]:
    """Its example, each line with its side before the first; nothing where it has none."""
    sides = _example(rule)
    if any(sides):
        for label, lines in zip(("old", "candidate"), sides, strict=True):
            yield from zip_longest((label,), lines or ["(nothing)"], fillvalue="")


def _plain(template: str) -> str:
    return _PLACEHOLDER.sub(r"<\1>", template)


def _example(rule: NamedRule) -> tuple[list[str], list[str]]:
    """What is seen on the old release and on the candidate where the rule finds something."""
    if isinstance(rule, Rule | LogRule):
        return rule.witness.old.splitlines(), rule.witness.candidate.splitlines()
    if isinstance(rule, LoadRule):
        return _different(rule.witness)
    return [], []


def _different(witness: LoadWitness) -> tuple[list[str], list[str]]:
    old, candidate = (set(_told(side)) for side in (witness.old, witness.candidate))
    return sorted(old - candidate), sorted(candidate - old)


def _told(inventory: Inventory) -> Iterator[str]:
    """A line a thing: `endpoint 101, context: phones`."""
    for section, listing in inventory.sections.items():
        for item, attributes in listing.items.items():
            yield ", ".join((f"{section} {item}", *(f"{name}: {value}" for name, value in attributes.items())))
        if listing.problem:
            yield f"{section}: {listing.problem}"
    for name, text in inventory.files.items():
        yield from (f"{name}: {line}" for line in text.splitlines() if line.strip())
    for line in inventory.log:
        yield f"log {line.level}: {line.message}"
