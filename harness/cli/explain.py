"""`harness explain`: what a rule finds, why that matters, and what to do."""

from __future__ import annotations

import argparse
from difflib import get_close_matches

from harness.cli.printing import DONE, Commands, paint
from harness.errors import SiteError

__all__ = ["add_commands"]


def add_commands(commands: Commands) -> None:
    """Declare the command."""
    explain = commands.add_parser("explain", help="say what a rule finds, why that matters, and what to do")
    explain.add_argument("rules", nargs="*", metavar="RULE", help="its id or a shell pattern; none: a line each")
    explain.set_defaults(command=_explain)


def _explain(options: argparse.Namespace) -> int:
    from harness.model import like
    from harness.report.explaining import every_rule, explained, overview

    if not options.rules:
        paint(overview())
        return DONE
    for pattern in options.rules:
        found = [rule for id_, rule in every_rule().items() if like(id_, pattern)]
        if not found:
            meant = get_close_matches(pattern, every_rule(), n=1)
            hint = f'did you mean "{meant[0]}"?' if meant else "`harness explain` lists them"
            raise SiteError(f"there is no rule {pattern!r}; {hint}")
        for rule in found:
            paint(explained(rule))
    return DONE
