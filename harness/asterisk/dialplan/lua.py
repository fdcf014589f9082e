"""extensions.lua as text: the contexts that it writes down, `extensions = { context = { ["ext"] = …`.

What a program fills in when it is loaded is not found: only Lua itself knows that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.asterisk.dialplan.written import WrittenContext

__all__ = ["lua_contexts"]

_NAME = r"[A-Za-z_]\w*"
_QUOTED = r"\"[^\"\n]*\"|'[^'\n]*'"
_TOKEN = re.compile(
    r"--\[\[.*?(?:\]\]|\Z)|--[^\n]*"  # comments
    rf"|(?P<key>(?:(?<![\w.\"']){_NAME}|\[\s*(?:{_QUOTED})\s*\])(?:\s*\.\s*{_NAME}|\s*\[\s*(?:{_QUOTED})\s*\])*)\s*=(?!=)"
    rf"|(?P<text>{_QUOTED})"
    r"|(?P<mark>[{}])"
    r"|(?<![\w.])(?P<word>function|if|do|repeat|end|until)(?!\w)",
    re.DOTALL,
)
_PART = re.compile(rf"{_NAME}|{_QUOTED}")
_OPENING = frozenset({"function", "if", "do", "repeat"})


def lua_contexts(text: str) -> tuple[WrittenContext, ...]:
    """The contexts of the table `extensions`, in order; without the bodies of functions."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    for path, value in _entries(text):
        match path:
            case ("extensions", context):
                found.setdefault(context, ([], []))
            case ("extensions", context, "include"):
                found.setdefault(context, ([], []))[1].extend(filter(None, [value]))
            case ("extensions", context, extension):
                found.setdefault(context, ([], []))[0].append(extension)
    return tuple(
        WrittenContext(name, tuple(dict.fromkeys(extensions)), tuple(includes))
        for name, (extensions, includes) in found.items()
    )


def _entries(text: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Keys of tables with the keys around them; texts that stand in a table without one come as its value."""
    above: list[tuple[str, ...]] = [()]
    key: tuple[str, ...] = ()
    blocks = 0
    for token in _TOKEN.finditer(text):
        if word := token["word"]:
            blocks = max(blocks + (1 if word in _OPENING else -1), 0)
        elif blocks:
            continue
        elif token["key"]:
            key = tuple(part.strip("\"'") for part in _PART.findall(token["key"]))
            yield (*above[-1], *key), ""
        elif token["mark"] == "{":
            above.append((*above[-1], *key))
            key = ()
        elif token["mark"] == "}":
            above = above[:-1] or [()]
            key = ()
        elif token["text"] and not key:
            yield above[-1], token["text"][1:-1]
