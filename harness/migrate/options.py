"""Options of Dial and Queue: letters, some with arguments in parentheses, and where each stands."""

from __future__ import annotations

from dataclasses import dataclass

from harness.asterisk.dialplan.arguments import Span

__all__ = ["Letter", "letters"]


@dataclass(frozen=True, slots=True)
class Letter:
    """One option: its letter, its column, and what stands in its parentheses (None without any)."""

    name: str
    column: int
    inner: Span | None = None


def letters(span: Span) -> tuple[Letter, ...] | None:
    """The options of an argument; None where they are not known before the call (`${OPTIONS}`) or do not close."""
    found: list[Letter] = []
    text, at = span.text, 0
    while at < len(text):
        if text.startswith(("${", "$["), at):
            return None
        column, name = span.start + at, text[at]
        at += 1
        inner = None
        if text[at : at + 1] == "(":
            end = _closing(text, at)
            if end < 0:
                return None
            inner = Span(span.start + at + 1, span.start + end, text[at + 1 : end])
            at = end + 1
        if not name.isspace():
            found.append(Letter(name, column, inner))
    return tuple(found)


def _closing(text: str, opening: int) -> int:
    depth = 0
    for at in range(opening, len(text)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if not depth:
            return at
    return -1
