"""The parts of an application's arguments and where each stands, as ast_app_separate_args takes them apart."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Span", "split", "sure_split"]


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text: where it begins and ends, and what it is."""

    start: int
    end: int
    text: str


def split(text: str, separator: str = ",", *, base: int = 0, most: int = 0) -> tuple[Span, ...]:
    """The parts between separators that stand in no parentheses, brackets, quotes or `${…}`; one of an empty text.

    `base` is the column of the text in its line, `most` the most parts there are to be (0: any number).
    """
    return _parts(text, _cuts(text, separator)[0], base, most)


def sure_split(text: str, separator: str = ",", *, base: int = 0, most: int = 0) -> tuple[Span, ...] | None:
    """The same; None where something is closed that was not opened, or the other way round."""
    cuts, is_closed = _cuts(text, separator)
    return _parts(text, cuts, base, most) if is_closed else None


def _parts(text: str, cuts: list[int], base: int, most: int) -> tuple[Span, ...]:
    ends = [*(cuts[: most - 1] if most else cuts), len(text)]
    starts = [0, *(end + 1 for end in ends)]
    return tuple(Span(base + start, base + end, text[start:end]) for start, end in zip(starts, ends, strict=False))


def _cuts(text: str, separator: str) -> tuple[list[int], bool]:
    """Where the separators are that part, and whether all is closed that is opened.

    Asterisk counts parentheses and brackets each for themselves, in quotes too. It has replaced `${…}` by then.
    """
    cuts: list[int] = []
    opened = {"(": 0, "[": 0, "{": 0}
    quoted = is_odd = False
    at = -1
    while (at := at + 1) < len(text):
        char = text[at]
        if char == "\\":
            at += 1
        elif opened["{"] or (char == "{" and text[at - 1 : at] == "$"):
            opened["{"] += {"{": 1, "}": -1}.get(char, 0)
        elif char == '"':
            quoted = not quoted
        elif char in "([":
            opened[char] += 1
        elif char in ")]":
            opening = "(" if char == ")" else "["
            is_odd = is_odd or not opened[opening]
            opened[opening] = max(opened[opening] - 1, 0)
        elif char == separator and not quoted and not any(opened.values()):
            cuts.append(at)
    return cuts, not (quoted or is_odd or any(opened.values()))
