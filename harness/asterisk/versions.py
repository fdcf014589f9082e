"""Asterisk's version numbers, and what a move from one to another is. Pure."""

from __future__ import annotations

import re
from typing import Literal

__all__ = ["Move", "Version", "move", "parse_version", "series_of"]

Version = tuple[int, ...]
"""`(22, 10, 1)`; a release candidate counts as its release."""

Move = Literal["update", "upgrade", "downgrade", "same", "unknown"]

_NUMBER = re.compile(r"(?<![\d.])(\d{1,3}(?:\.\d{1,4}){0,3})")


def parse_version(text: str) -> Version | None:
    """The number in `16.28.0~dfsg-0+deb11u4`, `asterisk-22.11.0-rc1`, `certified/20.7-cert1`, `GIT-22-abc`."""
    found = _NUMBER.search(text.replace("GIT-", "").replace("asterisk-", ""))
    if found is None:
        return None
    return tuple(int(part) for part in found[1].split("."))


def series_of(version: Version) -> str:
    """What is supported together: `16`, and `1.8` of the time when it was numbered so."""
    return ".".join(map(str, version[:2])) if version[0] == 1 else str(version[0])


def move(from_: str, to: str) -> Move:
    """What it is to go from one version to the other: within a series an update, to a later one an upgrade."""
    before, after = parse_version(from_), parse_version(to)
    if before is None or after is None:
        return "unknown"
    if after < before:
        return "downgrade"
    if series_of(before) != series_of(after):
        return "upgrade"
    return "same" if from_ == to else "update"
