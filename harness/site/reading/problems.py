"""Everything wrong with a person's files, gathered and told at once: file, line, what, what was meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from harness.errors import SiteError
from harness.model import Place

__all__ = ["Problems", "did_you_mean", "one_of", "printable"]

_MOST = 30


class Problems:
    """Gathers what is wrong. `file` is how the file is called in messages."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, int, str], None] = {}

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, file: Path | str, line: int, text: str) -> None:
        """Note a problem; `line` is 0 where it belongs to no line."""
        self._found[(str(file), line, text)] = None

    def extend(self, file: Path | str, found: Iterable[tuple[int, str]]) -> None:
        """Note problems of one file, each with its line."""
        for line, text in found:
            self.add(file, line, text)

    @property
    def lines(self) -> tuple[str, ...]:
        """One line a problem, by file and line."""
        return tuple(f"{Place(file, line)}: {printable(text)}" for file, line, text in sorted(self._found))

    def raise_if_any(self) -> None:
        """Raise SiteError with everything that was found; do nothing when that is nothing."""
        if lines := self.lines:
            more = [f"... and {len(lines) - _MOST} more"] if len(lines) > _MOST else []
            raise SiteError("\n".join([*lines[:_MOST], *more]))


def printable(text: str) -> str:
    """A text in one line, without what a terminal obeys: a key may hold a line's end, an archive any name."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """What was most likely meant (`; did you mean "steps"?`), else all there is (`; known are ...`)."""
    choices = sorted(known)
    close = get_close_matches(word.lower(), [choice.lower() for choice in choices], n=1, cutoff=0.6)
    if close:
        meant = next(choice for choice in choices if choice.lower() == close[0])
        return f'; did you mean "{meant}"?'
    return f"; known are {one_of(choices)}" if choices else ""


def one_of(words: Iterable[str], *, most: int = 1_000) -> str:
    """Words as a list for people: the first, and how many there are besides."""
    shown = tuple(words)
    more = f" and {len(shown) - most} more" if len(shown) > most else ""
    return ", ".join(shown[:most]) + more
