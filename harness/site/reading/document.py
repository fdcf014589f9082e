"""YAML and TOML as one tree that remembers lines and how each value was written.

YAML turns `0100` into 64, `no` into false and `1.10` into 1.1 before a program sees it. Here a value keeps its
text, and whoever wants a text gets what the person wrote.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
)

__all__ = ["DocumentError", "Node", "Plain", "read_yaml"]

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]

_DEPTH = 40
_LARGEST = 500_000
_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: Mapping[str, bool | None] = MappingProxyType(
    {"": None, "~": None, "null": None, "Null": None, "NULL": None}
    | dict.fromkeys(("true", "True", "TRUE"), True)
    | dict.fromkeys(("false", "False", "FALSE"), False)
)


class DocumentError(Exception):
    """Not a document that can be read. `line` counts from 1."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line
        self.text = text


@dataclass(frozen=True, slots=True)
class Node:
    """A value with its line. `plain` is it as JSON has it, `text` a scalar as it was written.

    `fields` are the entries of a mapping and `lines` the lines of their keys; `items` those of a list.
    """

    line: int
    plain: Plain
    text: str = ""
    fields: Mapping[str, Node] = field(default_factory=lambda: MappingProxyType({}))
    lines: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    items: Sequence[Node] = ()

    @classmethod
    def of(cls, plain: Plain, line: int) -> Node:
        """A value that was not read from a document, as if all of it stood in one line."""
        if isinstance(plain, dict):
            fields = {key: cls.of(below, line) for key, below in plain.items()}
            return cls(line, plain, fields=fields, lines=dict.fromkeys(fields, line))
        if isinstance(plain, list):
            return cls(line, plain, items=tuple(cls.of(below, line) for below in plain))
        return cls(line, plain, "" if plain is None else str(plain))

    def at(self, path: Sequence[str | int]) -> Node:
        """The value below, as far as the path leads."""
        node = self
        for step in path:
            below = node.fields.get(step) if isinstance(step, str) else _item(node.items, step)
            if below is None:
                return node
            node = below
        return node

    def get(self, key: str) -> Node | None:
        """An entry of a mapping, None where there is none or it is null."""
        node = self.fields.get(key)
        return None if node is None or node.plain is None else node

    def string(self, key: str, default: str = "") -> str:
        """An entry's text as it was written."""
        node = self.get(key)
        return default if node is None else node.text

    def number(self, key: str, default: float) -> float:
        """An entry that the schema has found to be a number."""
        node = self.get(key)
        return node.plain if node is not None and isinstance(node.plain, int | float) else default

    def strings(self, key: str) -> tuple[str, ...]:
        """An entry that is a list of texts, or one alone."""
        node = self.get(key)
        if node is None:
            return ()
        return tuple(item.text for item in node.items) if isinstance(node.plain, list) else (node.text,)

    def texts(self) -> dict[str, str]:
        """A mapping's entries as they were written."""
        return {key: node.text for key, node in self.fields.items()}


def _item(items: Sequence[Node], index: int) -> Node | None:
    return items[index] if index < len(items) else None


def read_yaml(source: bytes) -> Node:
    """The one document in a YAML file. Raises DocumentError with the line."""
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = source.count(b"\n", 0, problem.start) + 1
        raise DocumentError(line, "this is not UTF-8 text; save the file as UTF-8") from None
    try:
        return _Builder().build(iter(YAML(typ="safe", pure=True).parse(io.StringIO(text))))
    except MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        raise DocumentError(mark.line + 1 if mark else 1, _in_words(problem.problem or "")) from None
    except YAMLError as problem:
        place = getattr(problem, "position", 0)
        line = text.count("\n", 0, place if isinstance(place, int) else 0) + 1
        raise DocumentError(line, f"not YAML: {str(problem).partition(chr(10))[0]}") from None


def _in_words(problem: str) -> str:
    hint = ""
    if "cannot start any token" in problem:
        hint = "; indent with spaces, and put values that begin with % @ ` in quotes"
    elif "mapping values are not allowed" in problem:
        hint = '; put values that hold ": " in quotes, and indent keys of one thing alike'
    elif "expected <block end>" in problem:
        hint = "; keys of one thing begin in the same column"
    return f"not YAML: {problem}{hint}"


class _Builder:
    """Makes the tree of a stream of events. Nesting is bounded, so that no file can exhaust the stack."""

    def __init__(self) -> None:
        self._anchors: dict[str, Node] = {}
        self._size = 0

    def build(self, events: Iterator[object]) -> Node:
        root: Node | None = None
        for event in events:
            if isinstance(event, DocumentStartEvent) and root is not None:
                raise DocumentError(event.start_mark.line + 1, "a second document begins here; one is enough")
            if isinstance(event, ScalarEvent | MappingStartEvent | SequenceStartEvent | AliasEvent):
                root = self._node(event, events, 0)
        return root or Node(1, None)

    def _node(self, event: object, events: Iterator[object], depth: int) -> Node:
        line = event.start_mark.line + 1  # type: ignore[attr-defined] # every event has marks
        if depth > _DEPTH:
            raise DocumentError(line, "this is nested too deeply")
        if isinstance(event, AliasEvent):
            return self._aliased(str(event.anchor), line)
        self._count(1, line)
        if isinstance(event, ScalarEvent):
            node = _scalar(event, line)
        elif isinstance(event, MappingStartEvent):
            node = self._mapping(events, line, depth)
        else:
            node = self._sequence(events, line, depth)
        anchor = getattr(event, "anchor", None)
        if anchor:
            self._anchors[str(anchor)] = node
        return node

    def _aliased(self, name: str, line: int) -> Node:
        """A value that was given before; it counts in full, so that few lines cannot make millions of values."""
        node = self._anchors.get(name)
        if node is None:
            raise DocumentError(line, f'*{name} without quotes refers to something; write "*{name}"')
        self._count(_weight(node), line)
        return node

    def _count(self, more: int, line: int) -> None:
        self._size += more
        if self._size > _LARGEST:
            raise DocumentError(line, f"the file holds more than {_LARGEST} values")

    def _mapping(self, events: Iterator[object], line: int, depth: int) -> Node:
        fields: dict[str, Node] = {}
        lines: dict[str, int] = {}
        for event in events:
            if isinstance(event, CollectionEndEvent):
                break
            key = self._node(event, events, depth + 1)
            if isinstance(key.plain, dict | list):
                raise DocumentError(
                    key.line, "a key is a word, not a list or a mapping; quote it if it has brackets"
                )
            if key.text in fields:
                raise DocumentError(
                    key.line, f'"{key.text}" is here twice, first in line {lines[key.text]}; keep one of them'
                )
            lines[key.text] = key.line
            fields[key.text] = self._node(next(events), events, depth + 1)
        return Node(line, {key: node.plain for key, node in fields.items()}, fields=fields, lines=lines)

    def _sequence(self, events: Iterator[object], line: int, depth: int) -> Node:
        items: list[Node] = []
        for event in events:
            if isinstance(event, CollectionEndEvent):
                break
            items.append(self._node(event, events, depth + 1))
        return Node(line, [item.plain for item in items], items=tuple(items))


def _weight(node: Node) -> int:
    return 1 + sum(_weight(below) for below in (*node.fields.values(), *node.items))


def _scalar(event: ScalarEvent, line: int) -> Node:
    text = str(event.value)
    if event.implicit[0] and event.style is None:
        return Node(line, _plain(text), text)
    return Node(line, text, text)


def _plain(text: str) -> Plain:
    """What JSON would have for an unquoted word, by YAML 1.2's core schema; too long a number is a text."""
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > 40:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
