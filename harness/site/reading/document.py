"""YAML and TOML as one tree that remembers lines and how each value was written.

YAML turns `0100` into 64, `no` into false and `1.10` into 1.1 before a program sees it. Here a value keeps its
text, and whoever wants a text gets what the person wrote.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.nodes import Node as YamlNode

__all__ = ["DocumentError", "Node", "Plain", "read_yaml", "text_of"]

_Lines = Mapping[tuple[str, ...], int]
_NO_LINES: _Lines = MappingProxyType({})
Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]

_DEPTH = 40
_LARGEST = 500_000
_TOO_DEEP = "this is nested too deeply"
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
    def of(cls, plain: object, line: int, lines: _Lines = _NO_LINES, path: tuple[str, ...] = ()) -> Node:
        """A value that was read without lines; `lines` are those that are known, by path."""
        line = lines.get(path, line)
        if isinstance(plain, dict):
            fields = {key: cls.of(below, line, lines, (*path, key)) for key, below in plain.items()}
            whole: Plain = {key: node.plain for key, node in fields.items()}
            return cls(line, whole, fields=fields, lines={key: node.line for key, node in fields.items()})
        if isinstance(plain, list):
            items = tuple(cls.of(below, line, lines, (*path, str(i))) for i, below in enumerate(plain))
            return cls(line, [item.plain for item in items], items=items)
        if plain is None or isinstance(plain, bool):
            return cls(line, plain, "" if plain is None else str(plain).lower())
        return cls(line, plain if isinstance(plain, int | float) else str(plain), str(plain))

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

    def entry(self, key: str) -> Node:
        """An entry of a mapping; an empty mapping where there is none or it is null."""
        return self.get(key) or Node(self.line, {})

    def entries(self, key: str) -> Sequence[Node]:
        """The items of an entry that is a list; none where there is none."""
        return self.entry(key).items

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
    text = text_of(source)
    try:
        yaml = YAML(typ="safe", pure=True)
        yaml.composer.warn_double_anchors = False  # the later counts, as YAML has it
        root = yaml.compose(io.StringIO(text))
        return Node(1, None) if root is None else _Builder().node(root)
    except MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        raise DocumentError(mark.line + 1 if mark else 1, _in_words(problem.problem or "")) from None
    except YAMLError as problem:
        place = getattr(problem, "position", 0)
        line = text.count("\n", 0, place if isinstance(place, int) else 0) + 1
        raise DocumentError(line, f"not YAML: {str(problem).partition(chr(10))[0]}") from None
    except RecursionError:
        raise DocumentError(1, _TOO_DEEP) from None


def text_of(source: bytes) -> str:
    """A file's text. Raises DocumentError with the line."""
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = source.count(b"\n", 0, problem.start) + 1
        raise DocumentError(line, "this is not UTF-8 text; save the file as UTF-8") from None


def _in_words(problem: str) -> str:
    if undefined := re.search("undefined alias ['\"](.*)['\"]", problem):
        return f'*{undefined[1]} without quotes refers to something; write "*{undefined[1]}"'
    if "found another document" in problem:
        return "a second document begins here; one is enough"
    return f"not YAML: {problem}{next((hint for words, hint in _HINTS.items() if words in problem), '')}"


_HINTS = {
    "cannot start any token": "; indent with spaces, and put values that begin with % @ ` in quotes",
    "mapping values are not allowed": '; put values that hold ": " in quotes, and indent keys of one thing alike',
    "expected <block end>": "; keys of one thing begin in the same column",
}


class _Builder:
    """Makes the tree of ruamel's. An alias counts in full, so that few lines cannot make millions of values."""

    def __init__(self) -> None:
        self._size = 0

    def node(self, value: YamlNode, depth: int = 0) -> Node:
        line = value.start_mark.line + 1
        self._size += 1
        if depth > _DEPTH:
            raise DocumentError(line, _TOO_DEEP)
        if self._size > _LARGEST:
            raise DocumentError(line, f"the file holds more than {_LARGEST} values")
        if isinstance(value, MappingNode):
            return self._mapping(value, line, depth + 1)
        if isinstance(value, SequenceNode):
            items = tuple(self.node(below, depth + 1) for below in value.value)
            return Node(line, [item.plain for item in items], items=items)
        assert isinstance(value, ScalarNode)
        quoted = value.style is not None or value.tag == "tag:yaml.org,2002:str"
        return Node(line, value.value if quoted else _plain(value.value), value.value)

    def _mapping(self, value: MappingNode, line: int, depth: int) -> Node:
        fields: dict[str, Node] = {}
        lines: dict[str, int] = {}
        for name, below in value.value:
            key = self.node(name, depth)
            if isinstance(key.plain, dict | list):
                problem = "a key is a word, not a list or a mapping; quote it if it has brackets"
                raise DocumentError(key.line, problem)
            if key.text in fields:
                problem = f'"{key.text}" is here twice, first in line {lines[key.text]}; keep one of them'
                raise DocumentError(key.line, problem)
            lines[key.text] = key.line
            fields[key.text] = self.node(below, depth)
        return Node(line, {key: node.plain for key, node in fields.items()}, fields=fields, lines=lines)


def _plain(text: str) -> Plain:
    """What JSON would have for an unquoted word, by YAML 1.2's core schema; too long a number is a text."""
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > 40 or not _FLOAT.fullmatch(text):
        return text
    return int(text) if _INTEGER.fullmatch(text) else float(text)
