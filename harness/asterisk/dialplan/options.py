"""Options of an application: letters, some with arguments in parentheses, and where each stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from harness.asterisk.dialplan.arguments import Span

__all__ = ["Letter", "Options", "read_options"]

_CLOSING = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Letter:
    """One option: its letter, its column, and what stands in its parentheses (None without any)."""

    name: str
    column: int
    inner: Span | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """The options of an argument. `known`: all of them stand there, none in a variable, and each is closed."""

    letters: tuple[Letter, ...] = ()
    known: bool = True

    @property
    def names(self) -> frozenset[str]:
        """The letters alone."""
        return frozenset(letter.name for letter in self.letters)

    @property
    def words(self) -> tuple[str, ...]:
        """The letters, then the words that they make (`skip`): some applications take those."""
        names = "".join(letter.name for letter in self.letters)
        return (*names, *(word for word in re.split(r"\W+", names) if len(word) > 1))


def read_options(span: Span | None) -> Options:
    """Options without what is in variables; one that is never closed goes to the end."""
    if span is None:
        return Options()
    pieces = tuple(_pieces(span.text))
    known = all(end <= len(span.text) for _, _, end in pieces) and not any(name == "$" for name, _, _ in pieces)
    return Options(tuple(_letter(span, *piece) for piece in pieces if piece[0] not in "$)"), known)


def _letter(span: Span, name: str, at: int, end: int) -> Letter:
    inner = None
    if end > at + 1:
        text = span.text[at + 2 : end - 1]
        inner = Span(span.start + at + 2, span.start + at + 2 + len(text), text)
    return Letter(name, span.start + at, inner)


def _pieces(text: str) -> Iterator[tuple[str, int, int]]:
    """Each character with its column and where what belongs to it ends, beyond the text if it does not."""
    at = 0
    while at < len(text):
        opens = text[at + 1 : at + 2]
        belongs = opens == "(" or (text[at] == "$" and opens in ("{", "["))
        end = _closing(text, at + 1) + 1 if belongs else at + 1
        yield text[at], at, end
        at = end


def _closing(text: str, opening: int) -> int:
    depth = 0
    opens, closes = text[opening], _CLOSING[text[opening]]
    for at in range(opening, len(text)):
        depth += (text[at] == opens) - (text[at] == closes)
        if not depth:
            return at
    return len(text)
