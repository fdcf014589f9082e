"""The time zones that a dialplan has Asterisk read, and where: literal ones, and those in variables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from harness.asterisk.dialplan.arguments import split
from harness.asterisk.dialplan.invocations import Invocation, application_invocations, function_invocations
from harness.asterisk.dialplan.show import Dialplan
from harness.asterisk.zones import REGIONS, RENAMED
from harness.model import Place

__all__ = ["Settings", "zone_uses"]

Settings = Iterable[tuple[str, str, Place | None]]
"""Variables that are set outside of the dialplan: name, value, place."""

_Use = tuple[str, Place | None]
_BY_TIME = frozenset({"gotoiftime", "execiftime", "iftime"})
"""What asks whether it is a certain time; the zone is the fifth part of that."""
_IN_ZONE = frozenset({"sayunixtime", "datetime", "strftime", "strptime"})
"""What says or writes a time; the zone is the second argument."""
_CARRIERS = frozenset({"gosub", "gosubif", "macro", "macroexclusive", "macroif", "return"})
_CARRIED = re.compile(r"ARG\d+|GOSUB_RETVAL|LOCAL")
_VARIABLE = re.compile(r"\$\{(?:(?:GLOBAL|SHARED|LOCAL)\()?_*(\w+)")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*")
_WORD = re.compile(rf"(?<![\w/])({_NAME.pattern})(?![\w/(])")
_SET = re.compile(r"(?:(?:GLOBAL|SHARED|LOCAL)\()?_*(\w+)\)?$")


def zone_uses(dialplan: Dialplan, settings: Settings = ()) -> tuple[_Use, ...]:
    """Each zone with each place, once: in `GotoIfTime`, `STRFTIME`, `SayUnixTime`, timed includes.

    A zone in a variable is any that the variable is set to, in the dialplan, its globals or `settings`.
    """
    variables = _variables(dialplan, settings)
    found: dict[_Use, None] = {}
    for text, place in _zone_texts(dialplan):
        found |= dict.fromkeys(_named(text, place, variables, frozenset()))
    return tuple(found)


def _zone_texts(dialplan: Dialplan) -> Iterator[_Use]:
    """What stands where Asterisk reads a zone."""
    for one in (*application_invocations(dialplan), *function_invocations(dialplan)):
        if text := _zone_text(one):
            yield text, one.place
    for context, includes in dialplan.includes.items():
        first = _first_place(dialplan, context)
        yield from ((zone, first) for include in includes if (zone := _fifth(include.time)))


def _zone_text(one: Invocation) -> str:
    if one.key in _BY_TIME:
        return _fifth(split(one.arguments, "?", most=2)[0].text)
    part = one.part(2) if one.key in _IN_ZONE else None
    return part.text.strip() if part else ""


def _fifth(timing: str) -> str:
    parts = split(timing)
    return parts[4].text.strip() if len(parts) == 5 else ""


def _first_place(dialplan: Dialplan, context: str) -> Place | None:
    extensions = dialplan.contexts.get(context, {}).values()
    return next((each.place for priorities in extensions for each in priorities.values() if each.place), None)


def _named(
    text: str, place: Place | None, variables: Mapping[str, tuple[_Use, ...]], seen: frozenset[str]
) -> Iterator[_Use]:
    """The zones that a text names, itself or by variables."""
    if "$" not in text:
        if _NAME.fullmatch(text):
            yield text, place
        return
    yield from ((word, place) for word in _WORD.findall(text) if _is_zone(word))
    for name in {name.upper() for name in _VARIABLE.findall(text)} - seen:
        for value, where in variables.get("ARG1" if _CARRIED.fullmatch(name) else name, ()):
            yield from _named(value, where or place, variables, seen | {name})


def _variables(dialplan: Dialplan, settings: Settings) -> Mapping[str, tuple[_Use, ...]]:
    """Values by name in capitals; below `ARG1` all zones that are handed to subroutines."""
    found: dict[str, list[_Use]] = {}
    for name, value, place in settings:
        found.setdefault(name.upper(), []).append((value.strip(), place))
    known = frozenset(found)
    for name, value in dialplan.variables.items():
        if name.upper() not in known:
            found.setdefault(name.upper(), []).append((value.strip(), None))
    for one in application_invocations(dialplan):
        if one.key in ("set", "mset"):
            for name, value in _set_by(one):
                found.setdefault(name.upper(), []).append((value, one.place))
        elif one.key in _CARRIERS:
            words = (word for word in _WORD.findall(one.arguments) if _is_zone(word))
            found.setdefault("ARG1", []).extend((word, one.place) for word in words)
    return {name: tuple(values) for name, values in found.items()}


def _set_by(one: Invocation) -> Iterator[tuple[str, str]]:
    parts = [part.text for part in split(one.arguments)] if one.key == "mset" else [one.arguments]
    for part in parts:
        name, _, value = part.partition("=")
        if found := _SET.fullmatch(name.strip()):
            yield found[1], value.strip().strip('"')


def _is_zone(word: str) -> bool:
    return word in RENAMED or ("/" in word and word.partition("/")[0] in REGIONS)
