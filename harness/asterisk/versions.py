"""Asterisk's version numbers and release series: what a move between them is, and how long each is supported."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

__all__ = [
    "AS_OF",
    "SERIES",
    "SOURCE",
    "Move",
    "Series",
    "Version",
    "move",
    "parse_version",
    "series_for",
    "series_of",
    "support",
]

Version = tuple[int, ...]
"""`(22, 10, 1)`; a release candidate counts as its release."""

Move = Literal["update", "upgrade", "downgrade", "same", "unknown"]

_NUMBER = re.compile(r"(?<![\d.])(\d{1,3}(?:\.\d{1,4}){0,3})")

SOURCE = "https://docs.asterisk.org/About-the-Project/Asterisk-Versions/"
AS_OF = date(2025, 10, 15)
"""When the table was true: with the release of 23."""
_LONG, _STANDARD = "long term support", "standard"


@dataclass(frozen=True, slots=True)
class Series:
    """`fixes_end`: from then on only security is fixed; `ends`: from then on nothing is."""

    name: str
    kind: str
    fixes_end: date
    ends: date


SERIES: Mapping[str, Series] = {
    name: Series(name, kind, date.fromisoformat(fixes_end), date.fromisoformat(ends))
    for name, kind, fixes_end, ends in (
        ("11", _LONG, "2016-10-25", "2017-10-25"),
        ("12", _STANDARD, "2014-12-20", "2015-12-20"),
        ("13", _LONG, "2020-10-24", "2021-10-24"),
        ("14", _STANDARD, "2017-09-26", "2018-09-26"),
        ("15", _STANDARD, "2018-10-03", "2019-10-03"),
        ("16", _LONG, "2022-10-09", "2023-10-09"),
        ("17", _STANDARD, "2020-10-28", "2021-10-28"),
        ("18", _LONG, "2024-10-20", "2025-10-20"),
        ("19", _STANDARD, "2022-11-02", "2023-11-02"),
        ("20", _LONG, "2026-10-19", "2027-10-19"),
        ("21", _STANDARD, "2024-10-18", "2025-10-18"),
        ("22", _LONG, "2028-10-16", "2029-10-16"),
        ("23", _STANDARD, "2026-10-15", "2027-10-15"),
    )
}


def support(version: str, today: date) -> str:
    """What is fixed in a version's series on a day, in words."""
    series = series_for(version)
    if series is None:
        return f"{version}: its series is not in the table of {AS_OF}"
    if today >= series.ends:
        return f"{series.name} ({series.kind}) had its end of life on {series.ends}"
    if today >= series.fixes_end:
        return f"{series.name} ({series.kind}) gets security fixes only, until {series.ends}"
    return f"{series.name} ({series.kind}) gets fixes until {series.fixes_end}, security fixes until {series.ends}"


def series_for(version: str) -> Series | None:
    """The series of a version; None where it is not in the table, or the text is no version."""
    parsed = parse_version(version)
    return SERIES.get(series_of(parsed)) if parsed else None


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
