"""What `[severity]` in site.toml may name."""

from __future__ import annotations

from harness.judge.checks.judging import LOAD_RULES
from harness.judge.checks.rollback import ROLLBACK_RULE
from harness.judge.circle import CIRCLE_RULE
from harness.judge.judging import ENDING_RULES
from harness.judge.prompts import PROMPT_RULE
from harness.judge.rules import CAUSES, RULES
from harness.judge.rules.ami import UNHEARD

__all__ = ["RULE_IDS"]

_OWN = (*ENDING_RULES, CIRCLE_RULE, PROMPT_RULE, ROLLBACK_RULE, UNHEARD.id)
RULE_IDS = frozenset((*_OWN, *(r.id for r in CAUSES), *(r.id for r in RULES), *(r.id for r in LOAD_RULES)))
"""The rules, and what the play and the way back are judged by."""
