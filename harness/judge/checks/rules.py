"""Rules about load: what the old release had in force and the candidate has not. The first match names it."""

from __future__ import annotations

from harness.judge.checks.config_rules import CONFIG_RULES
from harness.judge.checks.database_rules import DATABASE_RULES
from harness.judge.checks.option_rules import OPTION_RULES
from harness.judge.checks.rule import LoadRule
from harness.judge.checks.surface_rules import SURFACE_RULES
from harness.judge.checks.use_rules import USE_RULES

__all__ = ["LOAD_RULES"]

LOAD_RULES: tuple[LoadRule, ...] = (
    *DATABASE_RULES, *USE_RULES, *CONFIG_RULES, *SURFACE_RULES, *OPTION_RULES,
)  # fmt: skip
"""All of them; each kind of change has exactly one."""
