"""The ends of calls that a scenario acts on: calls that it placed, and the site's phones."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Unpack, overload

from harness.errors import DeadlineExceeded, NotPlayable, ScenarioError
from harness.model import AmiPacket, AriEvent, Playback, Seen
from harness.play.conditions import Condition, WantedPacket, condition, device, on_event
from harness.play.numbers import seconds_of
from harness.play.promises import Promises, noting_what_is_begun

if TYPE_CHECKING:
    from harness.far_end.phones import FarEnd
    from harness.play.asterisk import Asterisk

__all__ = ["CallLeg", "Leg", "PhoneLeg"]

_HANGUP = 5.0
_CONNECTED = 5.0
_KEYS = 10.0
_AT_ONCE = 60  # keys that fit into an extension's name, of 79 characters
_PRESSABLE = frozenset("0123456789*#ABCDw")
_PAUSE = 0.5  # what `w` waits
_EACH_KEY = 0.6
_STATES = ("answered", "ended", "ringing")


@noting_what_is_begun
class _Leg:
    """What a call and a phone have in common."""

    def __init__(self, asterisk: Asterisk, name: str) -> None:
        self.name = name
        self._asterisk = asterisk

    @property
    def promises(self) -> Promises:
        """What the scenario has begun."""
        return self._asterisk.promises

    @overload
    async def wait(self, *, playing: str, within: float | None = None) -> Playback: ...
    @overload
    async def wait(
        self, *, ari: str, headers: Mapping[str, str] | None = None, within: float | None = None
    ) -> AriEvent: ...
    @overload
    async def wait(
        self, *, event: str, headers: Mapping[str, str] | None = None, within: float | None = None
    ) -> AmiPacket | Playback: ...
    @overload
    async def wait(
        self, state: str = "", *, within: float | None = None, **wanted: Unpack[WantedPacket]
    ) -> AmiPacket: ...
    async def wait(
        self, state: str = "", *, within: float | None = None, **wanted: Any
    ) -> AmiPacket | Playback | AriEvent:
        """Wait until the leg is `answered`, `ended` or `ringing`, or for anything that `Asterisk.wait` knows."""
        if not state:
            return await self._asterisk.meet(condition(**wanted), within)
        if state not in _STATES:
            raise ScenarioError(f"a leg can be waited for to be {', '.join(_STATES)}; not {state!r}")
        return await self._asterisk.meet(self._until(state), within)

    async def is_answered(self) -> bool:
        """Whether it was answered so far."""
        answer = self._until("answered")
        return any(answer.match(seen) for seen in self._asterisk.observations)

    async def _be_answered(self) -> None:
        """Who speaks before somebody listens is not heard. Raises DeadlineExceeded."""
        if not await self.is_answered():
            await self._asterisk.meet(replace(self._until("answered"), what=f"somebody to hear {self.name}"))

    def _until(self, state: str) -> Condition[AmiPacket]:
        states = {"answered": ("Up",), "ringing": ("Ring", "Ringing")}.get(state)

        def accepts(seen: AmiPacket) -> bool:
            return self._is_mine(seen) and (states is None or seen.get("ChannelStateDesc") in states)

        return on_event(f"{self.name} to be {state}", "Hangup" if state == "ended" else "Newstate", accepts)

    def _is_mine(self, seen: AmiPacket) -> bool:
        raise NotImplementedError

    def _site_s_channel(self) -> str:
        """The channel on which the site's dialplan has its variables."""
        raise NotImplementedError

    async def set_variable(self, name: str, value: str) -> None:
        """Set a channel variable where the dialplan reads it."""
        channel = self._site_s_channel()
        await self._asterisk.respond({"Action": "Setvar", "Channel": channel, "Variable": name, "Value": value})

    async def read_variable(self, name: str) -> str:
        """The value of a channel variable or function on this leg, as the dialplan sees it."""
        channel = self._site_s_channel()
        headers = await self._asterisk.respond({"Action": "Getvar", "Channel": channel, "Variable": name})
        return dict(headers).get("Value", "")


@noting_what_is_begun
class CallLeg(_Leg):
    """A call that the harness placed through a Local channel: the caller is one half, the dialplan the other."""

    def __init__(self, asterisk: Asterisk, name: str, first: str, second: str) -> None:
        super().__init__(asterisk, name)
        self._first = first
        self._second = second

    @property
    def id(self) -> str:
        """Unique id of the channel that the site's dialplan runs: what ARI calls its id."""
        return self._second

    def begun(self) -> Condition[AmiPacket]:
        """Both halves are there; the dialplan's is made last. Other events of the call may come before that."""
        second = self._second
        return on_event(
            f"{self.name} to have a channel", "Newchannel", lambda seen: seen.get("Uniqueid") == second
        )

    def _is_mine(self, seen: AmiPacket) -> bool:
        return seen.get("Uniqueid") == self._first

    def _site_s_channel(self) -> str:
        return self._asterisk.channel_of(self._second)

    async def dtmf(self, digits: str, *, gap: float = 0.25) -> None:
        """Press keys, with so many seconds from one to the next; returns when all were, or the call has ended.

        Asterisk presses them: a machine that is busy must not be slower than the site's TIMEOUT(digit).
        """
        _check_keys(digits, gap)
        if not await self.is_answered():
            await self._press_early(digits, gap)
            return
        for start in range(0, len(digits), _AT_ONCE):
            some = digits[start : start + _AT_ONCE]
            if start:
                await asyncio.sleep(gap)
            await self._move(f"keys{round(gap * 1000):08d}{some}")
            seen = await self._asterisk.meet(self._pressed(), _KEYS + len(some) * (gap + _EACH_KEY))
            if seen.get("Event") == "Hangup":
                return

    async def _press_early(self, digits: str, gap: float) -> None:
        """Before the call is answered, our half of it runs no dialplan that could press them."""
        for number, digit in enumerate(digits):
            if number:
                await asyncio.sleep(gap)
            if digit == "w":
                await asyncio.sleep(_PAUSE)
                continue
            channel = self._asterisk.channel_of(self._first)
            await self._asterisk.respond({"Action": "PlayDTMF", "Channel": channel, "Digit": digit})

    def _pressed(self) -> Condition[AmiPacket]:
        """Who hangs up on the last key ends this as well."""

        def match(seen: Seen) -> AmiPacket | None:
            if not isinstance(seen, AmiPacket) or not self._is_mine(seen):
                return None
            is_last = seen.get("Application") == "Goto" and seen.get("Exten").startswith("keys")
            return seen if is_last or seen.event == "Hangup" else None

        return Condition(f"the keys of {self.name}", match)

    async def talk(self, seconds: float) -> None:
        """Make sound for so many seconds once the call is answered, then be silent again."""
        seconds_of(seconds, "talk")
        await self._be_answered()
        self._asterisk.attempts.talks(self.name)
        await self._move("talk")
        await asyncio.sleep(seconds)
        await self._move("silent")

    async def hangup(self) -> None:
        """Hang up. Returns when the channel is gone; at once when it was already, as with a real phone."""
        with suppress(ScenarioError):
            channel = self._asterisk.channel_of(self._first)
            await self._asterisk.respond({"Action": "Hangup", "Channel": channel, "Cause": "16"})
        await self._asterisk.meet(_end(self.name, self._is_mine), _HANGUP)

    async def _move(self, extension: str) -> None:
        """Returns when the leg is there: a channel that is still on its way is in no state to be moved again."""
        channel = self._asterisk.channel_of(self._first)
        where = {"Context": "harness-leg", "Exten": extension, "Priority": "1"}
        since = self._asterisk.attempts.now
        await self._asterisk.respond({"Action": "Redirect", "Channel": channel, **where})

        def match(seen: Seen) -> AmiPacket | None:
            if not isinstance(seen, AmiPacket) or seen.at < since or not self._is_mine(seen):
                return None
            is_there = seen.event == "Newexten" and seen.get("Extension") == extension
            return seen if is_there or seen.event == "Hangup" else None

        with suppress(DeadlineExceeded):
            await self._asterisk.meet(Condition(f"{self.name} at {extension} after {since:.6f} s", match), _HANGUP)


@noting_what_is_begun
class PhoneLeg(_Leg):
    """One of the site's phones, which the far end stands in for."""

    def __init__(self, asterisk: Asterisk, name: str, far_end: FarEnd | None) -> None:
        super().__init__(asterisk, name)
        self._far_end = far_end

    @property
    def _end(self) -> FarEnd:
        if self._far_end is None:
            raise NotPlayable(f"there is no far end to stand in for phone {self.name}")
        return self._far_end

    def _is_mine(self, seen: AmiPacket) -> bool:
        return device(seen.get("Channel")).partition("/")[2] == self.name

    def _site_s_channel(self) -> str:
        channels = self._asterisk.channels_of(self.name)
        if not channels:
            raise ScenarioError(f"phone {self.name} has no call")
        return channels[-1]

    @property
    def id(self) -> str:
        """Unique id of the phone's newest channel. Raises ScenarioError when it has none."""
        return self._asterisk.id_of(self._site_s_channel())

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
            await self._asterisk.meet(_end(newest, lambda seen: seen.get("Channel") == newest), _HANGUP)

    async def talk(self, seconds: float) -> None:
        """Make sound for so many seconds once the call is answered, then be silent again."""
        seconds_of(seconds, "talk")
        within = self._asterisk.deadline
        self._asterisk.attempts.talks(self.name)
        await self._end.talk(self._asterisk.instance, self.name, seconds, within=within)

    async def dtmf(self, digits: str, *, gap: float = 0.25) -> None:
        """Press keys, with so many seconds from one to the next."""
        _check_keys(digits, gap)
        await self._end.dtmf(self._asterisk.instance, self.name, digits, gap)

    async def transfer(self, to: str) -> None:
        """Transfer the call blindly, once the phone and whoever it talks to are connected."""
        with suppress(DeadlineExceeded):  # who is connected with nobody transfers in vain, as with a real phone
            await self._asterisk.meet(_connected(self._site_s_channel()), _CONNECTED)
        since = self._asterisk.attempts.now
        call = await self._end.transfer(self._asterisk.instance, self.name, to)
        self._asterisk.attempts.dialled(self.name, to, call, since=since, moves=True)


Leg = CallLeg | PhoneLeg
"""One end of a call."""


def _check_keys(digits: str, gap: float) -> None:
    seconds_of(gap, "gap")
    if wrong := sorted(set(digits) - _PRESSABLE):
        raise ScenarioError(
            f"{''.join(wrong)!r} is on no phone: keys are 0-9, *, #, A-D; w waits for half a second"
        )


def _connected(channel: str) -> Condition[AmiPacket]:
    """A channel and another one are in the same bridge: they enter it one after the other."""
    its: set[str] = set()

    def accepts(seen: AmiPacket) -> bool:
        bridge = seen.get("BridgeUniqueid")
        if seen.get("Channel") == channel:
            its.add(bridge)
        return bridge in its and int(seen.get("BridgeNumChannels", "0")) > 1

    return on_event(f"{channel} and another channel in a bridge", "BridgeEnter", accepts)


def _end(what: str, is_it: Callable[[AmiPacket], bool]) -> Condition[AmiPacket]:
    """The hangup of ours, by a name of its own, so that a scenario that waits for the leg's end still finds it."""
    return on_event(f"the hangup of {what}", "Hangup", is_it)
