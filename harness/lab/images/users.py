"""Whom an image means by its `USER`, by its own /etc/passwd and /etc/group. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from harness.errors import ImageError

__all__ = ["user_of"]


def user_of(words: str, passwd: str, group: str) -> tuple[int, int]:
    """Numbers of user and group for `pbx`, `pbx:voip` or `7000:7000`; root for nothing. ImageError if unknown."""
    name, _, own_group = words.partition(":")
    if not name:
        return 0, 0
    fields = next((each for each in _entries(passwd) if name in (each[0], each[2])), None)
    if fields is None and not name.isdecimal():
        raise ImageError(f"its user is {name!r}, and its /etc/passwd knows nobody of that name")
    uid = int(fields[2]) if fields else int(name)
    if own_group:
        return uid, _group_of(own_group, group)
    return uid, int(fields[3]) if fields else 0


def _group_of(name: str, group: str) -> int:
    if name.isdecimal():
        return int(name)
    for fields in _entries(group):
        if fields[0] == name:
            return int(fields[2])
    raise ImageError(f"the group of its user is {name!r}, and its /etc/group knows none of that name")


def _entries(text: str) -> Iterator[list[str]]:
    """Lines that have the numbers; others of the same files mean something else, or nothing."""
    for line in text.splitlines():
        fields = line.split(":")
        if len(fields) > 3 and fields[2].isdecimal() and (fields[3].isdecimal() or len(fields) == 4):
            yield fields
