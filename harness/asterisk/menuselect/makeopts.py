"""menuselect.makeopts, the file that keeps the choices of a build: read, and written. Pure.

`MENUSELECT_APPS=app_skel app_macro` lists what is *off* in most categories, and in those of `POSITIVE` what is on.
`MENUSELECT_DEPSFAILED=MENUSELECT_CDR=cdr_beanstalkd` says that something is off only because a dependency was
missing. Source: menuselect/menuselect.c of 22.10, and the files of Debian's 16.28 and 22.10.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from harness.asterisk.conf.model import Problem
from harness.model import Place

__all__ = ["POSITIVE", "Entry", "Makeopts", "failed_line", "is_positive", "line_of", "read_makeopts"]

POSITIVE = frozenset({"CFLAGS", "UTILS", "AGIS", "CORE_SOUNDS", "MOH", "EXTRA_SOUNDS"})
"""Categories whose lines list what is on (`positive_output`)."""

Entry = tuple[str, str]
"""Category without `MENUSELECT_` and name: `("APPS", "app_macro")`."""

_PREFIX = "MENUSELECT_"
_DERIVED = ("BUILD_DEPS", "DEPENDS_")
_FAILED = "DEPSFAILED"
_NAME = re.compile(r"[\w.+-]+", re.ASCII)
_BUFFER = 8191
"""Bytes of a line that menuselect reads at once; the rest it takes for a line of its own."""
_MARK = "\ufeff"
_MARKED = (
    "the file begins with a byte order mark: menuselect passes over its first line; save the file without one"
)
_MOST_LINES, _MOST_NAMES = 10_000, 100_000


@dataclass(frozen=True)
class Makeopts:
    """The choices of a build.

    `listed` are the names by category, in the order of the file; `failed` what is off for want of a dependency.
    `problems` are what menuselect itself would read otherwise than it is meant.
    """

    listed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    failed: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()

    def lists(self, entry: Entry) -> bool:
        """Whether the file names it: on in a positive category, off elsewhere."""
        return entry in self._named

    def has_on(self, entry: Entry) -> bool:
        """Whether menuselect takes it for chosen: what a category of modules does not name is on."""
        return self.lists(entry) if is_positive(entry[0]) else not self.lists(entry)

    def failed_for(self, entry: Entry) -> bool:
        """Whether it is off only for want of a dependency."""
        return entry in self._failed

    def entries(self) -> Iterator[Entry]:
        """Everything that the file names, each once."""
        yield from dict.fromkeys((*self._named, *self.failed))

    @cached_property
    def _named(self) -> Mapping[Entry, None]:
        return {(category, name): None for category, names in self.listed.items() for name in names}

    @cached_property
    def _failed(self) -> frozenset[Entry]:
        return frozenset(self.failed)


def is_positive(category: str) -> bool:
    """Whether a category's line lists what is on. `OPTS_app_voicemail` (to 16) are options of a module."""
    return category in POSITIVE or category.startswith("OPTS_")


def read_makeopts(text: str, *, name: str = "menuselect.makeopts") -> Makeopts:
    """The choices in a file of that name. Lines that are none of menuselect's are passed over, as it does.

    Names that no member can have (make would run `$(...)`) are problems and no choices.
    """
    listed: dict[str, dict[str, None]] = {}
    failed: dict[Entry, None] = {}
    problems: list[Problem] = []
    names = 0
    for number, line in enumerate(text.split("\n"), 1):
        place = Place(name, number)
        if number > _MOST_LINES or names > _MOST_NAMES:
            problems.append(Problem(place, "not read from here on: this is too much"))
            break
        if number == 1 and line.startswith(_MARK + _PREFIX):
            problems.append(Problem(place, _MARKED))
            line = line.removeprefix(_MARK)
        if not line.startswith(_PREFIX):
            continue
        key, equals, value = line.removeprefix(_PREFIX).partition("=")
        if not equals or not _NAME.fullmatch(key):
            problems.append(Problem(place, f"{key[:40].strip()!r} is no category with its names"))
        elif key == _FAILED:
            category, _, failing = value.strip().removeprefix(_PREFIX).partition("=")
            failed[category, failing] = None
        elif not key.startswith(_DERIVED):
            found = value.split()
            names += len(found)
            problems.extend(Problem(place, text) for text in _misread(line, found))
            listed.setdefault(key, {}).update(dict.fromkeys(filter(_NAME.fullmatch, found)))
    return Makeopts({key: tuple(each) for key, each in listed.items()}, tuple(failed), tuple(problems))


def _misread(line: str, names: Iterable[str]) -> Iterator[str]:
    """What menuselect makes of a line that is not what a person means by it."""
    if line.endswith("\r"):
        yield "the line ends in CR LF: menuselect takes CR for a part of the last name; save the file with LF"
    if len(line.encode("utf-8", "replace")) > _BUFFER:
        yield f"the line has more than {_BUFFER} bytes, and menuselect loses what is beyond"
    for name in names:
        if not _NAME.fullmatch(name):
            yield f"{name[:40]!r} is no name"


def line_of(category: str, names: Iterable[str]) -> str:
    """The line of a category as menuselect writes it."""
    return f"{_PREFIX}{category}=" + "".join(f"{name} " for name in names)


def failed_line(entry: Entry) -> str:
    """The line that says that something is off only for want of a dependency."""
    return f"{_PREFIX}{_FAILED}={_PREFIX}{entry[0]}={entry[1]}"
