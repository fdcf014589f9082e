"""One of the site's phones in a scenario: what whoever holds it does."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from harness.errors import DeadlineExceeded, NotPlayable, ScenarioError
from harness.model import AmiPacket
from harness.play.conditions import Condition, device, on_event
from harness.play.leg import HANGUP, Leg, check_keys, end_of
from harness.play.numbers import seconds_of
from harness.play.promises import noting_what_is_begun

if TYPE_CHECKING:
    from harness.far_end.phones import FarEnd
    from harness.play.asterisk import Asterisk

__all__ = ["PhoneLeg"]

_CONNECTED = 5.0


@noting_what_is_begun
class PhoneLeg(Leg):
    """One of the site's phones, which the far end stands in for."""

    def __init__(self, asterisk: Asterisk, name: str, far_end: FarEnd | None) -> None:
        super().__init__(asterisk, name)
        self._far_end = far_end

    @property
    def _end(self) -> FarEnd:
        if self._far_end is None:
            raise NotPlayable(f"there is no far end to stand in for phone {self.name}")
        return self._far_end

    def is_mine(self, seen: AmiPacket) -> bool:
        return device(seen.get("Channel")).partition("/")[2] == self.name

    def site_s_channel(self) -> str:
        channels = self._asterisk.channels_of(self.name)
        if not channels:
            raise ScenarioError(f"phone {self.name} has no call")
        return channels[-1]

    @property
    def id(self) -> str:
        """Unique id of the phone's newest channel. Raises ScenarioError when it has none."""
        return self._asterisk.id_of(self.site_s_channel())

    async def call(self, number: str) -> None:
        """Dial a number."""
        since = self._asterisk.attempts.now
        call = await self._end.dial(self._asterisk.instance, self.name, number)
        self._asterisk.attempts.dialled(self.name, number, call, since=since)

    async def answer(self) -> None:
        """Answer the call that rings."""
        await self._end.answer(self._asterisk.instance, self.name)

    async def busy(self) -> None:
        """Refuse the call that rings as busy."""
        await self._end.busy(self._asterisk.instance, self.name)

    async def decline(self) -> None:
        """Decline the call that rings."""
        await self._end.decline(self._asterisk.instance, self.name)

    async def hangup(self) -> None:
        """Hang up. Returns when the instance has noticed."""
        channels = self._asterisk.channels_of(self.name)
        await self._end.hangup(self._asterisk.instance, self.name)
        if channels:
            newest = channels[-1]
            await self._asterisk.meet(end_of(newest, lambda seen: seen.get("Channel") == newest), HANGUP)

    async def talk(self, seconds: float) -> None:
        """Make sound for so many seconds once the call is answered, then be silent again."""
        seconds_of(seconds, "talk")
        within = self._asterisk.deadline
        self._asterisk.attempts.talks(self.name)
        await self._end.talk(self._asterisk.instance, self.name, seconds, within=within)

    async def dtmf(self, digits: str, *, gap: float = 0.25) -> None:
        """Press keys, with so many seconds from one to the next."""
        check_keys(digits, gap)
        await self._end.dtmf(self._asterisk.instance, self.name, digits, gap)

    async def transfer(self, to: str) -> None:
        """Transfer the call blindly, once the phone and whoever it talks to are connected."""
        with suppress(DeadlineExceeded):  # who is connected with nobody transfers in vain, as with a real phone
            await self._asterisk.meet(_connected(self.site_s_channel()), _CONNECTED)
        since = self._asterisk.attempts.now
        call = await self._end.transfer(self._asterisk.instance, self.name, to)
        self._asterisk.attempts.dialled(self.name, to, call, since=since, moves=True)


def _connected(channel: str) -> Condition[AmiPacket]:
    """A channel and another one are in the same bridge: they enter it one after the other."""
    its: set[str] = set()

    def accepts(seen: AmiPacket) -> bool:
        bridge = seen.get("BridgeUniqueid")
        if seen.get("Channel") == channel:
            its.add(bridge)
        return bridge in its and int(seen.get("BridgeNumChannels", "0")) > 1

    return on_event(f"{channel} and another channel in a bridge", "BridgeEnter", accepts)
