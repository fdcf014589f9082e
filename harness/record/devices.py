"""Which scenario the state of a device belongs to: the events that tell of it name no call."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from harness.asterisk.lamps import moved_by, told_by
from harness.model import AmiPacket
from harness.record.session import Session

__all__ = ["Devices"]

_HELD_AS = {"confbridge": "conference", "mailbox": "mailbox", "Queue": "queue"}


class Devices:
    """Who has to do with which device on one instance, the newest last, and whether he holds it.

    A state is told some moments after what moved it, so a device stays its last user's until another one has it.
    """

    def __init__(self) -> None:
        self._users: dict[str, dict[Session, bool]] = {}
        self._crossed: set[str] = set()

    def add(self, packet: AmiPacket, owner: Session, holders: Mapping[str, Session]) -> None:
        """An event of a scenario's call may move devices."""
        for device in moved_by(packet):
            holder = _holder(device, holders)
            users = self._users.setdefault(device, {})
            users[owner] = users.pop(owner, True) and holder is owner
            if holder not in (None, owner):
                self._crossed.add(device)

    def owner_of(
        self, packet: AmiPacket, playing: Collection[Session], holders: Mapping[str, Session]
    ) -> Session | None:
        """Whose the state is that an event tells; None where several scenarios use the device at that moment."""
        for device in told_by(packet):
            if holder := _holder(device, holders):
                return holder
            users = list(self._users.get(device, ()))
            now = [user for user in users if user in playing]
            if users and len(now) < 2:
                return (now or users)[-1]
        return None

    @property
    def shared(self) -> frozenset[str]:
        """Devices that several scenarios used without taking turns: whose a state of these was, is chance."""
        several = {device for device, users in self._users.items() if len(users) > 1 and not all(users.values())}
        return frozenset(several | self._crossed)

    def forget(self, gone: Iterable[Session]) -> None:
        """These scenarios are over."""
        over = frozenset(gone)
        for users in self._users.values():
            for session in over & users.keys():
                del users[session]
        self._users = {device: users for device, users in self._users.items() if users}
        self._crossed &= self._users.keys()


def _holder(device: str, holders: Mapping[str, Session]) -> Session | None:
    return next((holders[thing] for thing in _things(device) if thing in holders), None)


def _things(device: str) -> Iterator[str]:
    """What a scenario calls a device in `uses:`: `phone/101`, `mailbox/201`, `queue/desk`."""
    kind, is_named, name = device.partition(":")
    if "/" in kind or not is_named:
        yield f"phone/{device.partition('/')[2]}"
    elif kind in _HELD_AS:
        yield from (f"{_HELD_AS[kind]}/{spelling}" for spelling in (name, name.partition("@")[0]))
