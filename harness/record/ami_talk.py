"""AMI as a program speaks it: packets in both directions."""

from __future__ import annotations

from collections.abc import Iterable

from harness.asterisk.ami import Splitter, read_packet
from harness.asterisk.originate import started_by_action
from harness.asterisk.volatile import ids_in
from harness.model import text_of
from harness.record.said import LONGEST, Said, broken

__all__ = ["AmiTalk"]

_GREETING = b"Asterisk Call Manager/"
# Headers, in lower case, by which an action names the calls that it makes; and itself.
_MADE_AS = ("channelid", "otherchannelid")
_NAMES = frozenset({*_MADE_AS, "actionid"})


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


def _packet(way: str, data: bytes) -> Iterable[Said]:
    if way == "<" and data.startswith(_GREETING):
        greeting, _, data = data.partition(b"\r\n")
        version, odd = text_of(greeting.removeprefix(_GREETING))
        yield Said("greeting", details=(("Version", version),), odd=odd)
        if not data:
            return
    packet = read_packet(data)
    first = packet.headers[0][0] if packet.headers else ""
    kind = "action" if way == ">" else "response" if first == "Response" else "event"
    # A client's ActionIDs may have a part in common: it is one of ours as a whole only.
    ids = ids_in(value for name, value in packet.headers if name.casefold() not in _NAMES)
    own = packet.get("ActionID")
    if kind != "action":
        yield Said(kind, packet, ids=(*ids, own) if own else ids, refers=own, adopts=False)
        return
    given = {name.casefold(): value for name, value in packet.headers}
    made = tuple(given[name] for name in _MADE_AS if given.get(name))
    starts = "" if given.get("channelid") else started_by_action(given)
    yield Said(kind, packet, ids=ids, refers=given.get("actionid", ""), makes=made, starts=starts)
