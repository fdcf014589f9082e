"""What a rule is: data that names a change, says how much it weighs, why, and what to do."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from harness.asterisk.volatile import is_of_technology, is_status
from harness.model import ABSENT, Change, ChangeKind, Held, Layer, Seconds, Severity

__all__ = [
    "ADDED",
    "CHANGED",
    "OTHER",
    "REMOVED",
    "LogRule",
    "Match",
    "NamedRule",
    "Rule",
    "Witness",
    "event_text",
    "is_filled",
    "is_measured",
    "is_of_chan_sip",
    "is_of_mechanism",
    "is_of_status",
    "is_retyped",
    "one_of",
]

REMOVED: frozenset[ChangeKind] = frozenset({"removed"})
ADDED: frozenset[ChangeKind] = frozenset({"added"})
CHANGED: frozenset[ChangeKind] = frozenset({"changed"})
OTHER: frozenset[ChangeKind] = frozenset({"changed", "moved"})
_ANY: frozenset[str] = frozenset()
_NOTHING: tuple[Held, ...] = ("", (), ABSENT)


@dataclass(frozen=True, slots=True)
class Witness:
    """Two tiny traces that prove a rule: comparing them fires it, comparing the first with itself does not.

    Each is text in the wire's form, blocks parted by an empty line: `Event:` for AMI, `Level:` for the log,
    `Name:` for a state asked after the scenario, `Written:` for what stands in a file.
    """

    old: str
    candidate: str


def event_text(name: str, *headers: str) -> str:
    """An event of one channel, for a witness."""
    return "\n".join((f"Event: {name}", "Channel: Local/9@x-0000000a;1\nUniqueid: 1.1", *headers))


@dataclass(frozen=True, slots=True)
class Match:
    """Which changes a rule is about, by what they are; an empty set means any.

    `events` are names of events, or what they begin with (`VarSet` for `VarSet DIALSTATUS`). `parts` are those of
    a program. `whole` asks for changes of the whole thing (True) or of one field (False). `candidate` is a
    condition on what the candidate has, `values` one on both sides.
    """

    surfaces: frozenset[str] = _ANY
    kinds: frozenset[ChangeKind] = frozenset()
    events: frozenset[str] = _ANY
    fields: frozenset[str] = _ANY
    parts: frozenset[str] = _ANY
    layer: Layer | None = None
    whole: bool | None = None
    candidate: Callable[[Held], bool] | None = None
    values: Callable[[Change], bool] | None = None

    def concerns(self, surface: str, kind: ChangeKind) -> bool:
        """Whether a change of that surface and kind could be meant: what rules are looked up by."""
        return (not self.surfaces or surface in self.surfaces) and (not self.kinds or kind in self.kinds)

    def __call__(self, change: Change) -> bool:
        return (
            self.concerns(change.surface, change.kind)
            and (not self.events or any(_is_of(change.event, name) for name in self.events))
            and (not self.fields or change.field in self.fields)
            and (not self.parts or change.part in self.parts)
            and self.layer in (None, change.layer)
            and self.whole in (None, not change.field)
            and (self.candidate is None or self.candidate(change.candidate))
            and (self.values is None or self.values(change))
        )


def _is_of(event: str, name: str) -> bool:
    return event == name or event.startswith(f"{name} ")


def is_measured(change: Change) -> bool:
    """Two durations."""
    return all(isinstance(side, Seconds) for side in change.sides)


def is_of_status(change: Change) -> bool:
    """About a variable that says how an application ended."""
    return is_status(change.event.rpartition(" ")[2])


def is_of_chan_sip(change: Change) -> bool:
    """About a variable that chan_sip sets by itself."""
    return is_of_technology(change.event.rpartition(" ")[2])


def is_of_mechanism(change: Change) -> bool:
    """About a variable that a mechanism of the dialplan leaves behind."""
    return not is_of_status(change)


def is_on_both(change: Change) -> bool:
    """About a thing that both sides have."""
    return ABSENT not in change.sides


def is_filled(change: Change) -> bool:
    """Something where nothing was: a text for an empty one, or a further line.

    What a variable holds is another matter: the dialplan and scripts decide by it.
    """
    empty, filled = change.old in _NOTHING, change.candidate not in _NOTHING
    return empty and filled and change.field.lower() != "value"


def is_retyped(change: Change) -> bool:
    """Values of JSON of different types: a text on one side, a number on the other."""
    return is_on_both(change) and _kind(change.old) is not _kind(change.candidate)


def _kind(held: Held) -> type:
    return float if type(held) is int else type(held)


def one_of(*values: str) -> Callable[[Held], bool]:
    """Whether a value is one of these."""
    return frozenset(values).__contains__


@dataclass(frozen=True, slots=True)
class NamedRule:
    """What all rules have: an id, the title of what they find, how much that weighs, why, and what to do about it.

    `title` is a template of the words that the kind of rule has.
    """

    id: str
    title: str
    severity: Severity
    why: str
    advice: str


@dataclass(frozen=True, slots=True)
class Rule(NamedRule):
    """A named kind of change, with a title as in `words.title_of`.

    `shared` means that the same thing in many scenarios is one finding (a header that is gone is gone everywhere):
    its fingerprint knows no scenario and no channel.
    """

    match: Match
    witness: Witness
    shared: bool = False


@dataclass(frozen=True, slots=True)
class LogRule(NamedRule):
    """A line in the candidate's log that explains by itself why a call went another way.

    `pattern` finds the missing `thing`, which is of the kind `about`, and where the dialplan was if it says so
    (`extension`, `context`, `priority`). Other changes of the same scenario are its consequences.
    """

    pattern: re.Pattern[str]
    about: str
    witness: Witness
    replacements: dict[str, str] = field(default_factory=dict)

    def advise(self, thing: str) -> str:
        """What to do about this very thing, or the general advice."""
        return self.replacements.get(thing, self.advice.format(thing=thing))
