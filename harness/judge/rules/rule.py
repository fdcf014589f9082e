"""What a rule is: data that names a difference, says how much it weighs, why, and what to do."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from harness.model import Difference, Severity

__all__ = ["LogRule", "Match", "Rule", "Witness"]


@dataclass(frozen=True, slots=True)
class Witness:
    """Two tiny traces that prove a rule: comparing them fires it, comparing the first with itself does not.

    Each is text in the wire's form, blocks parted by an empty line: `Event:` for AMI, `Level:` for the log,
    `Name:` for a state asked after the scenario.
    """

    old: str
    candidate: str


@dataclass(frozen=True, slots=True)
class Match:
    """Which differences a rule is about. Shell patterns; `kinds` empty means any.

    `retyped` wants values of JSON of different types: a text on one side, a number on the other.
    """

    surface: str = "*"
    kinds: frozenset[str] = frozenset()
    event: str = "*"
    field: str = "*"
    layer: str = "*"
    candidate: str = "*"
    retyped: bool = False

    def __call__(self, difference: Difference) -> bool:
        return (
            (not self.kinds or difference.kind in self.kinds)
            and fnmatchcase(difference.surface, self.surface)
            and fnmatchcase(difference.event, self.event)
            and fnmatchcase(difference.field, self.field)
            and fnmatchcase(difference.layer, self.layer)
            and fnmatchcase(difference.candidate, self.candidate)
            and (not self.retyped or _type(difference.old) is not _type(difference.candidate))
        )


def _type(value: str) -> type:
    """The type of a leaf of JSON, as `leaves` writes it: what is no JSON is a text."""
    try:
        return type(json.loads(value))
    except ValueError:
        return str


@dataclass(frozen=True, slots=True)
class Rule:
    """A named kind of difference.

    `title` is a format string over `subject`, `event`, `field`, `old`, `candidate` and `name` (the last word
    of the event). `shared` means that the same thing in many scenarios is one finding (a header that is
    gone is gone everywhere): its fingerprint knows no scenario and no channel.
    """

    id: str
    title: str
    severity: Severity
    why: str
    advice: str
    match: Match
    witness: Witness
    shared: bool = False


@dataclass(frozen=True, slots=True)
class LogRule:
    """A line in the candidate's log that explains by itself why a call went another way.

    `pattern` finds the missing `thing`, and where the dialplan was if it says so (`extension`, `context`,
    `priority`). Other differences of the same scenario are its consequences.
    """

    id: str
    title: str
    severity: Severity
    why: str
    advice: str
    pattern: re.Pattern[str]
    witness: Witness
    replacements: dict[str, str] = field(default_factory=dict)

    def advise(self, thing: str) -> str:
        """What to do about this very thing, or the general advice."""
        return self.replacements.get(thing, self.advice.format(thing=thing))
