"""Words for what was got: the same on each instance, so without numbers of channels and calls."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

__all__ = ["lasting", "listed", "shown"]

_MOST = 8
# Numbers of channels (PJSIP/101-0000002a), call ids (C-000013b2) and threads ([1234]) of Asterisk's log.
_NUMBERS = re.compile(r"(?<=\S)-[0-9a-f]{8}(?:;[12])?\b|\[?\bC-[0-9a-f]{8}\b\]?|\[\d+\]")


def lasting(text: str) -> str:
    """A text without what is different each time."""
    return " ".join(_NUMBERS.sub("", text).split())


def listed(things: Iterable[str]) -> str:
    """The last few of many, in order."""
    found = [lasting(thing) for thing in things]
    left_out = f" (and {len(found) - _MOST} before)" if len(found) > _MOST else ""
    return ", ".join(found[-_MOST:]) + left_out if found else "nothing"


def shown(headers: Mapping[str, str]) -> str:
    """Headers in one line."""
    return ", ".join(f"{name}: {lasting(value)}" for name, value in headers.items())
