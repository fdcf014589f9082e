"""Calls that scenarios are about to start without an id of their choosing, by the device that is called."""

from __future__ import annotations

from collections.abc import Iterator

from harness.asterisk.originate import device_of_channel
from harness.model import AmiPacket
from harness.record.session import Session

__all__ = ["Starts"]


class Starts:
    """Who expects a channel of a device, and which such channels came that nobody owns.

    While one scenario alone expects channels of a device, they are its own in order. While several do, only an id
    can tell: of those that it tells of, `settle` gives the rest to who is left; the others stay in doubt.
    """

    def __init__(self) -> None:
        self._expected: dict[str, list[tuple[float, Session, str]]] = {}
        self._unowned: dict[str, list[AmiPacket]] = {}
        self._guessed: dict[str, tuple[float, Session]] = {}
        self._doubts: dict[Session, str] = {}

    def expect(self, device: str, session: Session, *, since: float, by: str = "") -> None:
        """The session starts a call to a device at that moment: its channel may have come already.

        If another one was given a channel that came since, it may be this one's.
        """
        self._expected.setdefault(device, []).append((since, session, by))
        at, guessed = self._guessed.get(device, (since, session))
        if at >= since and guessed is not session:
            self._doubts.update({guessed: device, session: device})

    def cancel(self, by: str, session: Session) -> str:
        """The device to which an action's or a channel's call failed before a channel came; else empty."""
        for device, expected in self._expected.items():
            if failed := next((one for one in expected if one[1:] == (session, by)), None):
                expected.remove(failed)
                return device
        return ""

    def add(self, packet: AmiPacket) -> str:
        """The device of a new channel without an owner; empty where no scenario can have started it."""
        if device := _device(packet):
            self._unowned.setdefault(device, []).append(packet)
        return device

    def is_expected(self, packet: AmiPacket) -> bool:
        """Whether somebody has started a call to the device of a new channel."""
        return bool(self._expected.get(_device(packet)))

    def remove(self, packet: AmiPacket, owner: Session) -> str:
        """The device of a new channel whose owner is known by now, who expects it no more."""
        device = _device(packet)
        unowned, expected = self._unowned.get(device, []), self._expected.get(device, [])
        if packet in unowned:
            unowned.remove(packet)
        if mine := next((one for one in expected if one[1] is owner and one[0] <= packet.at), None):
            expected.remove(mine)
        return device

    def settle(self, device: str) -> Iterator[tuple[AmiPacket, Session]]:
        """New channels of a device, and whose they can only be."""
        expected, unowned = self._expected.get(device, []), self._unowned.get(device, [])
        while expected and unowned and all(session is expected[0][1] for _, session, _ in expected):
            since, session, _ = expected[0]
            packet = next((packet for packet in unowned if packet.at >= since), None)
            if packet is None:
                return
            self._guessed[device] = packet.at, session
            yield packet, session  # whoever adopts it removes it, and the expectation with it
            if packet in unowned:
                return

    def release(self, session: Session) -> None:
        """The session starts nothing more. What it shared with others is in doubt for all of them."""
        for device, expected in list(self._expected.items()):
            if all(one is not session for _, one, _ in expected):
                continue
            others = [entry for entry in expected if entry[1] is not session]
            unowned = [one for one in self._unowned.get(device, []) if one.at >= expected[0][0]]
            if others and unowned:
                self._doubts.update(dict.fromkeys((one for _, one, _ in expected), device))
                others, self._unowned[device] = [], []
            self._expected[device] = others

    def doubt_of(self, session: Session) -> str:
        """The device of a call that may be the session's or another's, once it is released; else empty."""
        return self._doubts.pop(session, "")


def _device(packet: AmiPacket) -> str:
    """Empty for who calls us (it rings), and for who is dialled (its linked id is the caller's)."""
    if packet.get("ChannelState", "0") != "0" or packet.get("Linkedid") != packet.get("Uniqueid"):
        return ""
    return device_of_channel(packet.get("Channel"))
