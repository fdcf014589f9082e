"""AMI as a program speaks it: packets in both directions."""

from __future__ import annotations

from collections.abc import Iterable

from harness.model import Headers
from harness.record.said import LONGEST, Said, broken, ids_in
from harness.record.wire import Splitter

__all__ = ["AmiTalk"]

_GREETING = b"Asterisk Call Manager/"
# Headers by which an action names the calls that it makes.
_NAMES = ("ChannelId", "OtherChannelId", "ActionID")


class AmiTalk:
    """One manager connection."""

    def __init__(self) -> None:
        self._packets: list[bytes] = []
        self._splitters = {way: Splitter(self._packets.append) for way in "<>"}
        self._open = dict.fromkeys("<>", 0)
        self._dead: set[str] = set()

    def feed(self, way: str, piece: bytes) -> Iterable[Said]:
        """Take bytes; the packets that they complete."""
        if way in self._dead:
            return
        self._splitters[way].feed(piece)
        self._open[way] = 0 if self._packets else self._open[way] + len(piece)
        packets, self._packets[:] = list(self._packets), []
        for packet in packets:
            yield from _packet(way, packet)
        if self._open[way] > LONGEST:
            self._dead.add(way)
            yield broken(f"a packet of more than {LONGEST} bytes")
            self._splitters[way] = Splitter(self._packets.append)

    def end(self, way: str, why: str) -> Iterable[Said]:
        """Half a packet is worth telling."""
        rest = self._splitters[way].unfinished
        if rest.strip() and not rest.startswith(_GREETING):
            yield broken("the connection ended within a packet", rest)
        if why:
            yield broken(why)


def _packet(way: str, packet: bytes) -> Iterable[Said]:
    if way == "<" and packet.startswith(_GREETING):
        greeting, _, packet = packet.partition(b"\r\n")
        yield Said("greeting", (("Version", greeting.removeprefix(_GREETING).decode("utf-8", "replace")),))
        if not packet:
            return
    headers = _headers(packet)
    first = headers[0][0] if headers else ""
    kind = "action" if way == ">" else "response" if first == "Response" else "event"
    values = dict(headers)
    # A client's ActionIDs may have a part in common: it is one of ours as a whole only.
    told = (value for name, value in headers if name != "ActionID")
    ids = (*ids_in(told), *(values[name] for name in _NAMES if values.get(name)))
    yield Said(kind, headers, tuple(dict.fromkeys(ids)), refers=values.get("ActionID", ""))


def _headers(packet: bytes) -> Headers:
    lines = packet.decode("utf-8", "surrogateescape").split("\r\n")
    parts = (line.partition(":") for line in lines)
    return tuple((name, value.removeprefix(" ")) for name, _, value in parts)
