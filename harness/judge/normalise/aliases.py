"""Names that change on every run become names by role.

The same value always gets the same alias within a trace, so relations survive: `PJSIP/101-0000002a` and its
unique id are both `PJSIP/101`; the channel that the harness originated is `caller`; a second channel of the
same name is `PJSIP/101#2`; a bridge is named by who was in it, a playback by who hears it, a conference that Page
makes is `page`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from harness.asterisk.volatile import TOKEN, base_name, is_channel
from harness.model import AmiPacket, AppSaid, AriAnswer, AriEvent, Json, Seen, Trace

__all__ = ["Aliases", "aliases_of"]

_MAYBE = re.compile(r"\d{6}|-[0-9a-f]{4}|0x|\d\d:\d\d|\d\.\d|;@|/.*-\d")
_WORD = re.compile(r"[\w.-]{4,}")
_PATH = re.compile(r"""\b[A-Za-z]\w{0,40}/[^\s,;&|()"'\[\]{}<>]+(?:;[12])?""")
_NO_DIGIT = re.compile(r"\D")
_CLOCK_SLACK = 86_400.0


@dataclass(frozen=True, slots=True)
class Aliases:
    """The aliases of one trace.

    `names` maps names and ids of channels, bridges and playbacks to aliases, `began` is the instance's clock.
    `chosen` are those without a form of their own: ids that a program has made up, names that end in a decimal.
    """

    names: Mapping[str, str]
    began: float
    chosen: frozenset[str] = frozenset()
    _texts: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    def name(self, token: str) -> str:
        """Alias of a channel name or id; the name without its number where nothing is known of it."""
        known = self.names.get(token)
        return known if known is not None else self._base(token)

    def text(self, value: str) -> str:
        """`value` with every volatile token in it replaced."""
        known = self._texts.get(value)
        if known is None:
            known = self._texts[value] = self._without_tokens(value)
        return known

    def is_now(self, moment: float) -> bool:
        """Whether seconds since 1970 are a time of this run, and no number that only looks like one."""
        return abs(moment - self.began) <= _CLOCK_SLACK

    def _without_tokens(self, value: str) -> str:
        known = self.names.get(value)
        if known is not None:
            return known
        if self.chosen:
            value = _WORD.sub(self._chosen, _PATH.sub(self._chosen, value))
        if len(value) < 7 or not _MAYBE.search(value):
            return value
        return TOKEN.sub(self._replace, base_name(value) if is_channel(value) else value)

    def _chosen(self, word: re.Match[str]) -> str:
        return self.names[word[0]] if word[0] in self.chosen else word[0]

    def _replace(self, match: re.Match[str]) -> str:
        token, kind = match.group(), match.lastgroup
        known = self.names.get(token)
        if known is not None:
            return known
        if kind == "address" or (kind == "epoch" and not self.is_now(int(token))):
            return token
        if kind == "channel":
            return self._base(token)
        if kind == "unique":
            return self._unique(token)
        if kind in ("moment", "stamp") and self.began and not self.is_now(_seconds(token)):
            return token
        return f"<{kind}>"

    def _base(self, channel: str) -> str:
        """What is in front of a channel's number may name another one: `Snoop/1795445644.10-00000001`."""
        base = base_name(channel)
        for name in (channel, base):
            kind, _, inner = name.partition("/")
            if inner in self.names:
                return f"{kind}/{self.names[inner]}"
            number, half = inner[:-2], inner[-2:]
            if half in (";1", ";2") and number in self.names:
                return f"{kind}/{self.names[number]}{half}"
        return base if base == channel and "/" not in base else TOKEN.sub(self._replace, base)

    def _unique(self, token: str) -> str:
        """An id behind a name that somebody gave to something: `out-1795445644.10`."""
        parts = token.split("-")
        for start in range(1, len(parts)):
            known = self.names.get("-".join(parts[start:]))
            if known is not None:
                return "-".join((*parts[:start], known))
        if self.began and not self.is_now(float(parts[-1].partition(".")[0])):
            return token
        return "-".join((*parts[:-1], "<unique>"))


def aliases_of(trace: Trace) -> Aliases:
    """Name everything that a trace mentions: channels in order of creation, then bridges, then playbacks."""
    found = _Found(dict(trace.roles))
    for seen in trace.observations:
        found.add(seen)
    found.add_pages()
    found.add_bridges()
    found.add_playbacks()
    found.names.pop("", None)  # of packets without an id
    chosen = frozenset(id_ for id_ in found.names if len(id_) > 3 and not TOKEN.fullmatch(id_))
    return Aliases(found.names, trace.began, chosen)


class _Found:
    """What of a trace has a name of its own."""

    def __init__(self, roles: Mapping[str, str]) -> None:
        self.names = {token: role for token, role in roles.items() if "." in token}
        self._roles = roles
        self._taken = Counter[str]()
        self._members: dict[str, set[str]] = {}
        self._titles: dict[str, str] = {}
        self._targets: dict[str, str] = {}
        self._rooms: set[str] = set()
        self._has_pages = False
        self._pages: dict[str, None] = {}

    def add(self, seen: Seen) -> None:
        if isinstance(seen, AmiPacket):
            if add := _OF_EVENT.get(seen.event):
                add(self, seen)
        elif isinstance(seen, AppSaid):
            if isinstance(seen.said, AriEvent | AriAnswer):
                self._playback(seen.said)
        elif isinstance(seen, AriEvent | AriAnswer):
            self._playback(seen)

    def channel(self, seen: AmiPacket) -> None:
        channel, unique = seen.get("Channel"), seen.get("Uniqueid")
        alias = self._roles.get(unique) or self._unused_alias(Aliases(self.names, 0.0).name(channel))
        self.names[channel] = self.names[unique] = alias

    def rename(self, seen: AmiPacket) -> None:
        name = seen.get("Newname")
        self.names[name] = self.names.get(seen.get("Uniqueid")) or Aliases(self.names, 0.0).name(name)

    def bridge(self, seen: AmiPacket) -> None:
        bridge = seen.get("BridgeUniqueid")
        members = self._members.setdefault(bridge, set())
        if seen.event == "BridgeEnter":
            members.add(seen.get("Uniqueid"))
        self._titles[bridge] = seen.get("BridgeName")

    def runs(self, seen: AmiPacket) -> None:
        match seen.get("Application"):
            case "Page":
                self._has_pages = True
            case "ConfBridge":
                self._rooms.add(seen.get("AppData").partition(",")[0])

    def conference(self, seen: AmiPacket) -> None:
        """Page holds a conference with a random number (apps/app_page.c)."""
        number = seen.get("Conference")
        if self._has_pages and number.isdigit() and number not in self._rooms:
            self._pages[number] = None

    def _playback(self, seen: AriEvent | AriAnswer) -> None:
        body: Json = seen.body
        if isinstance(seen, AriEvent):
            body = body.get("playback") if isinstance(body, dict) else None
        if isinstance(body, dict) and "target_uri" in body and isinstance(body.get("id"), str):
            self._targets.setdefault(str(body["id"]), str(body["target_uri"]).partition(":")[2])

    def add_pages(self) -> None:
        for number in self._pages:
            page = self._unused_alias("page")
            self.names = {token: alias.replace(number, page) for token, alias in self.names.items()}
            self.names[number] = page

    def add_bridges(self) -> None:
        for bridge in sorted(self._members, key=lambda bridge: not self._members[bridge]):
            title = self._titles.get(bridge, "")
            if title in ("", "<unknown>"):
                title = " + ".join(sorted(self.names.get(unique, "?") for unique in self._members[bridge]))
            self.names[bridge] = self._unused_alias(f"bridge({self._plain(title)})")

    def add_playbacks(self) -> None:
        for playback, target in self._targets.items():
            self.names.setdefault(playback, self._unused_alias(f"playback({self._plain(target)})"))

    def _plain(self, text: str) -> str:
        """A name in which another thing may be named."""
        return Aliases(self.names, 0.0).text(text)

    def _unused_alias(self, base: str) -> str:
        self._taken[base] += 1
        return base if self._taken[base] == 1 else f"{base}#{self._taken[base]}"


_OF_EVENT = {
    "Newchannel": _Found.channel,
    "Rename": _Found.rename,
    "BridgeCreate": _Found.bridge,
    "BridgeEnter": _Found.bridge,
    "ConfbridgeStart": _Found.conference,
    "Newexten": _Found.runs,
}


def _seconds(moment: str) -> float:
    """Seconds since 1970, by a clock that may be some hours off."""
    try:
        return datetime.strptime(_NO_DIGIT.sub("", moment)[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return 0.0
