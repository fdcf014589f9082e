"""One line for the person at the terminal."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["Progress", "silent"]

Progress = Callable[[str], None]


def silent(line: str) -> None:
    """Tells nobody."""
