"""What ties one change to an earlier one: a value it carries, a variable it reads, a call that it ends."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable, Iterator
from itertools import islice

from harness.judge.rules.rule import is_measured
from harness.model import ABSENT, Change, Held, Seconds, Thing, shown

__all__ = [
    "carries", "devices_of", "follows_a_call", "is_record", "is_told", "name_in", "texts_of", "values_of",
    "variables_of",
]  # fmt: skip

_READ = re.compile(r"\$\{(?P<variable>\w+)|(?P<function>[A-Z][A-Z0-9_]*)\(")
_VARIABLE = "VarSet "
# What is told of a call once it goes another way: it says nothing of its own.
_AFTERWARDS = frozenset(
    "Hangup HangupRequest SoftHangupRequest expectation MusicOnHoldStop Unhold BridgeLeave DialEnd RTP".split()
)
_RECORDS = frozenset({"cdr", "cel", "file"})
_WRITTEN = frozenset({"state", "file"})
_RECORDED = frozenset(
    "Disposition LastApplication LastData DestinationChannel Destination DestinationContext EndTime AnswerTime "
    "Duration BillableSeconds Extra.hangupcause Extra.dialstatus Extra.hangupsource".split()
)
_DEFAULTS = {"AMAFlags": "DOCUMENTATION"}
"""What a record has in a field that nothing has set."""
_STATES = frozenset({"lamp", "mailbox"})
_COLUMN = "Column "
"""Of a line of a file: what it holds is for the site to say."""
_PARTS = re.compile(r'["<>;,|]')
_SHORTEST = 2
_SEARCHED = 200
_VALUE = "Value"


def follows_a_call(change: Change) -> bool:
    """Whether a change tells how a call went on or ended, once something else had changed it."""
    if change.event in _AFTERWARDS or change.surface in _WRITTEN or change.part == "hears" or is_measured(change):
        return True
    told = not change.field or change.field in _RECORDED or change.field.startswith(_COLUMN)
    return change.surface in _RECORDS and told


def is_record(change: Change) -> bool:
    """Whether it is of a call's record, which is written when the call is over: when it came says nothing."""
    return change.surface in _RECORDS


def texts_of(change: Change) -> Iterator[str]:
    """All that is told on either side."""
    for side in change.sides:
        values = (value for _, value in side.fields) if isinstance(side, Thing) else (side,)
        yield from (_text(value) for value in values)


def is_told(change: Change, told: Iterable[str], *, skipped: bool = False) -> bool:
    """Whether the values of a record, as far as both are not alike, stand in these texts; one that nothing has set
    does.

    Where the candidate has `skipped` what old does, it keeps what it had before: then old's tell enough. Asterisk
    writes flags in capitals, whatever the dialplan has.
    """
    unset = {"", _DEFAULTS.get(change.field, "")}
    old, candidate = (set(map(str.strip, _PARTS.split(_text(side)))) - unset for side in change.sides)
    parts = (old - candidate if skipped else ()) or old ^ candidate
    folded = [text.casefold() for text in told]
    return all(any(part.casefold() in text for text in folded) for part in parts)


def values_of(change: Change) -> Iterator[tuple[str, str]]:
    """The pairs of values, old and candidate, that a change is about, and that are told again elsewhere."""
    old, candidate = change.sides
    if any(side is ABSENT or isinstance(side, Thing | Seconds) for side in change.sides):
        return
    pair = _text(old), _text(candidate)
    if pair[0] == pair[1]:
        return
    if any(len(text) >= _SHORTEST for text in pair):
        yield pair
    else:  # 0 and 1 stand for many things: what they are of belongs to them
        named = change.event if change.field == _VALUE else change.field
        yield f"{named}: {pair[0]}", f"{named}: {pair[1]}"


def carries(change: Change, pairs: Collection[tuple[str, str]]) -> bool:
    """Whether the change is one of these, or has it within: `sales-BUSY` where `BUSY` was `RINGING` before."""
    for own in values_of(change):
        if own in pairs:
            return True
        for old, candidate in islice(pairs, _SEARCHED):
            if old and own[0].replace(old, candidate) == own[1]:
                return True
    return False


def variables_of(change: Change) -> Iterator[str]:
    """The variable that a change is about, if it is one."""
    if change.event.startswith(_VARIABLE):
        yield change.event.removeprefix(_VARIABLE)


def devices_of(change: Change) -> Iterator[str]:
    """The device or mailbox whose state a change is about."""
    if change.surface in _STATES and change.subject:
        yield change.subject


def name_in(written: str, variables: Container[str], devices: Iterable[str]) -> str:
    """The first of these that a priority reads as it is written, or an empty text."""
    for match in _READ.finditer(written):
        if (name := match["variable"] or match["function"]) in variables:
            return name
    folded = written.casefold()
    return next((device for device in devices if device.casefold() in folded), "")


def _text(held: Held) -> str:
    return "" if isinstance(held, Thing) or held is ABSENT else shown(held)
