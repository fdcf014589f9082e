"""Where the parts of an application's arguments stand in a line, as ast_app_separate_args takes them apart."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Span", "split"]

_OPENING = {"(": ")", "[": "]", "{": "}"}
_CLOSING = frozenset(_OPENING.values())


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text: where it begins and ends, and what it is."""

    start: int
    end: int
    text: str


def split(text: str, separator: str, *, base: int = 0, most: int = 0) -> tuple[Span, ...] | None:
    """The parts between separators that stand in no brackets, quotes or `${…}`; None where those do not close.

    `base` is the column of the text in its line, `most` the most parts there are to be (0: any number).
    """
    parts: list[Span] = []
    above: list[str] = []
    start = at = 0
    quoted = False
    while at < len(text):
        char = text[at]
        if char == "\\":
            at += 2
            continue
        if char == '"':
            quoted = not quoted
        elif char in _OPENING and (not quoted or text[at - 1 : at] == "$"):
            above.append(_OPENING[char])
        elif char in _CLOSING and above and (not quoted or char == above[-1]):
            if above.pop() != char:
                return None
        elif char in _CLOSING and not quoted:
            return None
        elif char == separator and not above and not quoted and (not most or len(parts) < most - 1):
            parts.append(Span(base + start, base + at, text[start:at]))
            start = at + 1
        at += 1
    if above or quoted:
        return None
    return (*parts, Span(base + start, base + len(text), text[start:]))
