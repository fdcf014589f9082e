"""TOML as a tree with lines. Python's parser has none, so a key's line is looked for in the text."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from harness.site.reading.document import DocumentError, Node, Plain

__all__ = ["read_toml"]

_HEADER = re.compile(r"\s*(?P<opening>\[\[?)\s*(?P<name>[^\]#]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"\s*(?P<name>[\w.\"'-]+(?:\s*\.\s*[\w\"'-]+)*)\s*=")
_AT = re.compile(r"\(at line (\d+), column \d+\)")


def read_toml(source: bytes) -> Node:
    """A TOML file as a tree. Raises DocumentError with the line."""
    try:
        text = source.decode("utf-8-sig")
        table = tomllib.loads(text)
    except UnicodeDecodeError as problem:
        line = source.count(b"\n", 0, problem.start) + 1
        raise DocumentError(line, "this is not UTF-8 text; save the file as UTF-8") from None
    except tomllib.TOMLDecodeError as problem:
        at = _AT.search(str(problem))
        line = int(at[1]) if at else text.count("\n") + 1
        words = _AT.sub("", str(problem)).replace("(at end of document)", "").strip()
        raise DocumentError(line, f"not TOML: {words}; texts stand in quotes") from None
    except RecursionError:
        raise DocumentError(1, "this is nested too deeply") from None
    return _node(table, (), _lines(text), 1)


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


def _node(value: Any, path: tuple[str, ...], lines: Mapping[tuple[str, ...], int], line: int) -> Node:
    line = lines.get(path, line)
    if isinstance(value, dict):
        fields = {key: _node(below, (*path, key), lines, line) for key, below in value.items()}
        plain: Plain = {key: node.plain for key, node in fields.items()}
        return Node(line, plain, fields=fields, lines={key: node.line for key, node in fields.items()})
    if isinstance(value, list):
        items = tuple(_node(below, (*path, str(i)), lines, line) for i, below in enumerate(value))
        return Node(line, [item.plain for item in items], items=items)
    if isinstance(value, bool | int | float | str):
        return Node(line, value, str(value).lower() if isinstance(value, bool) else str(value))
    return Node(line, str(value), str(value))
