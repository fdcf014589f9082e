"""Asterisk's configuration format, with file and line kept.

Reads what Asterisk reads: sections, templates and inheritance, `=` and `=>`, comments in all their forms, includes.
What cannot be read is a problem with its place, never an exception.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness.model import Place

__all__ = ["Conf", "Config", "Option", "Problem", "Section", "read_conf"]

_SECTION = re.compile(r"\[(?P<name>[^\]]*)\](?:\s*\((?P<flags>[^)]*)\))?")
_DIRECTIVE = re.compile(r"#\s*(?P<what>include|tryinclude|exec)\b\s*(?P<rest>.*)", re.IGNORECASE)
_DEPTH = 32
_ETC = "/etc/asterisk/"


@dataclass(frozen=True, slots=True)
class Option:
    """`name = value`, where it stands. `arrow` is whether it was written with `=>`."""

    name: str
    value: str
    place: Place
    arrow: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """`[name](parents)` with its own options. A template (`!`) is only there to be inherited from."""

    name: str
    place: Place
    options: tuple[Option, ...] = ()
    parents: tuple[str, ...] = ()
    template: bool = False
    addition: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that cannot be read, or will not be done (`#exec`)."""

    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Conf:
    """One configuration file with everything it includes."""

    sections: tuple[Section, ...] = ()
    problems: tuple[Problem, ...] = ()

    def resolved(self, section: Section) -> tuple[Option, ...]:
        """The options of a section, those of its parents before its own."""
        return tuple(self._resolve(section, frozenset()))

    def _resolve(self, section: Section, seen: frozenset[str]) -> Iterator[Option]:
        for parent in section.parents:
            if parent in seen:
                continue
            found = next((s for s in self.sections if s.name == parent), None)
            if found is not None:
                yield from self._resolve(found, seen | {parent})
        yield from section.options


@dataclass(frozen=True, slots=True)
class Config:
    """A configuration folder; files are read when they are asked for."""

    folder: Path
    names: frozenset[str] = field(default_factory=frozenset)

    def file(self, name: str) -> Conf:
        """A file by its name in the folder; empty where there is none."""
        reader = _Reader(self.folder)
        reader.read(name, 0)
        return reader.done()


def read_conf(folder: Path) -> Config:
    """A configuration folder."""
    return Config(folder, frozenset(path.name for path in folder.glob("*")))


class _Reader:
    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._sections: list[tuple[Section, list[Option]]] = []
        self._problems: list[Problem] = []
        self._open: list[str] = []

    def done(self) -> Conf:
        sections = tuple(
            Section(s.name, s.place, tuple(options), s.parents, s.template, s.addition)
            for s, options in self._sections
        )
        return Conf(_merged(sections), tuple(self._problems))

    def read(self, name: str, depth: int) -> None:
        path = self._folder / name
        try:
            text = path.read_bytes().decode("utf-8", "replace")
        except OSError:
            return
        comment = 0
        self._open.append(name)
        for number, raw in enumerate(text.splitlines(), 1):
            line, comment = _uncommented(raw, comment)
            if line:
                self._line(line, Place(name, number), depth)
        if comment:
            self._problem(Place(name, text.count("\n") + 1), "a comment begun with ;-- is not ended with --;")
        self._open.pop()

    def _line(self, line: str, place: Place, depth: int) -> None:
        if line.startswith("["):
            self._section(line, place)
        elif directive := _DIRECTIVE.match(line):
            self._directive(directive["what"].lower(), directive["rest"], place, depth)
        else:
            self._option(line, place)

    def _section(self, line: str, place: Place) -> None:
        found = _SECTION.match(line)
        if found is None:
            self._problem(place, "a section's name is not ended with ]")
            return
        flags = [flag.strip() for flag in (found["flags"] or "").split(",") if flag.strip()]
        section = Section(
            found["name"].strip(),
            place,
            parents=tuple(flag for flag in flags if flag not in ("!", "+")),
            template="!" in flags,
            addition="+" in flags,
        )
        self._sections.append((section, []))

    def _option(self, line: str, place: Place) -> None:
        name, sign, value = line.partition("=")
        if not sign:
            self._problem(place, f"no = in {line[:60]!r}")
            return
        if not self._sections:
            self._problem(place, f"{name.strip()!r} stands before any [section]")
            return
        arrow = value.startswith(">")
        self._sections[-1][1].append(Option(name.strip(), value[arrow:].strip(), place, arrow))

    def _directive(self, what: str, rest: str, place: Place, depth: int) -> None:
        target = rest.strip().strip("<>\"'").strip()
        if what == "exec":
            self._problem(place, f"#exec {target} is not run here: what it would write is not known")
            return
        files = list(self._matching(target))
        if not files and what == "include":
            self._problem(place, f"#include {target}: there is no such file in the folder")
        for name in files:
            if name in self._open or depth >= _DEPTH:
                self._problem(place, f"#include {target} goes in a circle")
            else:
                self.read(name, depth + 1)

    def _matching(self, target: str) -> Iterator[str]:
        relative = target.removeprefix(_ETC)
        if not relative or relative.startswith("/") or "\0" in relative:
            return
        try:
            found = sorted(self._folder.glob(relative))
        except (ValueError, NotImplementedError, OSError):
            return
        for path in found:
            inside = path.resolve()
            if inside.is_file() and inside.is_relative_to(self._folder):
                yield inside.relative_to(self._folder).as_posix()

    def _problem(self, place: Place, text: str) -> None:
        self._problems.append(Problem(place, text))


def _merged(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """Additions `[x](+)` go into the last section of that name before them."""
    merged: list[Section] = []
    last: dict[str, int] = {}
    for section in sections:
        if section.addition and section.name in last:
            at = last[section.name]
            base = merged[at]
            merged[at] = Section(
                base.name,
                base.place,
                base.options + section.options,
                base.parents + section.parents,
                base.template,
            )
            continue
        last[section.name] = len(merged)
        merged.append(section)
    return tuple(merged)


def _uncommented(raw: str, depth: int) -> tuple[str, int]:
    """A line without comments, and how many block comments are open after it."""
    kept: list[str] = []
    at = 0
    while at < len(raw):
        if depth:
            end = raw.find("--;", at)
            if end < 0:
                return "".join(kept).strip(), depth
            depth, at = depth - 1, end + 3
        elif raw.startswith(";--", at) and not raw.startswith(";---", at):
            depth, at = depth + 1, at + 3
        elif raw[at] == ";":
            break
        elif raw.startswith("\\;", at):
            kept.append(";")
            at += 2
        else:
            stop = min((i for i in (raw.find(";", at + 1), raw.find("\\;", at + 1)) if i > 0), default=len(raw))
            kept.append(raw[at:stop])
            at = stop
    return "".join(kept).strip(), depth


def options_of(options: tuple[Option, ...]) -> Mapping[str, str]:
    """Options by name, the last of each counts."""
    return {option.name.lower(): option.value for option in options}
