"""What modules.conf loads, and what it keeps from loading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from harness.asterisk.conf import Conf, Option, is_true

__all__ = ["LOADS", "Loading", "loading_of", "module_of"]

LOADS = frozenset({"load", "preload", "require", "preload-require"})


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
        return not self.refuses(module) and (self.autoload or self.asks_for(module) is not None)

    def asks_for(self, module: str) -> Option | None:
        """The first line that says to load it."""
        return next((option for name, option in self.lines(*LOADS) if name == module), None)

    def refuses(self, module: str) -> bool:
        """Whether a `noload` line keeps it from loading."""
        return any(name == module for name, _ in self.lines("noload"))


def module_of(option: Option) -> str:
    """The module that a line names, without .so."""
    return option.value.strip().lower().removesuffix(".so")


def loading_of(conf: Conf) -> Loading:
    """What modules.conf says."""
    return Loading(is_true(conf.get("modules", "autoload")), conf.options("modules"))
