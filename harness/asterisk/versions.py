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


@dataclass(frozen=True, slots=True)
class Series:
    """`fixes_end`: from then on only security is fixed; `ends`: from then on nothing is."""

    name: str
    long_term: bool
    fixes_end: date
    ends: date


def _series(name: str, fixes_end: str, ends: str, *, long_term: bool = False) -> Series:
    return Series(name, long_term, *map(date.fromisoformat, (fixes_end, ends)))


SERIES: Mapping[str, Series] = {
    one.name: one
    for one in (
        _series("11", "2016-10-25", "2017-10-25", long_term=True),
        _series("12", "2014-12-20", "2015-12-20"),
        _series("13", "2020-10-24", "2021-10-24", long_term=True),
        _series("14", "2017-09-26", "2018-09-26"),
        _series("15", "2018-10-03", "2019-10-03"),
        _series("16", "2022-10-09", "2023-10-09", long_term=True),
        _series("17", "2020-10-28", "2021-10-28"),
        _series("18", "2024-10-20", "2025-10-20", long_term=True),
        _series("19", "2022-11-02", "2023-11-02"),
        _series("20", "2026-10-19", "2027-10-19", long_term=True),
        _series("21", "2024-10-18", "2025-10-18"),
        _series("22", "2028-10-16", "2029-10-16", long_term=True),
        _series("23", "2026-10-15", "2027-10-15"),
    )
}


def support(version: str, today: date) -> str:
    """What is fixed in a version's series on a day, in words."""
    series = series_for(version)
    if series is None:
        return f"{version}: its series is not in the table of {AS_OF}"
    kind = "long term support" if series.long_term else "standard"
    if today >= series.ends:
        return f"{series.name} ({kind}) had its end of life on {series.ends}"
    if today >= series.fixes_end:
        return f"{series.name} ({kind}) gets security fixes only, until {series.ends}"
    return f"{series.name} ({kind}) gets fixes until {series.fixes_end}, security fixes until {series.ends}"


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
