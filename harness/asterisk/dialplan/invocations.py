"""Applications and functions where a dialplan invokes them, each with its arguments. Every pass is linear."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from functools import lru_cache

import msgspec

from harness.asterisk.conf.model import Conf, Option
from harness.asterisk.dialplan.applications import APPLICATIONS, NOTHING, Takes
from harness.asterisk.dialplan.arguments import Options, Span, read_options, split, sure_split
from harness.asterisk.dialplan.show import Dialplan
from harness.model import Place

__all__ = [
    "Invocation",
    "application_invocations",
    "function_invocations",
    "functions_in",
    "functions_read",
    "invocations_in",
    "key_invocations",
    "may_write",
]

_APPLICATION = re.compile(r"\s*(\w+)\s*(\()?")
_READ = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\(")
_WRITTEN = re.compile(r"\s*([A-Z][A-Z0-9_]*)\(")
_SETTERS = frozenset({"set", "mset"})
_MAY_WRITE = re.compile(r"[(,]" + _WRITTEN.pattern)
_PARENTHESIS = re.compile(r"[()]")
_DEEPEST = 20
_LONGEST = 4_000
"""Characters of a function's arguments that are looked at: Asterisk itself takes no more."""


class Invocation(msgspec.Struct, frozen=True):
    """An application or function where it is invoked, with the columns of the whole and of the end of its name.

    `inner` is what stands in its parentheses, None without any. The name keeps its case.
    """

    name: str
    start: int
    name_end: int
    end: int
    inner: Span | None
    place: Place | None = None

    @property
    def key(self) -> str:
        """The name in lower case: Asterisk tells no cases of applications apart."""
        return self.name.lower()

    @property
    def arguments(self) -> str:
        """What stands in the parentheses."""
        return self.inner.text if self.inner else ""

    @property
    def takes(self) -> Takes:
        """What its arguments are, if it is an application."""
        return _takes(self.name)

    def sure_parts(self) -> tuple[Span, ...] | None:
        """Its arguments with their columns; None where they cannot be told apart for sure."""
        return sure_split(self.inner.text, base=self.inner.start) if self.inner else ()

    def part(self, position: int) -> Span | None:
        """An argument, counted from 1; None where it is not given."""
        if self.inner is None or position < 1:
            return None
        return _at(split(self.inner.text, base=self.inner.start, most=position + 1), position)

    def branches(self, *, sure: bool = False) -> tuple[Span, ...]:
        """What stands after the `?` of its condition, parted at `:`; none where that is not sure."""
        if self.inner is None or (sure and self.sure_parts() is None):
            return ()
        _, *rest = split(self.inner.text, "?", base=self.inner.start, most=2)
        return tuple(branch for both in rest for branch in split(both.text, ":", base=both.start, most=2))

    def runs(self, *, sure: bool = False) -> tuple[Span, ...]:
        """The applications that are written in its arguments."""
        takes = self.takes
        if takes.runs and self.inner:
            return (self.inner,)
        return self.branches(sure=sure) if takes.branches else ()

    def options(self) -> Options:
        """Its options. They are not all `known` where its arguments cannot be told apart for sure."""
        parts = self.sure_parts()
        if parts is None:
            return Options(read_options(self.part(self.takes.options)).letters, known=False)
        return read_options(_at(parts, self.takes.options))

    def run_unwritten(self, contexts: Container[str]) -> Iterator[str]:
        """Applications that its options and arguments make it run, though none stands there as it is written.

        `contexts` are those of the dialplan: they tell a macro from a subroutine.
        """
        takes = self.takes
        if takes.by_option:
            letters = self.options().names
            yield from (name for letter, name in takes.by_option.items() if letter in letters)
        yield from (name for position, name in takes.by_argument.items() if self._text(position))
        for position in takes.subroutines:
            name = re.split(r"[,^(]", self._text(position))[0]
            yield from ("Gosub",) if name in contexts else ("Macro",) if f"macro-{name}" in contexts else ()
        if takes.named and self._text(takes.named - 1).lower() == "app":
            yield self._text(takes.named)

    def _text(self, position: int) -> str:
        part = self.part(position)
        return part.text.strip() if part else ""


@lru_cache(4096)
def _takes(name: str) -> Takes:
    return APPLICATIONS.get(name.lower(), NOTHING)


def _at(parts: Sequence[Span], position: int) -> Span | None:
    return parts[position - 1] if 0 < position <= len(parts) else None


def application_invocations(dialplan: Dialplan) -> Iterator[Invocation]:
    """All applications of a loaded dialplan, those that Exec, TryExec, ExecIf and ExecIfTime run too."""
    for priority in dialplan.priorities():
        if one := _invocation(priority.application, 0, priority.place):
            yield one
            if one.takes is not NOTHING:
                yield from _run_in(one)


def function_invocations(dialplan: Dialplan) -> Iterator[Invocation]:
    """All functions that are read in `${...}`, nested ones too, or written with Set and MSet."""
    for priority in dialplan.priorities():
        yield from functions_in(priority.application, place=priority.place)


def key_invocations(features: Conf) -> Iterator[tuple[Option, str, Invocation]]:
    """Applications that keys of features.conf run, with the text of each key's.

    `name => code,who,Application(arguments)`, or `…,Application,arguments`.
    """
    for option in features.options("applicationmap"):
        text = "".join(part.text for part in split(option.value, most=3)[2:]).strip()
        name, comma, arguments = text.partition(",")
        name = name.strip('"')
        is_written = "(" in name or not comma
        for one in invocations_in(text if is_written else f"{name}({arguments})", place=option.place):
            yield option, text, one


def invocations_in(
    text: str, *, base: int = 0, place: Place | None = None, sure: bool = False, depth: int = 0
) -> Iterator[Invocation]:
    """The application that a text is, and those that it runs in its arguments. `base` is the text's column.

    `sure`: only those whose arguments can be told apart for sure.
    """
    if one := _invocation(text, base, place):
        yield one
        yield from _run_in(one, sure=sure, depth=depth)


def _invocation(text: str, base: int, place: Place | None) -> Invocation | None:
    """The application that a text is."""
    found = _APPLICATION.match(text)
    if not found:
        return None
    inner, end = None, len(text)
    opened = found.end()
    if found[2]:
        closing = text.rfind(")")
        if closing < opened:
            return None
        inner = Span(base + opened, base + closing, text[opened:closing])
        end = closing + 1
    elif text[opened:].strip():
        return None  # text after a name without (: nothing that is understood
    start, name_end = found.span(1)
    return Invocation(found[1], base + start, base + name_end, base + end, inner, place)


def _run_in(one: Invocation, *, sure: bool = False, depth: int = 0) -> Iterator[Invocation]:
    """Those that it runs in its arguments."""
    for span in one.runs(sure=sure) if depth < _DEEPEST else ():
        yield from invocations_in(span.text, base=span.start, place=one.place, sure=sure, depth=depth + 1)


def functions_read(text: str) -> Sequence[str]:
    """The names alone of the functions that an application's text reads."""
    return _READ.findall(text) if "${" in text else ()


def may_write(text: str) -> bool:
    """Whether an application's text looks as if it wrote a function; `functions_in` tells."""
    return "=" in text and _MAY_WRITE.search(text) is not None


def functions_in(text: str, *, place: Place | None = None) -> Iterator[Invocation]:
    """The functions that an application's text reads or writes."""
    if "(" not in text:
        return
    reads = list(_READ.finditer(text)) if "${" in text else ()
    ends = _ends(text) if reads else {}
    for found in reads:
        yield _function(text, found, ends, place)
    for setter in invocations_in(text) if may_write(text) else ():
        for part in split(setter.arguments) if setter.key in _SETTERS else ():
            name, *value = split(part.text, "=", most=2)
            written = _WRITTEN.match(name.text)
            if written and value and name.text.rstrip().endswith(")"):
                yield _function(name.text, written, _ends(name.text), place)


def _function(text: str, found: re.Match[str], ends: Mapping[int, int], place: Place | None) -> Invocation:
    start, end = found.end(), min(ends.get(found.end() - 1, len(text)), found.end() + _LONGEST)
    inner = Span(start, end, text[start:end])
    return Invocation(found[1], found.start(1), found.end(1), end + 1, inner, place)


def _ends(text: str) -> Mapping[int, int]:
    """Where each parenthesis that is opened is closed."""
    opened: list[int] = []
    ends: dict[int, int] = {}
    for found in _PARENTHESIS.finditer(text):
        if found[0] == "(":
            opened.append(found.start())
        elif opened:
            ends[opened.pop()] = found.start()
    return ends
