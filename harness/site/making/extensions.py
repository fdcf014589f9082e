"""Numbers that a site's dialplan answers to, for its first scenarios."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice
from typing import TypeVar

from harness.asterisk.conf import Config, is_true
from harness.asterisk.dialplan.ael import ael_contexts
from harness.asterisk.dialplan.lua import lua_contexts
from harness.asterisk.dialplan.show import ELEMENT, Include
from harness.asterisk.dialplan.written import WrittenContext

__all__ = ["Number", "contexts_of", "entries_of", "number_for", "numbers_of"]

_NO_CONTEXTS = frozenset({"general", "globals"})
_SPECIAL = frozenset({"s", "i", "t", "h", "o", "a", "e", "fax", "failed", "hangup"})
_CALLABLE = re.compile(r"[A-Za-z0-9*#+_.-]+")
_DIGITS = {"X": "1", "Z": "1", "N": "2", "-": ""}
_GLOBAL = re.compile(r"\$\{(\w+)\}")
_ANYTHING = re.compile(r"_[XZNxzn]?[.!]")
_Answered = tuple[str, str]
"""A number, and the extension that answers it."""
_T = TypeVar("_T")
_FIRST = re.compile(r"1\s*(\(.*\))?")
_PHONE_CONTEXTS = (
    ("pjsip.conf", "context"),
    ("pjsip_wizard.conf", "endpoint/context"),
    ("sip.conf", "context"),
    ("iax.conf", "context"),
    ("users.conf", "context"),
    ("chan_dahdi.conf", "context"),
)
# A name where an application takes a context, or an extension: Goto(NAME,…), Local/1@NAME, ?NAME,… and such.
_JUMP = re.compile(r"[(?:^@]\s*([\w-]+)\s*(?=[,^)&/]|$)")
_JUMP_WITHIN = re.compile(r"[(?:^@,]\s*([\w-]+)\s*(?=,)")


@dataclass(frozen=True, slots=True)
class Number:
    """A number that can be called in a context, and the extension (`_1XX`) that answers it there."""

    number: str
    context: str
    extension: str


def numbers_of(config: Config, *, most: int) -> tuple[Number, ...]:
    """Up to `most` numbers: of each context that calls of phones and trunks begin in one in turn.

    Of one context the first is a phone's; then come those of each context that it includes, in turn.
    """
    contexts = contexts_of(config)
    targets = frozenset(chain.from_iterable(map(_JUMP_WITHIN.findall, _texts(config))))
    phones = frozenset(name for name, _ in _phones(config))
    # once, however many include it
    answered = cache(lambda name: _answered(contexts[name], targets))
    of_phone = cache(lambda name: _of_phone(answered(name), phones))

    def callable_in(entry: str) -> Iterator[Number]:
        names = _reached(entry, contexts)
        first = islice(filter(None, map(of_phone, names)), 1)
        chosen = _in_turns(_chosen(answered(name), anything=False) for name in names)
        others = _in_turns(_chosen(answered(name), anything=True) for name in names)
        yield from (Number(number, entry, extension) for number, extension in chain(first, chosen, others))

    found: dict[str, Number] = {}
    for number in _in_turns(map(callable_in, entries_of(config, contexts))):
        if len(found) >= most:
            break
        found.setdefault(number.number, number)
    return tuple(found.values())


def contexts_of(config: Config) -> Mapping[str, WrittenContext]:
    """All contexts by name, as extensions.conf, AEL, Lua and users.conf write them, but those of macros."""
    found: dict[str, WrittenContext] = {}
    for one in (*_conf_contexts(config), *ael_contexts(config, "extensions.ael"), *_lua(config), *_users(config)):
        if one.name.startswith("macro-") or not _CALLABLE.fullmatch(one.name):
            continue
        there = found.get(one.name, WrittenContext(one.name, (), ()))
        extensions, includes = (*there.extensions, *one.extensions), (*there.includes, *one.includes)
        found[one.name] = WrittenContext(
            one.name, tuple(dict.fromkeys(extensions)), tuple(dict.fromkeys(includes))
        )
    return found


def entries_of(config: Config, contexts: Mapping[str, WrittenContext]) -> tuple[str, ...]:
    """Contexts in which calls of phones and trunks begin; where that is not known, those that nothing leads to."""
    named = dict.fromkeys(context for _, context in _phones(config))
    if known := [name for name in named if name in contexts]:
        return tuple(known)
    reached = set(chain.from_iterable(map(_JUMP.findall, _texts(config))))
    reached |= {name for context in contexts.values() for name in context.includes}
    return tuple(name for name in contexts if name not in reached) or tuple(contexts)


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


def _conf_contexts(config: Config) -> Iterator[WrittenContext]:
    conf = config.file("extensions.conf")
    known = {option.name: option.value for option in conf.options("globals")}
    for section in conf.usable:
        if section.name.lower() not in _NO_CONTEXTS:
            includes = (Include.of(value).context for value in section.values("include"))
            extensions = _extensions(section.values("exten"), known)
            yield WrittenContext(section.name, tuple(extensions), tuple(includes))


def _extensions(values: Sequence[str], known: Mapping[str, str]) -> Iterator[str]:
    """Those with a first priority. Asterisk puts global variables into them as it reads them."""
    for value in values:
        parts = [part.strip() for part in value.split(",", 2)]
        if len(parts) == 3 and _FIRST.fullmatch(parts[1]):
            yield _GLOBAL.sub(lambda found: known.get(found[1], found[0]), parts[0])


def _lua(config: Config) -> tuple[WrittenContext, ...]:
    try:
        return lua_contexts((config.folder / "extensions.lua").read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return ()


def _users(config: Config) -> Iterator[WrittenContext]:
    """Phones of users.conf with `hasexten` are extensions of one context."""
    conf = config.file("users.conf")
    usual = conf.get("general", "hasexten")
    names = tuple(
        section.name
        for section in conf.usable
        if section.name.lower() != "general" and is_true(section.get("hasexten", usual))
    )
    if names:
        yield WrittenContext(config.file("extensions.conf").get("general", "userscontext", "default"), names, ())


def _texts(config: Config) -> Iterator[str]:
    """Applications as they are written."""
    for option in config.file("extensions.conf").everywhere("exten", "same"):
        yield option.value


def _phones(config: Config) -> Iterator[tuple[str, str]]:
    """Phones and trunks by the names of their sections, each with the context in which its calls begin."""
    for file, option in _PHONE_CONTEXTS:
        for section in config.file(file).usable:
            if context := section.get(option):
                yield section.name, context


def _of_phone(answered: Sequence[_Answered], phones: frozenset[str]) -> _Answered | None:
    """The first of these numbers that is a phone's."""
    return next((found for found in answered if found[1] in phones), None)


def _chosen(answered: Sequence[_Answered], *, anything: bool) -> Iterator[_Answered]:
    """Those of a pattern that takes anything, or all others: it says that a number is wrong, as a rule."""
    return (found for found in answered if bool(_ANYTHING.fullmatch(found[1])) is anything)


def _reached(entry: str, contexts: Mapping[str, WrittenContext]) -> Sequence[str]:
    """Contexts whose numbers can be called in one: itself, then each that it includes."""
    found = {entry: None}
    todo = [entry]
    while todo:
        fresh = [name for name in contexts[todo.pop(0)].includes if name in contexts and name not in found]
        found |= dict.fromkeys(fresh)
        todo += fresh
    return tuple(found)


def _answered(context: WrittenContext, targets: frozenset[str]) -> tuple[_Answered, ...]:
    """Numbers with the extension that answers each, those of no pattern first.

    A name of letters that the dialplan itself goes to (`Goto(closed,1)`) is nobody's to call.
    """
    called = [one for one in context.extensions if not (one in targets and re.match("[A-Za-z]", one))]
    plain_first = sorted(called, key=lambda extension: extension.startswith("_"))
    numbers = ((number_for(one), one) for one in plain_first if one.lower() not in _SPECIAL)
    return tuple((number, one) for number, one in numbers if _CALLABLE.fullmatch(number))


def _in_turns(groups: Iterable[Iterator[_T]]) -> Iterator[_T]:
    """The first of each group, then the second of each that has one, and so on."""
    while groups:
        left = []
        for group in groups:
            for one in group:
                yield one
                left.append(group)
                break
        groups = left
