"""Adds waivers to a waivers.yaml and leaves all else in it as its people wrote it. Pure: text in, text out."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from harness.errors import SiteError
from harness.site.reading.document import DocumentError, Node, read_yaml

__all__ = ["Entry", "with_entries"]

_LIST = "waivers"
_NOTHING = re.compile(r"(?m)^waivers:[ \t]*(?:\[[ \t]*\]|null|~)(?=[ \t]*(?:#|$))")
_ITEM = re.compile(r"(?P<indent>[ \t]*)-[ \t]")
_INDENT = "  "


@dataclass(frozen=True, slots=True)
class Entry:
    """One waiver, key by key as waivers.yaml has them, and what it accepts, for the comment above it."""

    fields: Mapping[str, str]
    comment: str = ""


def with_entries(text: str, entries: Sequence[Entry]) -> str:
    """The text with these waivers at its end. Raises SiteError where it is of a form that takes none."""
    before = _read(text)
    listed = before.get(_LIST) if before.fields else before
    known = listed.items if listed else ()
    if known:
        found = _ITEM.match(text.splitlines()[known[-1].line - 1])
        if found is None:
            raise SiteError(_by_hand("its list is written in one line", entries))
        head, indent = text, found["indent"]
    elif before.fields:
        head, indent = _NOTHING.sub(f"{_LIST}:", text, count=1), _INDENT
    else:
        head, indent = f"{text.rstrip()}\n{_LIST}:\n".lstrip(), _INDENT
    whole = head.rstrip() + "\n" + "".join(_lines(entries, indent, gap=bool(known)))
    _check(before, whole, entries)
    return whole


def _lines(entries: Iterable[Entry], indent: str, *, gap: bool) -> Iterable[str]:
    for number, entry in enumerate(entries):
        if gap or number:
            yield "\n"
        yield from (f"{indent}# {line}\n" for line in entry.comment.splitlines())
        yield from (f"{indent}{line}\n" for line in _yaml([dict(entry.fields)]).splitlines())


def _yaml(value: object) -> str:
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.width = 10_000
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment] # its type says None alone
    stream = io.StringIO()
    writer.dump(value, stream)
    return stream.getvalue()


def _check(before: Node, whole: str, entries: Sequence[Entry]) -> None:
    """What was there is there, and what was added is read as it is meant."""
    wanted = [*_entries(before), *(dict(entry.fields) for entry in entries)]
    try:
        found = _entries(_read(whole))
    except SiteError:
        found = []
    if found != wanted:
        raise SiteError(_by_hand("it is written in a form to which nothing can be added", entries))


def _entries(document: Node) -> list[dict[str, str]]:
    listed = document.get(_LIST) if document.fields else document
    return [entry.texts() for entry in (listed.items if listed else ())]


def _read(text: str) -> Node:
    try:
        return read_yaml(text.encode())
    except (DocumentError, YAMLError, UnicodeError) as problem:
        raise SiteError(f"waivers.yaml:{getattr(problem, 'line', 0) or 1}: {problem}") from problem


def _by_hand(why: str, entries: Sequence[Entry]) -> str:
    lines = "".join(_lines(entries, _INDENT, gap=False))
    return f"waivers.yaml: {why}; write this into it:\n{lines}".rstrip()
