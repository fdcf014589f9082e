"""AMI as a program speaks it: packets in both directions."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable

from harness.asterisk.ami import Splitter, read_packet
from harness.asterisk.originate import started_by_action
from harness.asterisk.volatile import ids_in
from harness.model import AmiPacket, text_of
from harness.record.said import LONGEST, Said, broken

__all__ = ["AmiTalk"]

_GREETING = b"Asterisk Call Manager/"
_LONGEST_GREETING = 1_000
# Asterisk gives it to whatever it sends by itself, and not to what answers an action.
_BY_ITSELF = "Privilege"
# Headers, in lower case, by which an action names the calls that it makes; and itself.
_MADE_AS = ("channelid", "otherchannelid")
_NAMES = frozenset({*_MADE_AS, "actionid"})


class AmiTalk:
    """One manager connection.

    Asterisk carries out the actions of a connection one after the other. So the next response without an ActionID
    answers the oldest action that has none, and events of a list that have none go with the last such response.
    """

    def __init__(self) -> None:
        self._packets: list[bytes] = []
        self._splitters = {way: Splitter(self._packets.append) for way in "<>"}
        self._open = dict.fromkeys("<>", 0)
        self._dead: set[str] = set()
        self._actions = 0
        self._unanswered: deque[str] = deque()
        self._answered = ""
        self._first: bytes | None = b""  # what came of the first line, until it is whole

    def feed(self, way: str, piece: bytes) -> Iterable[Said]:
        """Take bytes; the packets that they complete."""
        if way in self._dead:
            return
        if way == "<" and self._first is not None:
            piece = yield from self._greet(piece)
        self._splitters[way].feed(piece)
        self._open[way] = 0 if self._packets else self._open[way] + len(piece)
        packets, self._packets[:] = list(self._packets), []
        for packet in packets:
            yield self._packet(way, packet)
        if self._open[way] > LONGEST:
            self._dead.add(way)
            yield broken(f"a packet of more than {LONGEST} bytes")
            self._splitters[way] = Splitter(self._packets.append)

    def end(self, way: str, why: str) -> Iterable[Said]:
        """Half a packet is worth telling."""
        rest = self._splitters[way].unfinished
        if rest.strip():
            yield broken("the connection ended within a packet", rest)
        if why:
            yield broken(why)

    def _greet(self, piece: bytes) -> Generator[Said, None, bytes]:
        """Tell of the greeting as soon as its line is whole; gives what is left of the bytes."""
        first = (self._first or b"") + piece
        if _GREETING.startswith(first[: len(_GREETING)]) or first.startswith(_GREETING):
            greeting, is_whole, rest = first.partition(b"\r\n")
            if not is_whole and len(first) < _LONGEST_GREETING:
                self._first = first
                return b""
            version, odd = text_of(greeting.removeprefix(_GREETING))
            yield Said("greeting", details=(("Version", version),), odd=odd)
            first = rest
        self._first = None
        return first

    def _packet(self, way: str, data: bytes) -> Said:
        packet = read_packet(data)
        return self._action(packet) if way == ">" else self._answer_or_event(packet)

    def _action(self, packet: AmiPacket) -> Said:
        given = {name.casefold(): value for name, value in packet.headers}
        made = tuple(given[name] for name in _MADE_AS if given.get(name))
        starts = "" if given.get("channelid") else started_by_action(given)
        refers = action_id = given.get("actionid", "")
        if not action_id:
            self._actions += 1
            refers = f"#{self._actions}"
            self._unanswered.append(refers)
        return Said(
            "action", packet, ids=_ids(packet), refers=refers, makes=made, starts=starts, action_id=action_id
        )

    def _answer_or_event(self, packet: AmiPacket) -> Said:
        is_response = bool(packet.headers) and packet.headers[0][0] == "Response"
        refers = own = packet.get("ActionID")
        if not own and is_response:
            refers = self._answered = self._unanswered.popleft() if self._unanswered else ""
        elif not own and _BY_ITSELF not in packet.values:
            refers = self._answered
        ids = (*_ids(packet), own) if own else _ids(packet)
        return Said("response" if is_response else "event", packet, ids=ids, refers=refers, adopts=False)


def _ids(packet: AmiPacket) -> tuple[str, ...]:
    """A client's ActionIDs may have a part in common: each is one of ours as a whole only."""
    return ids_in(value for name, value in packet.headers if name.casefold() not in _NAMES)
