"""Headers against shell patterns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from harness.model import like

__all__ = ["like", "matches"]


def matches(headers: Iterable[tuple[str, str]], wanted: Mapping[str, str]) -> bool:
    """Whether each wanted header is there with a value that its shell pattern matches."""
    found = tuple(headers)
    return all(
        any(name == header and like(value, pattern) for header, value in found) for name, pattern in wanted.items()
    )
