"""What production had loaded and in force, as `harness collect` asked it, as an inventory. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from harness.ask.answers import sections_of
from harness.asterisk.cli_tables import clean
from harness.asterisk.dialplan.show import parse_dialplan
from harness.facts.inventory import Inventory

__all__ = ["production_inventory"]

_MARK = "\x1e"
_VERSION = re.compile(r"^Asterisk (?:GIT-)?(?P<version>\S+) built", re.MULTILINE)


def production_inventory(text: str) -> Inventory:
    """The inventory of what `harness collect` keeps: a line with the byte 036 and a command, then the answer.

    It has neither files nor a log, and what was not asked is a section with a problem.
    """
    answers = _answers(text)
    dialplan = parse_dialplan(answers.get("dialplan show", ""), variables=answers.get("dialplan show globals", ""))
    found = _VERSION.search(answers.get("core show version", ""))
    return Inventory(sections_of(answers, dialplan), dialplan, version=found["version"] if found else "")


def _answers(text: str) -> Mapping[str, str]:
    parts = (part.partition("\n") for part in text.split(_MARK)[1:])
    return {command: clean(answer) for command, _, answer in parts}
