"""What stays the same of a finding from run to run: nothing measured, counted, random or numbered."""

from __future__ import annotations

import hashlib
import re

from harness.judge.evidence import Volatile
from harness.judge.normalise.catalogue import are_alike, field_layer
from harness.judge.rules import Rule
from harness.model import ABSENT, Change, Held, Locus, Seconds, Severity, Thing, Value, shown, without_ids

__all__ = ["fingerprint", "fingerprint_of"]

_NUMBER = re.compile(r"\d+")


def fingerprint(*parts: str) -> str:
    """Twelve hex digits that stay the same from run to run for the same finding."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def fingerprint_of(rule: Rule, scenario: str, change: Change, volatile: Volatile) -> str:
    """The fingerprint of a change that a rule has named.

    It leaves out what differs between plays of one release (`volatile`).
    """
    if rule.shared:
        return fingerprint(rule.id, change.locus[2], change.field)
    if rule.severity is Severity.INFO and change.layer == "path":
        return fingerprint(rule.id, scenario)  # one line for a scenario says it all
    if change.surface == "log":
        return fingerprint(rule.id, change.kind, change.log_line)
    values = (_of_side(change, change.old, volatile.old), _of_side(change, change.candidate, volatile.candidate))
    return fingerprint(rule.id, scenario, change.kind, *change.locus[:3], change.field, *values)


def _of_side(change: Change, held: Held, random: frozenset[Locus]) -> str:
    if held is ABSENT:
        return "absent"
    if not isinstance(held, Thing):
        return "" if change.locus in random else _stable(change.event, change.field, held)
    thing = change.locus[:3]
    return "\0".join(
        f"{name}={_stable(change.event, name, value)}"
        for name, value in held.fields
        if (*thing, name) not in random and field_layer(change.surface, name, change.layer) == change.layer
    )


def _stable(event: str, name: str, value: Value) -> str:
    """A value without what is measured; of values that stand for the same, always the same one."""
    if isinstance(value, Seconds):
        return "measured"
    text = without_ids(shown(value))
    return "alike" if are_alike(event, name, (text,)) else text
