"""Rules about load: what the old release had in force and the candidate has not. The first match names it."""

from __future__ import annotations

from harness.compare.rules.load_changed import CHANGED, LOG
from harness.compare.rules.load_clients import CLIENT_RULES
from harness.compare.rules.load_databases import DATABASE_RULES
from harness.compare.rules.load_missing import MISSING
from harness.compare.rules.load_options import OPTION_RULES
from harness.compare.rules.load_rest import REST
from harness.compare.rules.load_rule import LoadRule
from harness.compare.rules.load_surfaces import SURFACE_RULES
from harness.compare.rules.load_uses import MODULES, USES

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
