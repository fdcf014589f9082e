"""Rules about what AMI, AGI and ARI offer and answer, and about what the site's users may do and are told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from harness.facts.inventory import Inventory
from harness.judge.checks.rule import LoadRule, LoadWitness, rule, tiny, values
from harness.judge.checks.surfaces import OFFERS, WHOLES
from harness.model import Attributes, Severity

__all__ = ["SURFACE_RULES"]

_ACCEPTED = "Authentication accepted"
_Items = Mapping[str, Mapping[str, Attributes]]

_USERS: _Items = {"AMI client": {"desk": {}}, "ARI client": {"wall": {}}}
_PROGRAM = {"apps/desk.py": "'action: x', 'event: x', 'x', 'one', one(), /one"}
_AGI = "[ Context 'in' created by 'x' ]\n  '1' =>            1. AGI(x.py)  [extensions.conf:2]"
_SEARCH = "Search the site's programs for it."
_READS = "A program that reads it sees another value."
_OFFERED = (
    ("AMI action", "ami-action", "The manager action {item} is gone"),
    ("AMI argument", "ami-argument", "The manager action takes no argument any more: {item}"),
    ("AMI event", "ami-event", "The manager event {item} is documented no more"),
    ("AMI event header", "ami-event-header", "The header is documented no more: {item}"),
    ("AMI answer", "ami-answer-entry", "{item} is not in the answer any more"),
    ("AMI answer header", "ami-answer-header", "The answer has no header any more: {item}"),
    ("AGI command", "agi-command", "The AGI command {item} is gone"),
    ("ARI operation", "ari-operation", "The ARI operation {item} is gone"),
    ("ARI parameter", "ari-parameter", "The operation takes no parameter any more: {item}"),
    ("ARI model", "ari-model", "The ARI model {item} is gone"),
    ("ARI field", "ari-model-field", "The ARI model has no field any more: {item}"),
    ("ARI answer", "ari-answer-entry", "{item} is not in the answer any more"),
    ("ARI answer field", "ari-answer-field", "The answer has no field any more: {item}"),
)
_CHANGED = (
    ("AMI action", "ami-privilege", Severity.REVIEW, "A user needs other rights for it than before."),
    ("AMI argument", "ami-argument", Severity.BREAKING, "Who leaves it out is refused, or may now."),
    ("AMI event", "ami-event-class", Severity.REVIEW, "Other users are told of it than before."),
    ("AMI answer", "ami-answer", Severity.REVIEW, _READS),
    ("AGI command", "agi-syntax", Severity.BREAKING, "A script that says what it always said is refused."),
    ("ARI operation", "ari-operation", Severity.REVIEW, "It answers something of another kind."),
    ("ARI parameter", "ari-parameter", Severity.BREAKING, "What programs send may be refused."),
    ("ARI field", "ari-model-field", Severity.BREAKING, "A program that calculates with it fails."),
    ("ARI answer", "ari-answer", Severity.REVIEW, _READS),
)
# How an item begins that belongs to another, `x`.
_OF_X = {"AMI argument": "x: ", "AMI event header": "x: ", "AMI answer header": "x E: ", "ARI field": "x."}


def _witness(section: str, old: Attributes | None, candidate: Attributes | None) -> LoadWitness:
    """One item with these attributes, or without it where there are none; both sides have users and an AGI."""
    return LoadWitness(_side(section, old), _side(section, candidate))


def _side(section: str, attributes: Attributes | None, users: _Items = _USERS, dialplan: str = _AGI) -> Inventory:
    whole: _Items = {WHOLES[section]: {"x": {}}} if section in WHOLES else {}
    items = {} if attributes is None else {f"{_OF_X.get(section, '')}one": attributes}
    return replace(tiny({**users, **whole, section: items}, dialplan=dialplan), programs=_PROGRAM if users else {})


def _offer_rules(section: str, id_: str, title: str) -> Iterator[LoadRule]:
    """A thing is gone, or is new."""
    yield rule("missing", f"{id_}-gone", section, title, "A program that uses it fails.", _SEARCH,
               witness=_witness(section, {}, None))  # fmt: skip
    yield rule("added", f"{id_}-new", section, "{section} new on the candidate: {candidate}",
               "Programs that ignore what they do not know do not notice.",
               "Check programs that refuse what they do not know.",
               witness=_witness(section, None, {}))  # fmt: skip


def _change_rule(section: str, id_: str, severity: Severity, why: str) -> LoadRule:
    return rule("changed", f"{id_}-changed", section, "{item}: {attribute} is {candidate} instead of {old}", why,
                _SEARCH, severity=severity,
                witness=_witness(section, {"type": "int"}, {"type": "string"}))  # fmt: skip


def _optional_rule(section: str, id_: str) -> LoadRule:
    return rule("changed", f"{id_}-optional", section, "{item} may be left out now",
                "Programs that give it are understood as before.",
                severity=Severity.ADDITIVE, attributes=["required"], candidates=["no"],
                witness=_witness(section, {"required": "yes"}, {"required": "no"}))  # fmt: skip


_IN: _Items = {"AMI login": {"desk": {"login": _ACCEPTED}}, "AMI heard": {"Hangup": {}, "Cdr": {}}}
_HANGUPS: _Items = {**_IN, "AMI told": {"desk: Hangup": {}}}
_BOTH: _Items = {**_IN, "AMI told": {"desk: Cdr": {}, "desk: Hangup": {}}}
_LOGIN = "Check deny, permit, acl and secret of the user in manager.conf."

_CLIENTS = (
    rule("changed", "ami-login-admitted", "AMI login", "The manager user {item} is let in on the candidate only",
         "Who was kept out is let in: an access list or a password is read otherwise.", _LOGIN,
         candidates=[_ACCEPTED], witness=values("AMI login", "desk", "login", "Authentication failed", _ACCEPTED)),
    rule("changed", "ami-login-refused", "AMI login",
         "The manager user {item} cannot log in any more: {candidate}",
         "Every program of the site that uses this login fails.", _LOGIN, severity=Severity.BREAKING,
         witness=values("AMI login", "desk", "login", _ACCEPTED, "Authentication failed")),
    rule("missing", "ami-event-not-let-through", "AMI told",
         "A manager user is not told of this any more, though it happens: {item}",
         "The user's event filter or its read permission holds back what it let through before.",
         "Check read and eventfilter of the user in manager.conf.",
         witness=LoadWitness(tiny(_BOTH), tiny(_HANGUPS))),
    rule("added", "ami-event-let-through", "AMI told",
         "Manager users are told what was held back before: {candidate}",
         "An event filter or a permission lets more through than before.",
         "Check that the programs can take it.", witness=LoadWitness(tiny(_HANGUPS), tiny(_BOTH))),
    rule("changed", "ari-right-lost", "ARI right",
         "The ARI user's right is refused now: {item} is answered {candidate} instead of {old}",
         "Programs that use this login fail.", "Check password and read_only of the user in ari.conf.",
         severity=Severity.BREAKING, candidates=["401", "403", "405"],
         witness=values("ARI right", "wall may read", "status", "200", "401")),
    rule("changed", "ari-right-changed", "ARI right", "{item} is answered {candidate} instead of {old}",
         "An ARI user may do what it could not, or is answered otherwise.",
         "Check read_only of the user in ari.conf.",
         witness=values("ARI right", "wall may write", "status", "403", "404")),
)  # fmt: skip

_UNUSED = rule(
    "unused", "offer-gone-unused", OFFERS,
    "Gone or otherwise, and used by nothing of the site: {old}",
    "No program of the site that we have names it, or none of its users is let do it or told it.",
    "Nothing to do; search programs that are not part of the site for these names.",
    witness=LoadWitness(_side("AMI action", {}, {}, ""), _side("AMI action", None, {}, "")),
)  # fmt: skip

SURFACE_RULES: tuple[LoadRule, ...] = (
    *(each for row in _OFFERED for each in _offer_rules(*row)),
    _optional_rule("AMI argument", "ami-argument"),
    _optional_rule("ARI parameter", "ari-parameter"),
    *(_change_rule(*row) for row in _CHANGED),
    *_CLIENTS,
    _UNUSED,
)
"""The first that matches names a change."""
