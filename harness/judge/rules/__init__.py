"""Rules: data that names differences. The first that matches names it.

One module for each surface; each rule carries a pair of tiny traces that proves it.
"""

from __future__ import annotations

from functools import cache

from harness.judge.rules import agi, ami, app, ari, call, dialplan, files, lamps, log, queue, records
from harness.judge.rules.log import CAUSES
from harness.judge.rules.rule import LogRule, Match, Rule, Witness
from harness.model import Change, ChangeKind

__all__ = ["CAUSES", "CERTAIN", "RULES", "LogRule", "Match", "Rule", "Witness", "rule_for"]

RULES: tuple[Rule, ...] = (
    *call.FIRST,
    *agi.RULES,
    *app.RULES,
    *ari.RULES,
    *files.RULES,
    *ami.HEADER_RULES,
    *log.RULES,
    *records.RULES,
    *lamps.RULES,
    *dialplan.RULES,
    *queue.RULES,
    *call.RULES,
    *ami.RULES,
)


CERTAIN = frozenset(rule.id for rule in CAUSES)
"""The ids of the rules that say by themselves what is missing: no replay changes that."""


def rule_for(change: Change) -> Rule:
    """The first rule that names a change; the last rule names all that is left."""
    return next(rule for rule in _rules_about(change.surface, change.kind) if rule.match(change))


@cache
def _rules_about(surface: str, kind: ChangeKind) -> tuple[Rule, ...]:
    return tuple(rule for rule in RULES if rule.match.concerns(surface, kind))
