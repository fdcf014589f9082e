"""The arguments of an application and their options, and where each stands, as Asterisk takes them apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import msgspec

__all__ = ["Letter", "Options", "Span", "read_options", "split", "sure_split"]

_CLOSING = {"(": ")", "[": "]", "{": "}"}


class Span(msgspec.Struct, frozen=True, gc=False):
    """A piece of a text: where it begins and ends, and what it is."""

    start: int
    end: int
    text: str


def split(text: str, separator: str = ",", *, base: int = 0, most: int = 0) -> tuple[Span, ...]:
    """The parts between separators that stand in no parentheses, brackets, quotes or `${…}`; one of an empty text.

    `base` is the column of the text in its line, `most` the most parts there are to be (0: any number).
    """
    return _parts(text, _cuts(text, separator, most - 1)[0], base)


def sure_split(text: str, separator: str = ",", *, base: int = 0, most: int = 0) -> tuple[Span, ...] | None:
    """The same; None where something is closed that was not opened, or the other way round."""
    cuts, is_closed = _cuts(text, separator)
    return _parts(text, cuts[: most - 1] if most else cuts, base) if is_closed else None


def _parts(text: str, cuts: list[int], base: int) -> tuple[Span, ...]:
    parts, start = [], 0
    for end in (*cuts, len(text)):
        parts.append(Span(base + start, base + end, text[start:end]))
        start = end + 1
    return tuple(parts)


def _cuts(text: str, separator: str, enough: int = -1) -> tuple[list[int], bool]:
    """Where the separators are that part, and whether all is closed that is opened, up to so many of them.

    Asterisk counts parentheses and brackets each for themselves, in quotes too. It has replaced `${…}` by then.
    """
    cuts: list[int] = []
    if not enough:
        return cuts, False
    opened = {"(": 0, "[": 0}
    variables = 0
    quoted = is_odd = False
    for found in _marks(separator).finditer(text):
        mark, at = found[0], found.start()
        if mark[0] in "\\$":
            continue
        if variables or (mark == "{" and text[at - 1 : at] == "$"):
            variables += (mark == "{") - (mark == "}")
        elif mark == '"':
            quoted = not quoted
        elif mark in "([":
            opened[mark] += 1
        elif mark in ")]":
            opening = "(" if mark == ")" else "["
            is_odd = is_odd or not opened[opening]
            opened[opening] = max(opened[opening] - 1, 0)
        elif mark == separator and not (quoted or opened["("] or opened["["]):
            cuts.append(at)
            if len(cuts) == enough:
                break
    return cuts, not (quoted or is_odd or variables or opened["("] or opened["["])


@cache
def _marks(separator: str) -> re.Pattern[str]:
    """What matters between separators: what is escaped, a whole `${…}`, what is opened or closed, and they."""
    return re.compile(rf'\\.?|\$\{{[^{{}}\\]*\}}|[{{}}"()\[\]{re.escape(separator)}]', re.DOTALL)


class Letter(msgspec.Struct, frozen=True):
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
