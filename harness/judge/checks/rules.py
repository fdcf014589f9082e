"""Rules about load: what the old release had in force and the candidate has not. The first match names it."""

from __future__ import annotations

from harness.judge.checks.changed_rules import CHANGED, LOG
from harness.judge.checks.client_rules import CLIENT_RULES
from harness.judge.checks.database_rules import DATABASE_RULES
from harness.judge.checks.missing_rules import MISSING
from harness.judge.checks.option_rules import OPTION_RULES
from harness.judge.checks.rest_rules import REST
from harness.judge.checks.rule import LoadRule
from harness.judge.checks.surface_rules import SURFACE_RULES
from harness.judge.checks.use_rules import MODULES, USES

__all__ = ["LOAD_RULES"]

LOAD_RULES: tuple[LoadRule, ...] = (
    *DATABASE_RULES,
    *MODULES,
    *USES,
    *MISSING,
    *CHANGED,
    *LOG,
    *REST,
    *SURFACE_RULES,
    *CLIENT_RULES,
    *OPTION_RULES,
)
"""All of them; each kind of change has exactly one."""
