"""One peer, two names: `SIP/carrier/5550100` of chan_sip is `PJSIP/5550100@carrier` of chan_pjsip."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

__all__ = ["DIALLED", "ONE_TECHNOLOGY", "as_pjsip", "dialled_as_pjsip", "peers"]

ONE_TECHNOLOGY = {"SIP": "PJSIP"}
"""A technology that is gone → the one that took its place."""

DIALLED = frozenset({"DialString", "DIALEDPEERNUMBER"})
"""Headers and variables that hold what was dialled, most without the technology."""

_PART = r"""[^\s/@,;:&|()\[\]{}"'<>=#+]"""
_TARGET = rf"(?P<first>{_PART}+(?::\d+)?)(?:(?P<sign>[@/])(?P<second>[^\s,;&|()\[\]{{}}\"'<>=#]+))?"
_NAME = re.compile(rf"(?<![A-Za-z0-9/])(?P<technology>(?i:PJ))?(?i:SIP)/{_TARGET}")
_IN_A_LINE = re.compile(r"(?<==)SIP(?=$|[,;])")  # technology=SIP, of an object in a list
_DIALLED = re.compile(_TARGET)
_URI = re.compile(r"(?:sips?:)?(?P<user>[^@]*)")


def peers(texts: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The peers of chan_sip and the endpoints of chan_pjsip that texts name."""
    found: tuple[set[str], set[str]] = (set(), set())
    for text in texts:
        if _may_name(text):
            for name in _NAME.finditer(text):
                found[bool(name["technology"])].add(_peer(name))
    return frozenset(found[0]), frozenset(found[1])


def as_pjsip(text: str, same: Collection[str]) -> str:
    """A text with the names of these peers as chan_pjsip has them, whichever of the two it used."""
    if text in ONE_TECHNOLOGY:
        return ONE_TECHNOLOGY[text]
    text = _IN_A_LINE.sub("PJSIP", text) if "=SIP" in text else text
    return _NAME.sub(lambda name: _one_name(name, same, "PJSIP/"), text) if _may_name(text) else text


def dialled_as_pjsip(text: str, same: Collection[str]) -> str:
    """The same for what was dialled, with the technology (by a queue) or without: `5550100@carrier`."""
    if _may_name(text):
        return as_pjsip(text, same)
    dialled = _DIALLED.fullmatch(text)
    return _one_name(dialled, same, "") if dialled else text


def _may_name(text: str) -> bool:
    return "SIP/" in text or "sip/" in text.lower()


def _peer(name: re.Match[str]) -> str:
    return (name["second"] if name["sign"] == "@" else name["first"]).partition(":")[0]


def _one_name(name: re.Match[str], same: Collection[str], technology: str) -> str:
    peer = _peer(name)
    if peer not in same:
        return name[0]
    number = name["first"] if name["sign"] == "@" else name["second"] or ""
    user = _URI.match(number)
    number = user["user"].partition("/")[0] if user else ""
    return f"{technology}{number}@{peer}" if number and number != peer else f"{technology}{peer}"
