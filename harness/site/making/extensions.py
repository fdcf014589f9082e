"""Numbers that a site's dialplan answers to, for its first scenarios."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from harness.asterisk.conf import Config
from harness.asterisk.dialplan.show import ELEMENT, Include

__all__ = ["Number", "number_for", "numbers_of"]

_NO_CONTEXTS = frozenset({"general", "globals"})
_SPECIAL = frozenset({"s", "i", "t", "h", "o", "a", "e", "fax", "failed", "hangup"})
_CALLABLE = re.compile(r"[A-Za-z0-9*#+_.-]+")
_DIGITS = {"X": "1", "Z": "1", "N": "2", "-": ""}
_FIRST = re.compile(r"1\s*(\(.*\))?")
_PHONE_CONTEXTS = (
    ("pjsip.conf", "context"),
    ("pjsip_wizard.conf", "endpoint/context"),
    ("sip.conf", "context"),
    ("iax.conf", "context"),
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number that can be called in a context, and the extension (`_1XX`) that answers it there."""

    number: str
    context: str
    extension: str


def numbers_of(config: Config, *, most: int) -> tuple[Number, ...]:
    """Up to `most` numbers, one of each context that phones and trunks reach, then a second one."""
    contexts = _contexts(config)
    entries = [name for name in _entries(config) if name in contexts] or list(contexts)
    groups = [group for entry in entries for group in _reached(entry, contexts)]
    found: dict[str, Number] = {}
    for row in zip_longest(*groups):
        for number in row:
            if number is not None:
                found.setdefault(number.number, number)
    return tuple(found.values())[:most]


def number_for(extension: str) -> str:
    """A number that an extension answers: `_1XX` → 111, `_9.` → 91; empty where there is none."""
    if not extension.startswith("_"):
        return extension
    digits = ""
    for found in ELEMENT.finditer(extension[1:]):
        if found[0] == "[":
            return ""
        if found[0] in (".", "!"):
            return digits + {".": "1", "!": ""}[found[0]]
        digits += (found["members"] or _DIGITS.get(found[0].upper(), found[0]))[:1]
    return digits


@dataclass(slots=True)
class _Context:
    extensions: list[str]
    includes: list[str]


def _contexts(config: Config) -> dict[str, _Context]:
    """What each context has; those that are called by the dialplan itself are left out."""
    found: dict[str, _Context] = {}
    for section in config.file("extensions.conf").usable:
        if section.name.lower() in _NO_CONTEXTS or not _CALLABLE.fullmatch(section.name):
            continue
        context = found.setdefault(section.name, _Context([], []))
        context.includes += [Include.of(value).context for value in section.values("include")]
        context.extensions += list(_extensions(section.values("exten")))
    return {name: context for name, context in found.items() if not name.startswith("macro-")}


def _extensions(values: Sequence[str]) -> Iterator[str]:
    for value in values:
        parts = [part.strip() for part in value.split(",", 2)]
        if len(parts) == 3 and _FIRST.fullmatch(parts[1]) and parts[0].lower() not in _SPECIAL:
            yield parts[0]


def _entries(config: Config) -> list[str]:
    """Contexts in which calls of phones and trunks begin."""
    found: dict[str, None] = {}
    for file, option in _PHONE_CONTEXTS:
        for section in config.file(file).usable:
            if name := section.get(option):
                found.setdefault(name)
    return list(found)


def _reached(entry: str, contexts: Mapping[str, _Context]) -> Iterator[list[Number]]:
    """Numbers callable in a context: its own, then those of each context that it includes."""
    todo, seen = [entry], {entry}
    while todo:
        context = contexts[todo.pop(0)]
        plain_first = sorted(context.extensions, key=lambda extension: extension.startswith("_"))
        numbers = [Number(number_for(extension), entry, extension) for extension in plain_first]
        yield [number for number in numbers if _CALLABLE.fullmatch(number.number)]
        fresh = [name for name in dict.fromkeys(context.includes) if name in contexts and name not in seen]
        seen.update(fresh)
        todo += fresh
