"""What a file in Asterisk's configuration format holds, each thing with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

import msgspec

from harness.model import Place

__all__ = ["Conf", "Option", "Problem", "Section", "is_true"]

_TRUE = frozenset({"yes", "true", "y", "t", "1", "on"})


_Named = TypeVar("_Named")


def is_true(value: str) -> bool:
    """Whether Asterisk takes a value for yes."""
    return value.strip().lower() in _TRUE


class Option(msgspec.Struct, frozen=True, gc=False):
    """`name = value`, where it stands. `arrow` is whether it was written with `=>`."""

    name: str
    value: str
    place: Place
    arrow: bool = False


@dataclass(frozen=True)
class Section:
    """`[name](parents)`: the options of its parents and its own, in the order in which Asterisk has them.

    A template (`!`) is only there to be inherited from. An inherited option keeps the place where it is written.
    """

    name: str
    place: Place
    options: tuple[Option, ...] = ()
    parents: tuple[str, ...] = ()
    template: bool = False

    def option(self, name: str) -> Option | None:
        """An option, the last where there are several; cases are not told apart."""
        return next(reversed(self._by_name.get(name.lower(), ())), None)

    def get(self, name: str, default: str = "") -> str:
        """The value of an option, the last where there are several."""
        option = self.option(name)
        return default if option is None else option.value

    def values(self, name: str) -> tuple[str, ...]:
        """All values of an option, in order."""
        return tuple(option.value for option in self._by_name.get(name.lower(), ()))

    @cached_property
    def _by_name(self) -> Mapping[str, Sequence[Option]]:
        return _grouped((option.name, option) for option in self.options)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that Asterisk cannot read either, or that is not done here (`#exec`).

    `fatal`: Asterisk refuses the whole file because of it. `directive` is the one (`include`,
    `tryinclude`, `exec`) that would bring more, and does not here; empty for anything else.
    """

    place: Place
    text: str
    fatal: bool = False
    directive: str = ""


@dataclass(frozen=True)
class Conf:
    """One configuration file with everything it includes. `files` are their names, its own first."""

    sections: tuple[Section, ...] = ()
    problems: tuple[Problem, ...] = ()
    files: tuple[str, ...] = field(default=(), compare=False)

    @property
    def usable(self) -> tuple[Section, ...]:
        """Sections that are no templates; what they inherit is among their options."""
        return tuple(section for section in self.sections if not section.template)

    def everywhere(self, *names: str) -> Iterator[Option]:
        """Options with one of these names (in lower case), of all sections that are no templates; without, all."""
        options = (option for section in self.usable for option in section.options)
        return (option for option in options if not names or option.name.lower() in names)

    def named(self, section: str) -> tuple[Section, ...]:
        """Sections of a name that are no templates; cases are not told apart."""
        return tuple(each for each in self.called(section) if not each.template)

    def called(self, section: str) -> Sequence[Section]:
        """Sections of a name, templates too; cases are not told apart."""
        return self._by_name.get(section.lower(), ())

    @cached_property
    def _by_name(self) -> Mapping[str, Sequence[Section]]:
        return _grouped((section.name, section) for section in self.sections)

    def options(self, section: str) -> tuple[Option, ...]:
        """The options of all sections of a name, in order."""
        return tuple(option for each in self.named(section) for option in each.options)

    def get(self, section: str, name: str, default: str = "") -> str:
        """The last value of an option in the sections of a name."""
        found = (option.value for option in reversed(self.options(section)) if option.name.lower() == name.lower())
        return next(found, default)


def _grouped(named: Iterable[tuple[str, _Named]]) -> Mapping[str, Sequence[_Named]]:
    """By name in lower case, in order."""
    found: dict[str, list[_Named]] = {}
    for name, each in named:
        found.setdefault(name.lower(), []).append(each)
    return found
