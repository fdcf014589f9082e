"""What modules.conf loads, and what it keeps from loading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from harness.asterisk.conf import Option
from harness.migrate.model import Subject

__all__ = ["LOADS", "Loading", "loading_of"]

LOADS = frozenset({"load", "preload", "require", "preload-require"})
_TRUE = frozenset({"yes", "true", "y", "t", "1", "on"})


@dataclass(frozen=True, slots=True)
class Loading:
    """The lines of [modules]. Without the file Asterisk loads nothing but what it has to: `autoload` is False."""

    autoload: bool
    options: tuple[Option, ...]

    def lines(self, *kinds: str) -> Iterator[tuple[str, Option]]:
        """Module (without .so) and line of all lines of these kinds."""
        for option in self.options:
            if option.name.lower() in kinds:
                yield module_of(option), option

    def loads(self, module: str) -> bool:
        """Whether a module that is there gets loaded."""
        if self.refuses(module):
            return False
        return self.autoload or any(name == module for name, _ in self.lines(*LOADS))

    def refuses(self, module: str) -> bool:
        """Whether a `noload` line keeps it from loading."""
        return any(name == module for name, _ in self.lines("noload"))


def module_of(option: Option) -> str:
    """The module that a line names, without .so."""
    return option.value.strip().lower().removesuffix(".so")


def loading_of(subject: Subject) -> Loading:
    """The modules.conf of a configuration."""
    options = tuple(
        option
        for section in subject.conf("modules.conf").usable
        if section.name.lower() == "modules"
        for option in section.options
    )
    autoload = [option.value.lower() in _TRUE for option in options if option.name.lower() == "autoload"]
    return Loading(bool(autoload) and autoload[-1], options)
