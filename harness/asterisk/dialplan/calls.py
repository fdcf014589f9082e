"""Applications and functions as a loaded dialplan calls them, each with its arguments. Every pass is linear."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from harness.asterisk.dialplan.show import Dialplan
from harness.model import Place

__all__ = ["Call", "application_calls", "function_calls", "option_words", "split_arguments"]

_APPLICATION = re.compile(r"\s*(\w+)\s*\((.*)\)\s*", re.DOTALL)
_READ = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\(")
_WRITTEN = re.compile(r"(?:^|[(,|?:])\s*([A-Z][A-Z0-9_]*)\(")
_SETTERS = frozenset({"set", "mset"})
_RUNNERS = frozenset({"exec", "tryexec"})
_CHOOSERS = frozenset({"execif", "execiftime"})
_OPENING = {"(": ")", "[": "]", "{": "}"}
_DEEPEST = 20
_LONGEST = 4_000
"""Characters of a function's arguments that are looked at: Asterisk itself takes no more."""


@dataclass(frozen=True, slots=True)
class Call:
    """An application or function with its arguments as they are written, and where. Both names keep their case."""

    name: str
    arguments: str
    place: Place | None = None


def application_calls(dialplan: Dialplan) -> tuple[Call, ...]:
    """All applications that are called, those that Exec, TryExec, ExecIf and ExecIfTime run too."""
    return tuple(
        Call(name, arguments, place)
        for text, place in _priorities(dialplan)
        for name, arguments in _applications(text)
    )


def function_calls(dialplan: Dialplan) -> tuple[Call, ...]:
    """All functions that are read in `${...}`, nested ones too, or written with Set and MSet."""
    return tuple(
        Call(name, arguments, place)
        for text, place in _priorities(dialplan)
        for name, arguments in _functions(text)
    )


def split_arguments(text: str, separator: str = ",") -> tuple[str, ...]:
    """Arguments as Asterisk parts them: not within parentheses, brackets, quotes or `${...}`; none of nothing."""
    if not text:
        return ()
    parts: list[str] = []
    closing: list[str] = []
    start, quoted, escaped = 0, False, False
    for at, char in enumerate(text):
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif char == '"':
            quoted = not quoted
        elif char in _OPENING and (char != "{" or text[at - 1 : at] == "$"):
            closing.append(_OPENING[char])
        elif closing and char == closing[-1]:
            closing.pop()
        elif char == separator and not closing and not quoted:
            parts.append(text[start:at])
            start = at + 1
    return (*parts, text[start:])


def option_words(text: str) -> tuple[str, ...]:
    """The options in an argument: its letters without what they take (`tM(x)` → t, M), and its words (`skip`).

    What is in variables is not known and left out.
    """
    bare, depth = _without_expansions(text), 0
    letters: list[str] = []
    for char in bare:
        if char == ")":
            depth = max(depth - 1, 0)
        elif char == "(":
            depth += 1
        elif not depth:
            letters.append(char)
    return (*letters, *(word for word in re.split(r"\W+", "".join(letters)) if len(word) > 1))


def _priorities(dialplan: Dialplan) -> Iterator[tuple[str, Place | None]]:
    for extensions in dialplan.contexts.values():
        for priorities in extensions.values():
            for priority in priorities.values():
                yield priority.application, priority.place


def _applications(text: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    found = _APPLICATION.fullmatch(text)
    if found is None:
        return
    name, arguments = found.groups()
    yield name, arguments
    if depth == _DEEPEST:
        return
    if name.lower() in _RUNNERS:
        yield from _applications(arguments, depth + 1)
    elif name.lower() in _CHOOSERS:
        for run in split_arguments("?".join(split_arguments(arguments, "?")[1:]), ":"):
            yield from _applications(run, depth + 1)


def _functions(text: str) -> Iterator[tuple[str, str]]:
    ends = _ends(text)
    for found in _READ.finditer(text):
        end = ends.get(found.end() - 1, len(text))
        yield found[1], text[found.end() : min(end, found.end() + _LONGEST)]
    setters = {name.lower() for name, _ in _applications(text)} & _SETTERS
    for found in _WRITTEN.finditer(text) if setters else ():
        end = ends.get(found.end() - 1, len(text))
        if text[end + 1 : end + 40].lstrip().startswith("="):
            yield found[1], text[found.end() : min(end, found.end() + _LONGEST)]


def _ends(text: str) -> Mapping[int, int]:
    """Where each parenthesis that is opened is closed."""
    opened: list[int] = []
    ends: dict[int, int] = {}
    for at, char in enumerate(text):
        if char == "(":
            opened.append(at)
        elif char == ")" and opened:
            ends[opened.pop()] = at
    return ends


def _without_expansions(text: str) -> str:
    """Without `${...}` and `$[...]`, however they are nested; one that is never closed goes to the end."""
    kept: list[str] = []
    closing: list[str] = []
    for at, char in enumerate(text):
        if char in "{[" and text[at - 1 : at] == "$":
            if not closing and kept:
                kept.pop()
            closing.append(_OPENING[char])
        elif closing:
            if char == closing[-1]:
                closing.pop()
        else:
            kept.append(char)
    return "".join(kept)
