"""TOML as a tree with lines. Python's parser has none, so a key's line is looked for in the text."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

from harness.site.reading.document import DocumentError, Node, text_of

__all__ = ["read_toml"]

_HEADER = re.compile(r"\s*(?P<opening>\[\[?)\s*(?P<name>[^\]#]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"\s*(?P<name>[\w.\"'-]+(?:\s*\.\s*[\w\"'-]+)*)\s*=")
_AT = re.compile(r"\(at line (\d+), column \d+\)")


def read_toml(source: bytes) -> Node:
    """A TOML file as a tree. Raises DocumentError with the line."""
    text = text_of(source)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        at = _AT.search(str(problem))
        line = int(at[1]) if at else text.count("\n") + 1
        words = _AT.sub("", str(problem)).replace("(at end of document)", "").strip()
        raise DocumentError(line, f"not TOML: {words}; texts stand in quotes") from None
    except RecursionError:
        raise DocumentError(1, "this is nested too deeply") from None
    return Node.of(table, 1, _lines(text))


def _lines(text: str) -> Mapping[tuple[str, ...], int]:
    """The line of each key, by its path; entries of an array of tables (`[[app]]`) are named by their number."""
    found: dict[tuple[str, ...], int] = {}
    counts: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = _within(_parts(header["name"]), counts)
            found.setdefault(table, number)
            if header["opening"] == "[[":
                counts[table] = counts.get(table, 0) + 1
                table = (*table, str(counts[table] - 1))
                found[table] = number
        elif key := _KEY.match(line):
            found.setdefault((*table, *_parts(key["name"])), number)
    return found


def _within(path: tuple[str, ...], counts: Mapping[tuple[str, ...], int]) -> tuple[str, ...]:
    """`app.ready` after the second `[[app]]` is that of the second: `app.1.ready`."""
    first = path[:1]
    return (*first, str(counts[first] - 1), *path[1:]) if len(path) > 1 and first in counts else path


def _parts(name: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in name.split("."))
