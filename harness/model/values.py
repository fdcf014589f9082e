"""The values that observations, facts and differences are made of. Each knows its kind."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import msgspec

__all__ = ["Attributes", "Fields", "Headers", "Json", "Seconds", "Value", "like", "shown", "text_of"]

Headers = tuple[tuple[str, str], ...]
"""Names and texts in order, repeated and empty ones kept."""

Attributes = Mapping[str, str]

if TYPE_CHECKING:
    Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None
else:
    Json = Any  # msgspec knows no type that contains itself


class Seconds(msgspec.Struct, frozen=True, order=True, tag="seconds"):
    """A duration: never a text that looks like one."""

    value: float

    def __str__(self) -> str:
        return f"{self.value:g} s"


Value = str | int | float | bool | None | Seconds | tuple[str, ...]
"""A text; a number, true, false or null (of JSON); a duration; or lines of a text that has several."""

Fields = tuple[tuple[str, Value], ...]
"""Names and values in order."""


def shown(value: Value) -> str:
    """A value as people read it: null, true and false as in JSON, lines with `; ` between them."""
    if isinstance(value, tuple):
        return "; ".join(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)


def like(value: str, pattern: str) -> bool:
    """Whether a shell pattern matches, or is the very text: `[` and `?` occur in both."""
    return value == pattern or fnmatchcase(value, pattern)


def text_of(data: bytes) -> tuple[str, bytes]:
    """Bytes as a text, and once more where that text does not give them back. A byte that is none is `\\xff`."""
    text = data.decode("utf-8", "backslashreplace")
    return text, b"" if text.encode() == data else data
