"""What can be called in a context, as it is written in whatever language."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["WrittenContext"]


@dataclass(frozen=True, slots=True)
class WrittenContext:
    """A context with its extensions (names and patterns) and the contexts that it includes."""

    name: str
    extensions: tuple[str, ...]
    includes: tuple[str, ...]
