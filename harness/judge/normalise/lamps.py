"""States that lamps show → facts: those that lasted. What an instant shows between two of them is chance.

A state lasts when the next one comes only after a moment, or none comes any more. A lamp that is out at the start
says nothing. What a hint shows, and what a queue has of its member, follows the device's state, and is a fact of
its own where it does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from harness.asterisk.lamps import devices_of_hint, hint_text, state_of_member
from harness.judge.normalise.facts import Fact, Facts, Standing, fact
from harness.judge.normalise.reader import Reader
from harness.model import AmiPacket

__all__ = ["LAMPS", "LampReader"]

_LASTS = 0.15
"""Seconds after which somebody has seen it: more than an instant, less than phones ring and scenarios pause."""
_LOCAL = "Local/"
_NEVER = float("inf")
_Told = tuple[str, float, int, Standing]
_OUT = frozenset({"NOT_INUSE", "UNKNOWN", "Idle"})


@dataclass(frozen=True, slots=True)
class _Shown:
    """A state from `at` until `until`."""

    state: str
    at: float
    until: float
    number: int
    where: Standing

    def lasts(self) -> bool:
        return self.until - self.at >= _LASTS


@dataclass(slots=True)
class _Lamp:
    """What one lamp showed. `devices` are those that it follows."""

    subject: str
    event: str
    name: str
    devices: tuple[str, ...]
    seen: list[_Told] = field(default_factory=list)

    @property
    def shown(self) -> Sequence[_Shown]:
        """All states, in order."""
        ends = [*(at for _, at, _, _ in self.seen[1:]), _NEVER]
        told = zip(self.seen, ends, strict=True)
        return [_Shown(state, at, until, number, where) for (state, at, number, where), until in told]

    def lasting(self) -> Sequence[_Shown]:
        """The states that lasted, in order; none twice in a row."""
        lasting = [one for one in self.shown if one.lasts()]
        again = {id(two) for one, two in pairwise(lasting) if one.state == two.state}
        kept = [one for one in lasting if id(one) not in again]
        return kept[1:] if kept and kept[0].state in _OUT else kept

    def fact_of(self, one: _Shown) -> Fact:
        """That it showed this."""
        state = ((self.name, one.state),)
        return fact(self.subject, f"lamp {self.event}", self.event, state, "lamp", seen=one.number, at=one.where)


@dataclass(slots=True)
class LampReader(Reader):
    """Reads the events that tell of devices, hints and members of queues."""

    _lamps: dict[tuple[str, str], _Lamp] = field(default_factory=dict)

    def read(self, number: int, seen: AmiPacket) -> None:
        """Take an event of one of `LAMPS`."""
        event = seen.event
        name, devices, field_, value = _READ[event](seen)
        key = event, name
        if key not in self._lamps:
            self._lamps[key] = _Lamp(self.masks.aliases.name(name), event, field_, devices)
        lamp = self._lamps[key]
        if not lamp.seen or lamp.seen[-1][0] != value:
            lamp.seen.append((value, seen.at, number, self.whereabouts.of(self._channel(devices))))

    def end(self) -> Facts:
        """What each showed, when all is read."""
        devices = {name: lamp.shown for (event, name), lamp in self._lamps.items() if event == _DEVICE}
        watched = {device for lamp in self._lamps.values() if lamp.event != _DEVICE for device in lamp.devices}
        for (event, name), lamp in self._lamps.items():
            if name.startswith(_LOCAL) and name not in watched:
                continue
            shown = lamp.lasting()
            if event != _DEVICE and len(lamp.devices) == 1:
                shown = list(_not_following(shown, devices.get(lamp.devices[0], ()), _AS[event]))
            yield from ((lamp.fact_of(one), False) for one in shown)

    def _channel(self, devices: Sequence[str]) -> str:
        return self.masks.aliases.name(devices[0]) if devices else ""


def _not_following(
    shown: Sequence[_Shown], devices: Sequence[_Shown], as_shown: Callable[[str], str]
) -> Iterator[_Shown]:
    for one in shown:
        alike = (device for device in devices if as_shown(device.state) == one.state)
        if not any(device.at < one.until and one.at < device.until for device in alike):
            yield one


_Read = tuple[str, tuple[str, ...], str, str]
"""Its name, the devices that it follows, the header that says what it shows, and what that is."""
_DEVICE = "DeviceStateChange"


def _device(seen: AmiPacket) -> _Read:
    device = seen.get("Device")
    return device, (device,), "State", seen.get("State")


def _hint(seen: AmiPacket) -> _Read:
    name = f"{seen.get('Exten')}@{seen.get('Context')}"
    return name, devices_of_hint(seen.get("Hint")), "StatusText", seen.get("StatusText")


def _member(seen: AmiPacket) -> _Read:
    device = seen.get("StateInterface") or seen.get("Interface")
    state = state_of_member(seen.get("Status"))
    return f"{seen.get('Queue')} {seen.get('Interface')}", (device,), "Status", state


_READ: Mapping[str, Callable[[AmiPacket], _Read]] = {
    _DEVICE: _device,
    "ExtensionStatus": _hint,
    "QueueMemberStatus": _member,
}
LAMPS = frozenset(_READ)
"""The events that tell what a lamp shows."""
_AS: Mapping[str, Callable[[str], str]] = {"ExtensionStatus": hint_text, "QueueMemberStatus": lambda state: state}
