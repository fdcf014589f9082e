"""All rules, and what `[severity]` in site.toml may name."""

from __future__ import annotations

from harness.judge.checks.judging import LOAD_RULES
from harness.judge.checks.rollback import ROLLBACK_RULE
from harness.judge.circle import CIRCLE_RULE
from harness.judge.judging import ENDING_RULES
from harness.judge.prompts import PROMPT_RULE
from harness.judge.rules import CAUSES, RULES
from harness.judge.rules.ami import UNHEARD
from harness.judge.rules.rule import NamedRule

__all__ = ["ALL_RULES", "RULE_IDS"]

ALL_RULES: tuple[NamedRule, ...] = (
    *ENDING_RULES, CIRCLE_RULE, PROMPT_RULE, ROLLBACK_RULE, UNHEARD, *CAUSES, *RULES, *LOAD_RULES,
)  # fmt: skip
"""Those about changes, and what the play and the way back are judged by."""
RULE_IDS = frozenset(rule.id for rule in ALL_RULES)
