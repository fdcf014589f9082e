"""Folders that come with the package: within it where it was installed, beside it in a clone."""

from __future__ import annotations

from pathlib import Path

__all__ = ["packaged"]


def packaged(name: str) -> Path:
    """`containers`, `suites`. Raises FileNotFoundError where the package is not whole."""
    package = Path(__file__).parents[1]
    places = (package / name, package.parent / name)
    found = next((place for place in places if place.is_dir()), None)
    if found is None:
        raise FileNotFoundError(f"neither {places[0]} nor {places[1]} is there: install the package again")
    return found
