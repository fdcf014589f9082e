"""CALLERPRES() → CALLERID(pres): the same values, of name and number together."""

from __future__ import annotations

import re

from harness.migrate.dialplan import steps_of
from harness.migrate.model import Change, Edit, Found, Subject, Witness

__all__ = ["CHANGE"]

_WHY = "CALLERPRES went in Asterisk 21: CALLERID(pres) does the same"
_FUNCTION = re.compile(r"(?<!\w)CALLERPRES\(\s*\)")


def _find(subject: Subject) -> Found:
    edits: list[Edit] = []
    for step in steps_of(subject):
        if step.column >= 0:
            for found in _FUNCTION.finditer(step.text):
                start, end = step.column + found.start(), step.column + found.end()
                edits.append(step.edit(start, end, "CALLERID(pres)", _WHY))
    return Found(tuple(edits), needs=frozenset({"func_callerid"} if edits else ()))


CHANGE = Change(
    "caller-presentation",
    _find,
    Witness(
        {"extensions.conf": "[a]\nexten => 1,1,Set(CALLERPRES()=prohib)\n same => n,NoOp(${CALLERPRES()})\n"},
        {"extensions.conf": "[a]\nexten => 1,1,Set(CALLERID(pres)=prohib)\n same => n,NoOp(${CALLERID(pres)})\n"},
    ),
)
