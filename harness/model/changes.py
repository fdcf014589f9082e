"""What differs between two traces, as a value: its kind, both sides, and where each came from."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Literal, TypeGuard

import msgspec

from harness.model.values import Fields, Value

__all__ = [
    "ABSENT",
    "Change",
    "ChangeKind",
    "Held",
    "Layer",
    "Locus",
    "Spot",
    "Thing",
    "held_value",
    "is_there",
    "without_ids",
    "without_numbers",
]

ABSENT: Final = msgspec.UNSET
"""Nothing on that side: neither an empty text nor null."""

ChangeKind = Literal["removed", "added", "changed", "moved"]
Layer = Literal["effect", "path"]
Spot = tuple[str, str, str]
"""Context, extension and priority."""
Locus = tuple[str, str, str, str]

_ID = re.compile(r"(?<![^\W_])(?=\d*[a-f])(?=[a-f]*\d)[0-9a-f]{8,}(?![^\W_])")
_IDS = re.compile(r"\b(?=[a-f]*\d)[0-9a-f]{6,}\b|\d+")


class Thing(msgspec.Struct, frozen=True, tag="thing"):
    """Something whole, by what it holds: an event, a record, a request. Without fields: that it is there."""

    fields: Fields = ()

    def get(self, name: str) -> Value | msgspec.UnsetType:
        """The first value of a field."""
        return next((value for field, value in self.fields if field == name), ABSENT)


Held = Value | Thing | msgspec.UnsetType
"""What one side has: a value, a whole thing, or nothing (`ABSENT`)."""


class Change(msgspec.Struct, frozen=True):
    """One aligned mismatch between two traces.

    `surface` is what a person would look at (`dialplan`, `call`, `cdr`, `cel`, `ami`, `log`, `expectation`).
    `layer` tells effect from path. `subject` is an alias (`caller`, `PJSIP/101`), `event` the kind of thing
    (`Hangup`, `VarSet DIALSTATUS`), `part` what a program of the site has to do with it (`asks`, `answers`,
    `gets`, `hears`, `exited`). `field` is the header, empty when it is about the whole thing, which is then what
    `old` and `candidate` hold. `seen` are the numbers of the observations in the traces of old and candidate, -1
    where there is none; `spots` is where in the dialplan either was, in the channel `runner`. `at` is
    the line that differs in a text of several, counted on the old release, else -1.
    """

    surface: str
    layer: Layer
    kind: ChangeKind
    subject: str
    event: str
    field: str = ""
    part: str = ""
    old: Held = ABSENT
    candidate: Held = ABSENT
    seen: tuple[int, int] = (-1, -1)
    spots: tuple[Spot | None, Spot | None] = (None, None)
    runner: str = ""
    at: int = -1

    @property
    def spot(self) -> Spot | None:
        """Where it was seen first: on the old release, unless only the candidate has it."""
        return self.spots[1 if self.kind == "added" else 0]

    @property
    def about(self) -> str:
        """Event and field in one: `Hangup: Cause`, or `Hangup` for the whole."""
        return f"{self.event}: {self.field}" if self.field else self.event

    @property
    def sides(self) -> tuple[Held, Held]:
        """What old and candidate have."""
        return self.old, self.candidate

    @property
    def locus(self) -> Locus:
        """Where the traces differ, whatever values and direction: what noise and replays are matched by.

        A line is a place of its own, in the log by its text: that one comes and goes says nothing of others.
        """
        part = self.log_line if self.surface == "log" else self.field if self.at < 0 else f"{self.field}:{self.at}"
        return (self.surface, self.subject, _event_without_ids(self.event), part)

    @property
    def log_line(self) -> str:
        """The text of a line of the log, without numbers and ids."""
        said = (held_value(side, "Message") for side in self.sides)
        return without_numbers(next((text for text in said if isinstance(text, str)), ""))


def held_value(held: Held, field: str) -> Value | msgspec.UnsetType:
    """A field of a whole thing; of a value, the value itself."""
    return held.get(field) if isinstance(held, Thing) else held


def without_ids(text: str) -> str:
    """A text with `#` for what somebody made up: eight and more hexadecimal digits, letters and figures."""
    return _ID.sub("#", text)


@lru_cache(maxsize=4096)
def _event_without_ids(event: str) -> str:
    """Names of events are few, and asked for again and again."""
    return without_ids(event)


def without_numbers(text: str) -> str:
    """A line of the log with `#` for numbers and ids: what is the same whenever the same is said."""
    return _IDS.sub("#", text)


def is_there(held: Held) -> TypeGuard[Value | Thing]:
    """Whether that side has anything at all."""
    return held is not ABSENT
