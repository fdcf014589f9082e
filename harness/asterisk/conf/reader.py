"""Reads one configuration file with its includes: bytes → `Conf`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from sys import intern

from harness.asterisk.conf.comments import BLANKS, Comments, code_lines
from harness.asterisk.conf.includes import included
from harness.asterisk.conf.model import Conf, Option, Problem, Section
from harness.model import Place

__all__ = ["Reader"]

_DEPTH = 10  # MAX_INCLUDE_LEVEL in main/config.c
_QUOTES = {'"': '"', "'": "'", "<": ">"}
# What is spent on one file and its includes, in bytes: no real configuration comes near it.
_BUDGET = 64 * 1024 * 1024
_PER_FILE, _PER_OPTION = 4_000, 100


@dataclass(slots=True)
class _Open:
    """A section while it is being read."""

    name: str
    place: Place
    template: bool = False
    parents: list[str] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)
    last: dict[str, str] = field(default_factory=dict)

    def add(self, option: Option) -> None:
        self.options.append(option)
        self.last[option.name] = option.value

    def done(self) -> Section:
        return Section(self.name, self.place, tuple(self.options), tuple(self.parents), self.template)


class Reader:
    """Gathers sections and problems. Work is bounded, however files include and sections inherit each other."""

    def __init__(self, folder: Path, texts: Mapping[str, bytes | str], etc: str) -> None:
        self._folder, self._texts, self._etc = folder, texts, etc
        self._sections: list[_Open] = []
        self._first: dict[str, _Open] = {}
        self._first_usable: dict[str, _Open] = {}
        self._problems: list[Problem] = []
        self._above: list[str] = []
        self._files: dict[str, None] = {}
        self._last: _Open | None = None
        self._left = _BUDGET
        self._resolved: dict[str, tuple[str, ...] | None] = {}

    def done(self) -> Conf:
        """What was read."""
        sections = tuple(section.done() for section in self._sections)
        return Conf(sections, tuple(self._problems), tuple(self._files))

    def read(self, name: str, current: _Open | None = None) -> _Open | None:
        """Read a file. Its first lines belong to `current`, the section in which it is included.

        Returns the section in which it ends.
        """
        text = self._text(name)
        if text is None:
            return current
        self._above.append(name)
        self._files[name] = None
        comments = Comments()
        for number, line in code_lines(text, comments):
            current = self._line(line, Place(name, number), current)
            if self._left < 0:
                break
        self._above.pop()
        if comments.open_since:
            text = "the comment that begins here with ;-- has no end (--;)"
            self._problem(Place(name, comments.open_since), text)
        if comments.swallowed_from:
            text = "a comment ends here that has not begun: Asterisk skips what follows"
            self._problem(Place(name, comments.swallowed_from), text)
        return current

    def _text(self, name: str) -> str | None:
        path = self._folder / name
        try:
            content = self._texts.get(name)
            if content is None and not path.is_file():
                return None
            size = path.stat().st_size if content is None else len(content)
            if not self._spend(_PER_FILE + size, Place(name, 0)):
                return None
            return self._as_text(path.read_bytes() if content is None else content, name)
        except (OSError, ValueError) as problem:
            self._problem(Place(name, 0), f"cannot be read: {getattr(problem, 'strerror', None) or problem}")
            return None

    def _as_text(self, content: bytes | str, name: str) -> str:
        raw = content.encode("utf-8", "replace") if isinstance(content, str) else content
        if (nul := raw.find(b"\0")) >= 0:
            self._problem(_place_of(raw, nul, name), "a NUL byte: Asterisk skips the rest of the line")
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError as problem:
            self._problem(_place_of(raw, problem.start, name), "this is not UTF-8 text")
            return raw.decode("utf-8-sig", "replace")

    def _line(self, line: str, place: Place, current: _Open | None) -> _Open | None:
        if line.startswith("["):
            self._last = self._section(line, place) or current
            return self._last
        if line.startswith("#"):
            self._directive(line, place)
        else:
            self._option(line, place, current)
        return current

    def _section(self, line: str, place: Place) -> _Open | None:
        name, closed, rest = line[1:].partition("]")
        if not closed:
            self._problem(place, "a section's name is not ended with ]", fatal=True)
            return None
        flags, ended, _ = rest[1:].partition(")") if rest.startswith("(") else ("", ")", "")
        if not ended:
            self._problem(place, f"what follows [{name}] is not ended with )", fatal=True)
            return None
        if rest.lstrip(BLANKS).startswith("(") and not rest.startswith("("):
            self._problem(place, f"Asterisk does not read the (…) after [{name}]: nothing may stand between")
        return self._opened(name, [flag.strip(BLANKS) for flag in flags.split(",")] if flags else [], place)

    def _opened(self, name: str, flags: list[str], place: Place) -> _Open | None:
        section = _Open(name, place, template="!" in flags)
        added = next((flag for flag in flags if flag.startswith("+")), "")
        if added:
            known = self._first if "templates=" in added.lower() else self._first_usable
            if name.lower() not in known:
                self._problem(place, f"[{name}](+) adds to a section that is not there", fatal=True)
                return None
            section = known[name.lower()]
        for parent in (flag for flag in flags if flag and flag != "!" and not flag.startswith("+")):
            self._inherit(section, parent, place)
        if not added:
            self._sections.append(section)
            self._first.setdefault(name.lower(), section)
            if not section.template:
                self._first_usable.setdefault(name.lower(), section)
        return section

    def _inherit(self, section: _Open, parent: str, place: Place) -> None:
        base = self._first.get(parent.lower())
        if base is None:
            self._problem(place, f"[{section.name}] inherits from [{parent}], which is not there", fatal=True)
            return
        section.parents.append(parent)
        if self._spend(_PER_OPTION * len(base.options), place):
            for option in tuple(base.options):
                section.add(option)

    def _option(self, line: str, place: Place, current: _Open | None) -> None:
        name, sign, value = line.partition("=")
        if current is None:
            self._problem(place, f"{line[:60]!r} stands before any [section]", fatal=True)
            return
        if not sign:
            self._problem(place, f"no = in {line[:60]!r}")
            return
        appends, arrow = name.endswith("+"), value.startswith(">")
        name, value = intern(name.removesuffix("+").strip(BLANKS)), value[arrow:].strip(BLANKS)
        if not name:
            self._problem(place, f"no name before the = in {line[:60]!r}")
            return
        if appends:
            value = current.last.get(name, "") + value
            if not self._spend(len(value), place):
                return
        current.add(Option(name, value, place, arrow))

    def _spend(self, amount: int, place: Place) -> bool:
        """Whether so much more may be read; said once when it may not."""
        if self._left < 0:
            return False
        self._left -= amount
        if self._left < 0:
            self._problem(place, "not read from here on: too much, with all that is included and inherited")
        return self._left >= 0

    def _directive(self, line: str, place: Place) -> None:
        words = line[1:].split(None, 1)
        what = words[0].lower() if words and not line[1:2].isspace() else ""
        target = _without_quotes(words[1].strip(BLANKS)) if len(words) > 1 else ""
        if what == "exec":
            text = f"#exec {target} is not run here: what it would write is not known"
            self._problem(place, text, directive=what)
        elif what not in ("include", "tryinclude"):
            self._problem(place, f"Asterisk knows no directive {line[:60]!r}")
        elif not target:
            self._problem(place, f"#{what} names no file")
        else:
            # As Asterisk does it: what is included begins in the section that was opened last, wherever that
            # was; files of one directive go on where the one before ended; then the section is the old one.
            current = self._last
            for name in self._included_files(what, target, place):
                current = self.read(name, current)

    def _included_files(self, what: str, target: str, place: Place) -> Iterator[str]:
        if target not in self._resolved:
            self._resolved[target] = included(self._folder, self._texts, target, etc=self._etc)
        names = self._resolved[target]
        if names is None:
            # It is not there where the site is loaded: then Asterisk refuses the file, but for a #tryinclude.
            text = f"#{what} {target} leads out of the configuration folder and is not read"
            self._problem(place, text, fatal=what == "include", directive=what)
        elif not names and what == "include":
            self._problem(place, f"#include {target}: there is no such file", fatal=True, directive=what)
        for name in names or ():
            if name in self._above:
                self._problem(place, f"#{what} {target} goes in a circle")
            elif len(self._above) >= _DEPTH:
                self._problem(place, f"#{what} {target} is nested too deeply")
            else:
                yield name

    def _problem(self, place: Place, text: str, *, fatal: bool = False, directive: str = "") -> None:
        self._problems.append(Problem(place, text, fatal, directive))


def _without_quotes(target: str) -> str:
    closing = _QUOTES.get(target[:1], "")
    return target[1:-1] if closing and len(target) > 1 and target.endswith(closing) else target


def _place_of(content: bytes, at: int, name: str) -> Place:
    return Place(name, content.count(b"\n", 0, at) + 1)
