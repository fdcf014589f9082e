"""Modules that are Asterisk's own, of any release since 1.8: a candidate brings its own build of them.

All others come from somebody else, and have to be built for the candidate as well. Sources of the list: the module
lists and menuselect options of 16.28 and 22.10, and UPGRADE notes for what went before.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

__all__ = ["is_own"]


def is_own(module: str) -> bool:
    """Whether `app_dial` (or `app_dial.so`) comes with Asterisk. Codecs that are sold or downloaded do not."""
    name = module.removesuffix(".so").lower()
    return name in _own() or name.startswith("test_")


@cache
def _own() -> frozenset[str]:
    return frozenset((files("harness.asterisk") / "own_modules.txt").read_text(encoding="utf-8").split())
