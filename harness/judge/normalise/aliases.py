"""Names that change on every run become names by role.

The same value always gets the same alias within a trace, so relations survive: `PJSIP/101-0000002a` and its
unique id are both `PJSIP/101`; the channel that the harness originated is `caller`; a second channel of the
same name is `PJSIP/101#2`; a bridge is named by who was in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from harness.model import Observation, Trace

__all__ = ["Aliases", "aliases_of"]

_CHANNEL_NUMBER = re.compile(r"-[0-9a-f]{8}(?=;[12]$|$)")

# One pass over a value finds every kind of volatile token; the dictionary then knows which one it is.
_TOKEN = re.compile(
    r"""
      (?P<channel>[A-Za-z][A-Za-z0-9]*/[^\s,;&|()"'\[\]{}<>]*?-[0-9a-f]{8}(?:;[12])?(?:<[A-Z]+>)?)
    | (?P<uuid>\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b)
    | (?P<unique>\b(?:[\w.-]*-)?\d{10}\.\d+\b)
    | (?P<ours>\b[0-9a-f]{14}[ab]\b)
    | (?P<moment>\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[+-]\d{4})?)
    | (?P<stamp>\b20\d{6}[-_]?\d{6}\b)
    | (?P<epoch>\b1\d{9}\b)
    | (?P<address>\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b)
    | (?P<pointer>\b0x[0-9a-f]{6,}\b)
    """,
    re.VERBOSE,
)
_MAYBE = re.compile(r"\d{6}|-[0-9a-f]{4}|0x|\d\d:\d\d|\d\.\d")
_CLOCK_SLACK = 86_400.0


@dataclass(frozen=True, slots=True)
class Aliases:
    """The aliases of one trace.

    `names` maps channel names, unique ids and bridge ids to aliases. `began` is the instance's clock.
    """

    names: Mapping[str, str]
    began: float

    def name(self, token: str) -> str:
        """Alias of a channel name or id; the name without its number where nothing is known of it."""
        known = self.names.get(token)
        return known if known is not None else _CHANNEL_NUMBER.sub("", token)

    def text(self, value: str) -> str:
        """`value` with every volatile token in it replaced."""
        if len(value) < 7 or not _MAYBE.search(value):
            return value
        return _TOKEN.sub(self._replace, value)

    def _replace(self, match: re.Match[str]) -> str:
        token, kind = match.group(), match.lastgroup
        known = self.names.get(token)
        if known is not None:
            return known
        if kind == "address":
            return token
        if kind == "channel":
            return _CHANNEL_NUMBER.sub("", token)
        if kind == "epoch" and abs(int(token) - self.began) > _CLOCK_SLACK:
            return token
        return f"<{kind}>"


def aliases_of(trace: Trace) -> Aliases:
    """Name everything that a trace mentions: first channels in order of creation, then bridges by members."""
    roles = dict(trace.roles)
    names = {token: role for token, role in trace.roles if "." in token}
    taken: dict[str, int] = {}
    members: dict[str, set[str]] = {}
    titles: dict[str, str] = {}
    for observation in trace.observations:
        if observation.via != "ami":
            continue
        event = observation.raw[7 : observation.raw.find("\r\n")]
        if event == "Newchannel":
            _add_channel(observation, roles, names, taken)
        elif event == "Rename":
            names[observation.get("Newname")] = names.get(observation.get("Uniqueid"), "")
        elif event == "BridgeEnter":
            bridge = observation.get("BridgeUniqueid")
            members.setdefault(bridge, set()).add(observation.get("Uniqueid"))
            titles[bridge] = observation.get("BridgeName")
    _add_bridges(members, titles, names, taken)
    return Aliases(names, trace.began)


def _add_channel(
    seen: Observation, roles: Mapping[str, str], names: dict[str, str], taken: dict[str, int]
) -> None:
    channel, unique = seen.get("Channel"), seen.get("Uniqueid")
    alias = roles.get(unique) or _numbered(_CHANNEL_NUMBER.sub("", channel), taken)
    names[channel] = names[unique] = alias


def _add_bridges(
    members: Mapping[str, Iterable[str]],
    titles: Mapping[str, str],
    names: dict[str, str],
    taken: dict[str, int],
) -> None:
    for bridge, uniques in members.items():
        title = titles.get(bridge, "")
        if title in ("", "<unknown>"):
            title = " + ".join(sorted(names.get(unique, "?") for unique in uniques))
        names[bridge] = _numbered(f"bridge({title})", taken)


def _numbered(base: str, taken: dict[str, int]) -> str:
    count = taken[base] = taken.get(base, 0) + 1
    return base if count == 1 else f"{base}#{count}"
