"""A call that a scenario placed: what its caller does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from harness.errors import DeadlineExceeded, ScenarioError
from harness.model import AmiPacket, Seen
from harness.play.conditions import Condition, on_event
from harness.play.leg import HANGUP, Leg, check_keys, end_of
from harness.play.numbers import seconds_of
from harness.play.promises import noting_what_is_begun

if TYPE_CHECKING:
    from harness.play.asterisk import Asterisk

__all__ = ["CallLeg"]

# Seconds in which nobody hangs up after what he hears: a call that ends by itself is ended by then.
_REACTION = 0.05
_ON_ITS_WAY = 0.25  # more, and he would not hang up while somebody else hears a greeting
_KEYS = 10.0
_AT_ONCE = 60  # keys that fit into an extension's name, of 79 characters
_PAUSE = 0.5  # what `w` waits
_EACH_KEY = 0.6


@noting_what_is_begun
class CallLeg(Leg):
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

    def is_mine(self, seen: AmiPacket) -> bool:
        return seen.get("Uniqueid") == self._first

    def site_s_channel(self) -> str:
        return self._asterisk.channel_of(self._second)

    async def dtmf(self, digits: str, *, gap: float = 0.25) -> None:
        """Press keys, with so many seconds from one to the next; returns when all were, or the call has ended.

        Asterisk presses them: a machine that is busy must not be slower than the site's TIMEOUT(digit).
        """
        check_keys(digits, gap)
        if not await self.is_answered():
            await self._press_early(digits, gap)
            return
        for start in range(0, len(digits), _AT_ONCE):
            some = digits[start : start + _AT_ONCE]
            if start:
                await asyncio.sleep(gap)
            await self._move(f"keys{round(gap * 1000):08d}{some}")
            seen = await self._asterisk.meet(self._pressed(), _KEYS + len(some) * (gap + _EACH_KEY))
            if seen.event == "Hangup":
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

        def is_last(seen: AmiPacket) -> bool:
            return seen.get("Application") == "Goto" and seen.get("Exten").startswith("keys")

        return self._of_our_half(f"the keys of {self.name}", is_last)

    async def talk(self, seconds: float) -> None:
        """Make sound for so many seconds once the call is answered, then be silent again."""
        seconds_of(seconds, "talk")
        await self.be_answered()
        self._asterisk.attempts.talks(self.name)
        await self._move("talk")
        await asyncio.sleep(seconds)
        await self._move("silent")

    async def hangup(self) -> None:
        """Hang up. Returns when the channel is gone; at once when it was already, as with a real phone.

        Which of two that happen in the same instant comes first would be chance: an end that comes by itself, and
        an answer that is on its way to the caller, are before it.
        """
        await asyncio.sleep(_REACTION)
        arrived, seen = self._arrived(), self._asterisk.observations
        if any(map(self._is_answer, seen)) and not any(map(arrived.match, seen)):
            with suppress(DeadlineExceeded):
                await self._asterisk.meet(arrived, _ON_ITS_WAY)
        with suppress(ScenarioError):
            channel = self._asterisk.channel_of(self._first)
            await self._asterisk.respond({"Action": "Hangup", "Channel": channel, "Cause": "16"})
        await self._asterisk.meet(end_of(self.name, self.is_mine), HANGUP)

    def _is_answer(self, seen: Seen) -> bool:
        """Whether somebody answers in this call."""
        if not isinstance(seen, AmiPacket) or seen.event != "Newstate":
            return False
        return seen.get("ChannelStateDesc") == "Up" and seen.get("Linkedid") == self._first

    def _arrived(self) -> Condition[AmiPacket]:
        """An answer comes to our half of the call, or that ends."""
        return self._of_our_half(f"an answer for {self.name}", self._is_answer)

    async def _move(self, extension: str) -> None:
        """Returns when the leg is there, or has ended."""
        channel = self._asterisk.channel_of(self._first)
        where = {"Context": "harness-leg", "Exten": extension, "Priority": "1"}
        since = self._asterisk.attempts.now

        def is_there(seen: AmiPacket) -> bool:
            return seen.event == "Newexten" and seen.get("Extension") == extension

        await self._asterisk.respond({"Action": "Redirect", "Channel": channel, **where})
        there = self._of_our_half(f"{self.name} at {extension} after {since:.6f} s", is_there, since=since)
        with suppress(DeadlineExceeded):
            await self._asterisk.meet(there, HANGUP)

    def _of_our_half(
        self, what: str, accepts: Callable[[AmiPacket], bool], *, since: float = 0.0
    ) -> Condition[AmiPacket]:
        """The first event of our half of the call that is accepted, or its end."""

        def match(seen: Seen) -> AmiPacket | None:
            if not isinstance(seen, AmiPacket) or seen.at < since or not self.is_mine(seen):
                return None
            return seen if seen.event == "Hangup" or accepts(seen) else None

        return Condition(what, match)
