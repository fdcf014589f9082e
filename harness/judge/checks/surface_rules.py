"""Rules about what AMI, AGI and ARI offer, and what they answer to who only reads."""

from __future__ import annotations

from collections.abc import Mapping

from harness.facts.inventory import Inventory
from harness.judge.checks.rule import LoadRule, LoadWitness, tiny
from harness.model import Attributes, Severity

__all__ = ["SURFACE_RULES"]

Items = Mapping[str, Mapping[str, Attributes]]

_USER: Items = {"AMI client": {"desk": {}}, "ARI client": {"wall": {}}}
_AGI = "[ Context 'in' created by 'x' ]\n  '1' =>            1. AGI(x.py)  [extensions.conf:2]"

_SEARCH = "Search the site's programs for it."
_FAILS = "A program that uses it fails."
_IGNORED = "Programs that ignore what they do not know do not notice."
_LOST = {
    "AMI action": ("ami/actions", "ami-action-gone", "The manager action {item} is gone"),
    "AMI argument": ("ami/actions", "ami-argument-gone", "The manager action takes no argument any more: {item}"),
    "AMI event": ("ami/events", "ami-event-gone", "The manager event {item} is documented no more"),
    "AMI event header": ("ami/events", "ami-event-header-gone", "The header is documented no more: {item}"),
    "AMI answer": ("ami/answers", "ami-answer-entry-gone", "{item} is not in the answer any more"),
    "AMI answer header": ("ami/answers", "ami-answer-header-gone", "The answer has no header any more: {item}"),
    "AGI command": ("agi/commands", "agi-command-gone", "The AGI command {item} is gone"),
    "ARI operation": ("ari/operations", "ari-operation-gone", "The ARI operation {item} is gone"),
    "ARI parameter": (
        "ari/operations",
        "ari-parameter-gone",
        "The operation takes no parameter any more: {item}",
    ),
    "ARI model": ("ari/models", "ari-model-gone", "The ARI model {item} is gone"),
    "ARI field": ("ari/models", "ari-model-field-gone", "The ARI model has no field any more: {item}"),
    "ARI answer": ("ari/answers", "ari-answer-entry-gone", "{item} is not in the answer any more"),
    "ARI answer field": ("ari/answers", "ari-answer-field-gone", "The answer has no field any more: {item}"),
}
_CHANGED = {
    "AMI action": ("ami-privilege-changed", Severity.REVIEW, "A user needs other rights for it than before."),
    "AMI argument": (
        "ami-argument-changed",
        Severity.BREAKING,
        "Who leaves it out is refused, or may now.",
    ),
    "AMI answer": ("ami-answer-changed", Severity.REVIEW, "A program that reads it sees another value."),
    "AGI command": (
        "agi-syntax-changed",
        Severity.BREAKING,
        "A script that says what it always said is refused.",
    ),
    "ARI operation": ("ari-operation-changed", Severity.REVIEW, "It answers something of another kind."),
    "ARI parameter": (
        "ari-parameter-changed",
        Severity.BREAKING,
        "What programs send may be refused.",
    ),
    "ARI field": (
        "ari-model-field-changed",
        Severity.BREAKING,
        "A program that calculates with it fails.",
    ),
    "ARI answer": ("ari-answer-changed", Severity.REVIEW, "A program that reads it sees another value."),
}
_FIRST = {"AMI argument": "AMI action", "AMI event header": "AMI event", "AMI answer header": "AMI action",
          "ARI field": "ARI model"}  # fmt: skip
_SIGNS = {"AMI argument": "x: ", "AMI event header": "x: ", "AMI answer header": "x E: ", "ARI field": "x."}


def _side(section: str, items: Mapping[str, Attributes]) -> Inventory:
    whole: Items = {_FIRST[section]: {"x": {}}} if section in _FIRST else {}
    return tiny({**_USER, **whole, section: items}, dialplan=_AGI)


def _item(section: str) -> str:
    return _SIGNS.get(section, "") + "one"


def _missing(section: str) -> LoadRule:
    check, id_, title = _LOST[section]
    return LoadRule(
        id=id_,
        title=title,
        severity=Severity.BREAKING,
        why=_FAILS,
        advice=_SEARCH,
        sections=frozenset({section}),
        kind="missing",
        witness=LoadWitness(check, _side(section, {_item(section): {}}), _side(section, {})),
    )


def _changed(section: str) -> LoadRule:
    check = _LOST[section][0]
    id_, severity, why = _CHANGED[section]
    before, after = ({_item(section): {"type": kind}} for kind in ("int", "string"))
    return LoadRule(
        id=id_,
        title="{item}: {attribute} is {candidate} instead of {old}",
        severity=severity,
        why=why,
        advice=_SEARCH,
        sections=frozenset({section}),
        kind="changed",
        witness=LoadWitness(check, _side(section, before), _side(section, after)),
    )


def _optional(section: str) -> LoadRule:
    check, id_, _ = _LOST[section]
    before, after = ({_item(section): {"required": needed}} for needed in ("yes", "no"))
    return LoadRule(
        id=id_.replace("-gone", "-optional"),
        title="{item} may be left out now",
        severity=Severity.ADDITIVE,
        why="Programs that give it are understood as before.",
        advice="Nothing to do.",
        sections=frozenset({section}),
        kind="changed",
        attributes=frozenset({"required"}),
        candidates=frozenset({"no"}),
        witness=LoadWitness(check, _side(section, before), _side(section, after)),
    )


def _added(section: str) -> LoadRule:
    check, id_, _ = _LOST[section]
    return LoadRule(
        id=id_.replace("-gone", "-new"),
        title="{section} new on the candidate: {candidate}",
        severity=Severity.ADDITIVE,
        why=_IGNORED,
        advice="Check programs that refuse what they do not know.",
        sections=frozenset({section}),
        kind="added",
        witness=LoadWitness(check, _side(section, {}), _side(section, {_item(section): {}})),
    )


def _without_users(section: str) -> LoadRule:
    check, id_, _ = _LOST[section]
    whole: Items = {_FIRST[section]: {"x": {}}} if section in _FIRST else {}
    return LoadRule(
        id=id_ + "-unused",
        title="{section} gone, and nothing of the site could use it: {old}",
        severity=Severity.INFO,
        why="The site has no user of its own for the interface, or its dialplan runs no AGI.",
        advice="Nothing to do.",
        sections=frozenset({section}),
        kind="unused",
        witness=LoadWitness(check, tiny({**whole, section: {_item(section): {}}}), tiny(whole)),
    )


SURFACE_RULES: tuple[LoadRule, ...] = (
    *map(_missing, _LOST),
    *map(_optional, ("AMI argument", "ARI parameter")),
    *map(_changed, _CHANGED),
    *map(_added, _LOST),
    *map(_without_users, _LOST),
)
"""For each kind of thing: gone, changed, new, and gone where nobody could use it."""
