"""Who is who on one instance: which packet belongs to which scenario.

Many scenarios play at once in one Asterisk. What the harness originates carries ids of its own choosing; every
channel that comes of it has a linked id that leads back. What is started otherwise (by an application, a program)
is known by the device that was said to be called. What has no channel (a queue member, a mailbox) belongs to the
scenario that holds the thing by its `uses:`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter

from harness.asterisk.lamps import LAMPS
from harness.asterisk.originate import STARTS_CALLS, started_by_application
from harness.model import AmiPacket
from harness.record.devices import Devices
from harness.record.session import Session
from harness.record.starts import Starts

__all__ = ["CALL_FILE", "Ledger"]

# Headers with ids that belong to one call, and with channel names, which end in a number that no other has.
_ID = re.compile(r"[A-Za-z]*(?:Uniqueid|UniqueID|Linkedid|LinkedID)")
_CHANNEL = re.compile(r"[A-Za-z]*Channel")
_ONE_CHANNEL = re.compile(r".*-[0-9a-f]{8}(?:;[12])?", re.DOTALL)
_NO_ID = frozenset({"", "none", "<none>", "null", "<null>", "(null)", "unknown", "<unknown>", "n/a"})
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
_INTRODUCING = frozenset({"Newchannel", "BridgeCreate", "BridgeEnter", "TestEvent", "Rename", "LocalBridge"})

_STARTS_OR_ENDS = (b"Event: Newchannel", b"Event: Hangup\r")
_WHOSE = re.compile(rb"\r\nUnique(?:id|ID): ([^\r\n]+)")


class Ledger:
    """The books of one instance.

    Ids that somebody chose may be used again: the newest who makes such a thing owns it, from the event on that
    says so. Of the former one Asterisk may still speak: the names of its channels, which never come again, tell.
    `alone` is the scenario that has the instance to itself just now. `taken_back` are the names of call files that
    the harness removed when their scenario was over: Asterisk adds to one as a try ends, and complains of it.
    """

    def __init__(self) -> None:
        self._strays: list[AmiPacket] = []
        self._owner: dict[str, Session] = {}
        self._holder: dict[str, Session] = {}
        self._pending: dict[str, list[AmiPacket]] = {}
        self._waits_for: dict[str, list[str]] = {}
        self.alone: Session | None = None
        self.taken_back: set[str] = set()
        self._playing: set[Session] = set()
        self._full: set[Session] = set()
        self._made: dict[str, str] = {}
        self._former: dict[str, Session] = {}
        self._again: set[str] = set()
        self.starts = Starts()
        self._devices = Devices()

    def open(self, session: Session, *, ids: Iterable[str], holds: Iterable[str], alone: bool = False) -> None:
        """From now on, these ids and things belong to `session`; with `alone`, all else does as well."""
        self._playing.add(session)
        self._own_anew(ids, session)
        for thing in holds:
            self._holder[thing] = session
        if alone:
            self.alone = session

    def make(self, ids: Iterable[str], owner: Session) -> None:
        """Somebody makes things with ids of his choosing: his own, unless another who plays has them."""
        self._own_anew([id_ for id_ in ids if not self._is_anothers(id_, owner)], owner)

    def ask(self, action_id: str, owner: Session) -> None:
        """A program's action: each connection has ids of its own, so one that two use at once says nothing."""
        if self._is_anothers(action_id, owner):
            del self._owner[action_id]
        else:
            self._own_anew((action_id,), owner)

    def expect(self, device: str, session: Session, *, since: float, by: str = "") -> None:
        """At that moment the session starts a call to a device: its next channel without an owner is its own.

        Where several expect one of the same device, only an id tells; see `starts.doubt_of`. `by` is the action or
        channel of which Asterisk says when the call failed.
        """
        self.starts.expect(device, session, since=since, by=by)
        self._settle(device)

    def release(self, session: Session) -> None:
        """What `session` held by name is free for the next one. Its ids stay its own: records come late."""
        self._holder = {thing: holder for thing, holder in self._holder.items() if holder is not session}
        if self.alone is session:
            self.alone = None
        self._playing.discard(session)
        self.starts.release(session)

    def forget(self, sessions: Iterable[Session]) -> None:
        """Close the books on these: nothing more of them is expected."""
        gone = set(sessions)
        self._devices.forget(gone)
        self._playing -= gone
        self._full -= gone
        self._owner = {key: session for key, session in self._owner.items() if session not in gone}
        self._former = {key: session for key, session in self._former.items() if session not in gone}
        self._made = {
            key: name for key, name in self._made.items() if key in self._owner or key in self._waits_for
        }
        self._again = {key for key in self._again if key in self._owner or key in self._made}

    @property
    def others(self) -> list[AmiPacket]:
        """Packets that belong to no scenario so far, in the order in which they came."""
        pending = (packet for waiting in self._pending.values() for packet in waiting)
        return sorted([*self._strays, *pending], key=attrgetter("at"))

    def passes_by(self, data: bytes) -> bool:
        """Whether a packet, as it came, is of a scenario of which nothing more is kept.

        A call in a circle makes them quicker than they are read, and all others wait for it. What starts or ends a
        channel is read all the same.
        """
        if not self.has_full or data.startswith(_STARTS_OR_ENDS):
            return False
        whose = _WHOSE.search(data)
        return whose is not None and self.is_full(whose[1].decode("utf-8", "replace"))

    @property
    def has_full(self) -> bool:
        """Whether there is a scenario of which nothing more is kept."""
        return bool(self._full)

    def is_full(self, id_: str) -> bool:
        """Whether what has this id is of such a scenario."""
        return self._owner.get(id_) in self._full

    def route(self, packet: AmiPacket) -> None:
        """Give a packet, `at` by the monotonic clock, to the scenario that it belongs to."""
        event, values = packet.event, packet.values
        if event == "VarSet" and values.get("Variable") == CALL_FILE:
            if owner := self._owner.get(values.get("Value", "")):  # the variable itself is ours, and in no trace
                self.relate(_ids(packet), owner)
            return
        if event in LAMPS and (owner := self._devices.owner_of(packet, self._playing, self._holder)):
            owner.feed(packet)
            return
        is_new = event in _INTRODUCING or _starts_a_channel(packet)
        unique = values.get("Uniqueid") or values.get("UniqueID", "")
        if not is_new and unique not in self._again and (owner := self._owner.get(unique)):
            self._give(packet, owner)
            return
        if is_new:
            self._begin(packet)
        ids = _ids(packet)
        owner = self._newest(ids, self._former) or self._asked_by(packet) or self._by_name(packet)
        if owner is None:
            self._keep(packet, [*ids, action] if (action := packet.get("ActionID")) else ids)
            return
        self.relate(ids, owner)
        self._give(packet, owner)

    def owner_of(self, *ids: str) -> Session | None:
        """The scenario that unique ids, names of channels or call ids of the log belong to, by the surest one."""
        return self._newest(ids, {})

    def claim(self, call_id: str, channel: str) -> Session | None:
        """The log says that a call id is this channel's: remember, and say whose it is."""
        owner = self.owner_of(channel)
        if owner is not None:
            self.relate((call_id,), owner)
        return owner

    def relate(self, ids: Iterable[str], owner: Session) -> None:
        """These ids are the owner's if they are nobody's, so is what waits for them, and all that this names."""
        unknown, found = list(ids), list[AmiPacket]()
        while unknown:
            id_ = unknown.pop()
            if id_ in self._owner or id_.casefold() in _NO_ID:
                continue
            self._owner[id_] = owner
            for first in self._waits_for.pop(id_, ()):
                for packet in self._pending.pop(first, ()):
                    unknown += _ids(packet)
                    found.append(packet)
        for packet in sorted(found, key=attrgetter("at")):
            self._give(packet, owner)

    def holder_of(self, thing: str) -> Session | None:
        """The scenario that holds a thing by its name just now (`app/orders`)."""
        return self._holder.get(thing)

    @property
    def shared_devices(self) -> frozenset[str]:
        """Devices of which nobody can say whose each of their states was."""
        return self._devices.shared

    def only_holder_of(self, kind: str) -> Session | None:
        """The scenario that holds things of a kind (`mailbox/`) while no other does."""
        holders = {id(holder): holder for thing, holder in self._holder.items() if thing.startswith(kind)}
        return next(iter(holders.values())) if len(holders) == 1 else None

    def holder_by_name(self, said: object) -> Session | None:
        """The scenario that holds what a packet names (`Queue: sales`), else the one that plays alone."""
        named = self._holder_of_thing(said) if isinstance(said, AmiPacket) else None
        return named or self.alone

    def _newest(self, ids: Iterable[str], former: Mapping[str, Session]) -> Session | None:
        """The owner by the first id that was used once only, else by one that was used again."""
        unsure = None
        for id_ in ids:
            owner = self._owner.get(id_)
            if owner is not None and id_ not in self._again:
                return owner
            unsure = unsure or former.get(id_) or owner
        return unsure

    def _is_anothers(self, id_: str, session: Session) -> bool:
        owner = self._owner.get(id_)
        return owner is not session and owner in self._playing

    def _own_anew(self, ids: Iterable[str], owner: Session) -> None:
        for id_ in (ids := tuple(ids)):
            if (had := self._owner.pop(id_, None)) is not None:
                if self._made.pop(id_, "") and id_ not in self._former:
                    self._former[id_] = had
                self._again.add(id_)
        self.relate(ids, owner)

    def _asked_by(self, packet: AmiPacket) -> Session | None:
        """Who plays and sent the action that a packet answers. What has ended may have used the same id."""
        owner = self._owner.get(packet.get("ActionID"))
        if owner in self._playing and packet.event == "OriginateResponse":  # it comes once for each
            del self._owner[packet.get("ActionID")]
        return owner if owner in self._playing else None

    def _begin(self, packet: AmiPacket) -> None:
        """A channel or bridge is made: if one had its id before, it is the newest maker's, or nobody's yet."""
        if packet.event == "BridgeCreate":
            id_, name = packet.get("BridgeUniqueid"), f"bridge of {packet.at}"
        elif packet.event in ("Newchannel", "CEL"):
            id_, name = packet.get("Uniqueid") or packet.get("UniqueID"), packet.get("Channel")
        else:
            return
        self._former.pop(id_, None)
        if self._made.get(id_, name) != name:
            self._owner.pop(id_, None)
            self._again.add(id_)
        self._made[id_] = name

    def _keep(self, packet: AmiPacket, ids: Sequence[str]) -> None:
        """A bridge is made before anybody enters it, and a CEL record of a new channel may overtake the event that
        says whose it is: what has an id waits for that id to become known."""
        (self._pending.setdefault(ids[0], []) if ids else self._strays).append(packet)
        for id_ in ids:
            waits_for = self._waits_for.setdefault(id_, [])
            if ids[0] not in waits_for:
                waits_for.append(ids[0])
        if packet.event == "Newchannel":
            self._settle(self.starts.add(packet))

    def _settle(self, device: str) -> None:
        for packet, owner in self.starts.settle(device):
            self.relate(_ids(packet), owner)

    def _give(self, packet: AmiPacket, owner: Session) -> None:
        owner.feed(packet)
        if owner.is_full:
            self._full.add(owner)
        self._devices.add(packet, owner, self._holder)
        event = packet.event
        if event == "Newexten" and (name := packet.get("Application")) in STARTS_CALLS:
            if device := started_by_application(name, packet.get("AppData")):
                self.expect(device, owner, since=packet.at, by=packet.get("Uniqueid"))
        elif event == "Newchannel":
            self._settle(self.starts.remove(packet, owner))
        elif event == "OriginateResponse" and packet.get("Response") == "Failure":
            self._settle(self.starts.cancel(packet.get("ActionID"), owner))
        elif packet.get("Variable") == "ORIGINATE_STATUS" and packet.get("Value") != "SUCCESS":
            self._settle(self.starts.cancel(packet.get("Uniqueid"), owner))

    def _by_name(self, packet: AmiPacket) -> Session | None:
        is_new = packet.event == "Newchannel" or _starts_a_channel(packet)
        phone = _PHONE.match(packet.get("Channel")) if is_new and not self.starts.is_expected(packet) else None
        holder = self._holder.get(f"phone/{phone[1]}") if phone else None
        return holder or self._holder_of_thing(packet) or self.alone

    def _holder_of_thing(self, packet: AmiPacket) -> Session | None:
        for name, value in packet.headers:
            if kind := _KINDS.get(name):
                for spelling in (value, value.partition("@")[0]):
                    holder = self._holder.get(f"{kind}/{spelling}")
                    if holder is not None:
                        return holder
        return None


@lru_cache(4096)
def _kind(name: str) -> str:
    """What a header of that name holds: an id, a channel's name or another thing."""
    return "id" if _ID.fullmatch(name) else "channel" if _CHANNEL.fullmatch(name) else ""


def _ids(packet: AmiPacket) -> list[str]:
    """Ids and names of channels in the order of a packet; last the call id, which who starts a call hands on."""
    call = _CALL_ID.match(packet.get("CallID")) if packet.event == "TestEvent" else None
    ids = [
        value
        for name, value in packet.headers
        if (kind := _kind(name))
        and (value.casefold() not in _NO_ID if kind == "id" else _ONE_CHANNEL.fullmatch(value))
    ]
    return [*ids, call[1]] if call else ids


def _starts_a_channel(packet: AmiPacket) -> bool:
    return packet.event == "CEL" and packet.get("EventName") == "CHAN_START"
