"""Rules: data that names differences. The first that matches names it.

One module for each surface; each rule carries a pair of tiny traces that proves it.
"""

from __future__ import annotations

from harness.judge.rules import agi, ami, app, ari, call, log, records
from harness.judge.rules.log import CAUSES
from harness.judge.rules.rule import LogRule, Match, Rule, Witness

__all__ = ["CAUSES", "RULES", "LogRule", "Match", "Rule", "Witness"]

RULES: tuple[Rule, ...] = (
    *call.FIRST,
    *agi.RULES,
    *app.RULES,
    *ari.RULES,
    *ami.HEADER_RULES,
    *log.RULES,
    *records.RULES,
    *call.RULES,
    *ami.RULES,
)
