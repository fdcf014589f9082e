"""Who is who on one instance: which packet belongs to which scenario.

Many scenarios play at once in one Asterisk. What the harness originates carries ids of its own choosing; every
channel that comes of it has a linked id that leads back. What has no channel (a queue member, a mailbox) belongs
to the scenario that holds the thing by its `uses:`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from harness.model import AmiPacket
from harness.record.session import Session

__all__ = ["CALL_FILE", "Ledger"]

# Headers with ids that belong to one call, and with channel names, which end in a number that no other has.
_ID = re.compile(r"[A-Za-z]*(?:Uniqueid|UniqueID|Linkedid|LinkedID)|ActionID")
_CHANNEL = re.compile(r"[A-Za-z]*Channel")
_ONE_CHANNEL = re.compile(r".*-[0-9a-f]{8}(?:;[12])?", re.DOTALL)
_KINDS = {
    "Queue": "queue",
    "Conference": "conference",
    "Mailbox": "mailbox",
    "Parkinglot": "parking",
    "Endpoint": "phone",
    "EndpointName": "phone",
    "AOR": "phone",
    "Family": "astdb",
}
_PHONE = re.compile(r"[A-Za-z0-9]+/(.+)-[0-9a-f]{8}")
CALL_FILE = "HARNESS_CALL_FILE"
"""The variable by which the channels of a scenario's call file are known."""
_CALL_ID = re.compile(r"\[?(C-[0-9a-f]+)")
# These bring ids or names that are not known yet. All others are known by their unique id alone, which is the
# hot path: thousands of packets a second.
_INTRODUCING = frozenset({"Newchannel", "BridgeEnter", "TestEvent", "Rename", "LocalBridge"})


class Ledger:
    """The books of one instance."""

    def __init__(self) -> None:
        self._strays: list[AmiPacket] = []
        self._owner: dict[str, Session] = {}
        self._holder: dict[str, Session] = {}
        self._pending: dict[str, list[AmiPacket]] = {}
        self._alone: Session | None = None

    def open(self, session: Session, *, ids: Iterable[str], holds: Iterable[str], alone: bool = False) -> None:
        """From now on, these ids and things belong to `session`; with `alone`, all else does as well."""
        for id_ in ids:
            self._adopt(id_, session)
        for thing in holds:
            self._holder[thing] = session
        if alone:
            self._alone = session

    def release(self, session: Session) -> None:
        """What `session` held by name is free for the next one. Its ids stay its own: records come late."""
        for thing in [thing for thing, holder in self._holder.items() if holder is session]:
            del self._holder[thing]
        if self._alone is session:
            self._alone = None

    def forget(self, sessions: Iterable[Session]) -> None:
        """Close the books on these: nothing more of them is expected."""
        gone = set(map(id, sessions))
        self._owner = {key: session for key, session in self._owner.items() if id(session) not in gone}

    @property
    def others(self) -> list[AmiPacket]:
        """Packets that belong to no scenario so far, in the order in which they came."""
        pending = (packet for waiting in self._pending.values() for packet in waiting)
        return sorted([*self._strays, *pending], key=lambda packet: packet.at)

    def route(self, packet: AmiPacket) -> None:
        """Give a packet, `at` by the monotonic clock, to the scenario that it belongs to."""
        event = packet.event
        if event == "VarSet" and packet.get("Variable") == CALL_FILE:
            if owner := self._owner.get(packet.get("Value")):  # the variable itself is ours, and in no trace
                self._adopt_all(_ids(packet), owner)
            return
        is_new = event in _INTRODUCING or _starts_a_channel(packet)
        unique = packet.get("Uniqueid") or packet.get("UniqueID")
        if not is_new and (owner := self._owner.get(unique)):
            owner.feed(packet)
            return
        ids = _ids(packet)
        owner = next(filter(None, map(self._owner.get, ids)), None) or self._by_name(packet)
        if owner is None:
            # A bridge is made before anybody enters it, and a CEL record of a new channel may overtake the
            # event that says whose it is: what has an id waits for that id to become known.
            (self._pending.setdefault(ids[0], []) if ids else self._strays).append(packet)
            return
        self._adopt_all(ids, owner)
        if event == "TestEvent" and (call := _CALL_ID.match(packet.get("CallID"))):
            self._owner.setdefault(call[1], owner)
        owner.feed(packet)

    def owner_of(self, id_: str) -> Session | None:
        """The scenario that a unique id, a channel name or a call id of the log belongs to."""
        return self._owner.get(id_)

    def claim(self, call_id: str, channel: str) -> Session | None:
        """The log says that a call id is this channel's: remember, and say whose it is."""
        owner = self.owner_of(channel)
        if owner is not None:
            self._owner.setdefault(call_id, owner)
        return owner

    def relate(self, ids: Iterable[str], owner: Session) -> None:
        """These ids are of the same scenario: a program has said so. Those that have an owner keep it."""
        new = {id_ for id_ in ids if id_ not in self._owner}
        for id_ in new:
            self._adopt(id_, owner)
        # A packet waits for the first of its ids to become known: this may be another one.
        for first, waiting in list(self._pending.items()):
            if any(not new.isdisjoint(packet.values.values()) for packet in waiting):
                self._adopt(first, owner)

    def holder_of(self, thing: str) -> Session | None:
        """The scenario that holds a thing by its name just now (`app/orders`)."""
        return self._holder.get(thing)

    def holder_by_name(self, said: object) -> Session | None:
        """The scenario that holds what a packet names (`Queue: sales`), else the one that plays alone."""
        named = self._holder_of_thing(said) if isinstance(said, AmiPacket) else None
        return named or self._alone

    @property
    def alone(self) -> Session | None:
        """The scenario that has the instance to itself just now."""
        return self._alone

    def _by_name(self, packet: AmiPacket) -> Session | None:
        is_new = packet.event == "Newchannel" or _starts_a_channel(packet)
        phone = _PHONE.match(packet.get("Channel")) if is_new else None
        holder = self._holder.get(f"phone/{phone[1]}") if phone else None
        return holder or self._holder_of_thing(packet) or self._alone

    def _holder_of_thing(self, packet: AmiPacket) -> Session | None:
        for name, value in packet.headers:
            if kind := _KINDS.get(name):
                for spelling in (value, value.partition("@")[0]):
                    holder = self._holder.get(f"{kind}/{spelling}")
                    if holder is not None:
                        return holder
        return None

    def _adopt_all(self, ids: Iterable[str], owner: Session) -> None:
        for id_ in ids:
            if id_ not in self._owner:
                self._adopt(id_, owner)

    def _adopt(self, id_: str, owner: Session) -> None:
        self._owner[id_] = owner
        for packet in self._pending.pop(id_, ()):
            owner.feed(packet)


@lru_cache(4096)
def _is_id(name: str) -> bool:
    return _ID.fullmatch(name) is not None


@lru_cache(4096)
def _is_channel(name: str) -> bool:
    return _CHANNEL.fullmatch(name) is not None


def _ids(packet: AmiPacket) -> list[str]:
    """Ids and names of channels in the order of a packet."""
    return [
        value
        for name, value in packet.headers
        if value and (_is_id(name) or (_is_channel(name) and _ONE_CHANNEL.fullmatch(value)))
    ]


def _starts_a_channel(packet: AmiPacket) -> bool:
    return packet.event == "CEL" and packet.get("EventName") == "CHAN_START"
