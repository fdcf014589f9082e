"""Headers against shell patterns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

__all__ = ["like", "matches"]


def like(value: str, pattern: str) -> bool:
    """Whether a shell pattern matches, or is the very text: `[` and `?` occur in both."""
    return value == pattern or fnmatchcase(value, pattern)


def matches(headers: Iterable[tuple[str, str]], wanted: Mapping[str, str]) -> bool:
    """Whether each wanted header is there with a value that its shell pattern matches."""
    found = tuple(headers)
    return all(
        any(name == header and like(value, pattern) for header, value in found) for name, pattern in wanted.items()
    )
