"""Who is who on one instance: which packet belongs to which scenario.

Many scenarios play at once in one Asterisk. What the harness originates carries ids of its own choosing; every
channel that comes of it has a linked id that leads back. What has no channel (a queue member, a mailbox) belongs
to the scenario that holds the thing by its `uses:`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable

from harness.record.session import Session

__all__ = ["CALL_FILE", "Ledger"]

# Ids that belong to one call, and channel names, which end in a number that no other channel has.
_IDS = re.compile(
    rb"\n(?:[A-Za-z]*(?:Uniqueid|UniqueID|Linkedid|LinkedID)|ActionID): ([^\r\n]+)"
    rb"|\n[A-Za-z]*Channel: ([^\r\n]*-[0-9a-f]{8}(?:;[12])?)(?=[\r\n]|$)"
)
_THINGS = re.compile(rb"\n(Queue|Conference|Mailbox|Parkinglot|Endpoint|EndpointName|AOR|Family): ([^\r\n]+)")
_KINDS = {
    b"Queue": "queue",
    b"Conference": "conference",
    b"Mailbox": "mailbox",
    b"Parkinglot": "parking",
    b"Endpoint": "phone",
    b"EndpointName": "phone",
    b"AOR": "phone",
    b"Family": "astdb",
}
_PHONE = re.compile(rb"\nChannel: [A-Za-z0-9]+/([^\r\n]+)-[0-9a-f]{8}")
CALL_FILE = "HARNESS_CALL_FILE"
"""The variable by which the channels of a scenario's call file are known."""
_CALL_FILE = re.compile(rf"\nVariable: {CALL_FILE}\r\nValue: ([^\r\n]+)".encode())
_CALL_ID = re.compile(rb"\nCallID: \[?(C-[0-9a-f]+)")
_NEWCHANNEL = b"Event: Newchannel\r"
_CHAN_START = b"Event: CEL\r\nPrivilege: call,all\r\nEventName: CHAN_START\r"
_ONE_ID = re.compile(rb"\nUnique(?:id|ID): ([^\r\n]+)")
# These bring ids or names that are not known yet. All others are known by their unique id alone, which is the
# hot path: thousands of packets a second.
_INTRODUCING = (
    _NEWCHANNEL,
    b"Event: BridgeEnter\r",
    b"Event: TestEvent\r",
    b"Event: Rename\r",
    _CHAN_START,
    b"Event: LocalBridge\r",
)


class Ledger:
    """The books of one instance."""

    def __init__(self) -> None:
        self._strays: list[tuple[float, bytes]] = []
        self._owner: dict[bytes, Session] = {}
        self._holder: dict[str, Session] = {}
        self._pending: dict[bytes, list[tuple[float, bytes]]] = {}
        self._alone: Session | None = None

    def open(self, session: Session, *, ids: Iterable[str], holds: Iterable[str], alone: bool = False) -> None:
        """From now on, these ids and things belong to `session`; with `alone`, all else does as well."""
        for id_ in ids:
            self._adopt(id_.encode(), session)
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
    def others(self) -> list[tuple[float, bytes]]:
        """Packets that belong to no scenario so far, with the time they came, in order."""
        return sorted(self._strays + [entry for waiting in self._pending.values() for entry in waiting])

    def route(self, packet: bytes) -> None:
        """Give a packet to the scenario that it belongs to."""
        at = time.monotonic()
        if packet.startswith(b"Event: VarSet\r") and (mark := _CALL_FILE.search(packet)):
            if owner := self._owner.get(mark[1]):  # the variable itself is ours, and in no trace
                self._adopt_all(_ids(packet), owner)
            return
        if not packet.startswith(_INTRODUCING) and (found := _ONE_ID.search(packet)):
            owner = self._owner.get(found[1])
            if owner is not None:
                owner.feed(packet, at)
                return
        ids = _ids(packet)
        owner = self._known(ids) or self._by_name(packet)
        if owner is None:
            # A bridge is made before anybody enters it, and a CEL record of a new channel may overtake the
            # event that says whose it is: what has an id waits for that id to become known.
            (self._pending.setdefault(ids[0], []) if ids else self._strays).append((at, packet))
            return
        self._adopt_all(ids, owner)
        if packet.startswith(b"Event: TestEvent") and (call := _CALL_ID.search(packet)):
            self._owner.setdefault(call[1], owner)
        owner.feed(packet, at)

    def owner_of(self, id_: str) -> Session | None:
        """The scenario that a unique id, a channel name or a call id of the log belongs to."""
        return self._owner.get(id_.encode("utf-8", "surrogateescape"))

    def claim(self, call_id: str, channel: str) -> Session | None:
        """The log says that a call id is this channel's: remember, and say whose it is."""
        owner = self.owner_of(channel)
        if owner is not None:
            self._owner.setdefault(call_id.encode(), owner)
        return owner

    def relate(self, ids: Iterable[str], owner: Session) -> None:
        """These ids are of the same scenario: a program has said so. Those that have an owner keep it."""
        new = [key for id_ in ids if (key := id_.encode("utf-8", "surrogateescape")) not in self._owner]
        for key in new:
            self._adopt(key, owner)
        # A packet waits for the first of its ids to become known: this may be another one.
        for first, waiting in list(self._pending.items()):
            if any(key in packet for _, packet in waiting for key in new):
                self._adopt(first, owner)

    def holder_of(self, thing: str) -> Session | None:
        """The scenario that holds a thing by its name just now (`app/orders`)."""
        return self._holder.get(thing)

    def holder_by_name(self, raw: str) -> Session | None:
        """The scenario that holds what is named in headers (`Queue: sales`), else the one that plays alone."""
        return self._by_name(raw.encode("utf-8", "surrogateescape"))

    @property
    def alone(self) -> Session | None:
        """The scenario that has the instance to itself just now."""
        return self._alone

    def _known(self, ids: Iterable[bytes]) -> Session | None:
        for id_ in ids:
            owner = self._owner.get(id_)
            if owner is not None:
                return owner
        return None

    def _by_name(self, packet: bytes) -> Session | None:
        if packet.startswith((_NEWCHANNEL, _CHAN_START)) and (phone := _PHONE.search(packet)):
            holder = self._holder.get(f"phone/{phone[1].decode(errors='replace')}")
            if holder is not None:
                return holder
        for kind, name in _THINGS.findall(packet):
            bare = name.decode(errors="replace")
            for spelling in (bare, bare.partition("@")[0]):
                holder = self._holder.get(f"{_KINDS[kind]}/{spelling}")
                if holder is not None:
                    return holder
        return self._alone

    def _adopt_all(self, ids: Iterable[bytes], owner: Session) -> None:
        for id_ in ids:
            if id_ not in self._owner:
                self._adopt(id_, owner)

    def _adopt(self, id_: bytes, owner: Session) -> None:
        self._owner[id_] = owner
        for at, packet in self._pending.pop(id_, ()):
            owner.feed(packet, at)


def _ids(packet: bytes) -> list[bytes]:
    return [unique or channel for unique, channel in _IDS.findall(packet)]
