"""Words that are safe on a terminal: hostile values escaped, long ones cut, paragraphs wrapped."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterable

from harness.judge.words import cut

__all__ = ["WIDTH", "clean", "count", "cut", "in_markdown", "listed", "safe", "wrap"]

WIDTH = 100
_LONGEST = 480  # a title: its template, and two values that `judge.words` has cut
# Control, format (such as right-to-left marks), surrogate, private, unassigned, line and paragraph separators.
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+!|~@&-])")
_ODD, _ODD_IN_LINES = re.compile(r"[^ -~]"), re.compile(r"[^ -~\n\t]")
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def clean(value: str, *, longest: int = _LONGEST) -> str:
    """`value` on one line: whatever could move the cursor or hide text is escaped, the rest cut at `longest`."""
    return _ODD.sub(lambda found: _escape(found[0]), cut(value, longest))


def safe(text: str) -> str:
    """`text` in its lines and with its tabs; whatever else could move the cursor or hide text is escaped."""
    return _ODD_IN_LINES.sub(lambda found: _escape(found[0]), text)


def in_markdown(value: str) -> str:
    """`clean`, and nothing in it means anything to Markdown."""
    return _MARKDOWN.sub(r"\\\1", clean(value))


def count(number: int, noun: str, plural: str = "") -> str:
    """`3 findings`, `1 finding`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def listed(names: Iterable[str], *, most: int = 6) -> str:
    """`a, b, c and 4 more`."""
    every = list(names)
    shown = every if len(every) <= most + 1 else every[:most]
    rest = len(every) - len(shown)
    return ", ".join(shown) + (f" and {rest:,} more" if rest else "")


def wrap(text: str, *, indent: str = "", label: str = "", hang: int | None = None) -> list[str]:
    """`text` in lines of at most `WIDTH` columns; the first starts with `indent` and `label`.

    The others begin below its end, or with `hang` spaces.
    """
    head = indent + label
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=head,
        subsequent_indent=" " * (len(head) if hang is None else hang),
        break_on_hyphens=False,
    ) or [head.rstrip()]


def _escape(char: str) -> str:
    if char in _NAMED:
        return _NAMED[char]
    if unicodedata.category(char) not in _UNSAFE:
        return char
    number = ord(char)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{{{number:x}}}"
