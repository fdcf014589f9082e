"""What the series 13 to 23 removed, renamed, and changed by default: `series_changes.toml`, with sources."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, cast

from harness.asterisk.versions import Version, parse_version

__all__ = ["SeriesChange", "changes_between", "series_changes"]

How = Literal["removed", "renamed", "default"]
_PLAIN = frozenset({"version", "source", "how"})


@dataclass(frozen=True, slots=True)
class SeriesChange:
    """One thing that a version removed, renamed, or changed by default. `now` says what is instead, if anything.

    `kind` and `name` are those of a release's facts (`module`, `app_macro`); an option is `queues.conf autofill`.
    """

    version: Version
    how: How
    kind: str
    name: str
    now: str
    source: str


def changes_between(old: str, candidate: str) -> tuple[SeriesChange, ...]:
    """Those of the versions after old's up to the candidate's, in their order; none where one is no version."""
    first, last = parse_version(old), parse_version(candidate)
    if first is None or last is None:
        return ()
    return tuple(change for change in series_changes() if first < change.version <= last)


@cache
def series_changes() -> tuple[SeriesChange, ...]:
    """The whole table, by version."""
    text = (files("harness.asterisk.notes") / "series_changes.toml").read_text(encoding="utf-8")
    entries = cast("list[dict[str, Any]]", tomllib.loads(text)["changes"])
    return tuple(change for entry in entries for change in _changes(entry))


def _changes(entry: dict[str, Any]) -> Iterator[SeriesChange]:
    version = parse_version(entry["version"]) or ()
    for kind, names in entry.items():
        for text in () if kind in _PLAIN else names:
            name, _, now = text.partition(" => ")
            yield SeriesChange(version, entry["how"], kind, name, now, entry["source"])
