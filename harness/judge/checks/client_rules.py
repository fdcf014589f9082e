"""Rules about what the site's own manager and ARI users may do, and are told."""

from __future__ import annotations

from collections.abc import Mapping

from harness.judge.checks.rule import LoadRule, LoadWitness, other, tiny
from harness.model import Attributes, Severity

__all__ = ["ACCEPTED", "CLIENT_RULES"]

ACCEPTED = "Authentication accepted"
_Items = Mapping[str, Mapping[str, Attributes]]
_IN: _Items = {"AMI login": {"desk": {"login": ACCEPTED}}, "AMI heard": {"Hangup": {}, "Cdr": {}}}
_HANGUPS: _Items = {**_IN, "AMI told": {"desk: Hangup": {}}}
_BOTH: _Items = {**_IN, "AMI told": {"desk: Cdr": {}, "desk: Hangup": {}}}

CLIENT_RULES = (
    LoadRule(
        id="ami-login-admitted",
        title="The manager user {item} is let in on the candidate only",
        severity=Severity.REVIEW,
        why="Who was kept out is let in: an access list or a password is read otherwise.",
        advice="Check deny, permit, acl and secret of the user in manager.conf.",
        sections=frozenset({"AMI login"}),
        kind="changed",
        candidates=frozenset({ACCEPTED}),
        witness=other("AMI login", "desk", "login", "Authentication failed", ACCEPTED, check="ami/users"),
    ),
    LoadRule(
        id="ami-login-refused",
        title="The manager user {item} cannot log in any more: {candidate}",
        severity=Severity.BREAKING,
        why="Every program of the site that uses this login fails.",
        advice="Check deny, permit, acl and secret of the user in manager.conf.",
        sections=frozenset({"AMI login"}),
        kind="changed",
        witness=other("AMI login", "desk", "login", ACCEPTED, "Authentication failed", check="ami/users"),
    ),
    LoadRule(
        id="ami-event-not-let-through",
        title="A manager user is not told of this any more, though it happens: {item}",
        severity=Severity.BREAKING,
        why="The user's event filter or its read permission holds back what it let through before.",
        advice="Check read and eventfilter of the user in manager.conf.",
        sections=frozenset({"AMI told"}),
        kind="missing",
        witness=LoadWitness("ami/users", tiny(_BOTH), tiny(_HANGUPS)),
    ),
    LoadRule(
        id="ami-event-let-through",
        title="Manager users are told what was held back before: {candidate}",
        severity=Severity.ADDITIVE,
        why="An event filter or a permission lets more through than before.",
        advice="Check that the programs can take it.",
        sections=frozenset({"AMI told"}),
        kind="added",
        witness=LoadWitness("ami/users", tiny(_HANGUPS), tiny(_BOTH)),
    ),
    LoadRule(
        id="ari-right-lost",
        title="The ARI user's right is refused now: {item} is answered {candidate} instead of {old}",
        severity=Severity.BREAKING,
        why="Programs that use this login fail.",
        advice="Check password and read_only of the user in ari.conf.",
        sections=frozenset({"ARI right"}),
        kind="changed",
        candidates=frozenset({"401", "403", "405"}),
        witness=other("ARI right", "wall may read", "status", "200", "401", check="ari/users"),
    ),
    LoadRule(
        id="ari-right-changed",
        title="{item} is answered {candidate} instead of {old}",
        severity=Severity.REVIEW,
        why="An ARI user may do what it could not, or is answered otherwise.",
        advice="Check read_only of the user in ari.conf.",
        sections=frozenset({"ARI right"}),
        kind="changed",
        witness=other("ARI right", "wall may write", "status", "403", "404", check="ari/users"),
    ),
)
"""The first that matches names a change."""
