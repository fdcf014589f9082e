"""What the ends of calls have in common that a scenario acts on: calls that it placed, and the site's phones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Unpack, overload

from harness.errors import ScenarioError
from harness.model import AmiPacket, AriEvent, Playback
from harness.play.conditions import Condition, WantedPacket, condition, on_event
from harness.play.numbers import seconds_of
from harness.play.promises import Promises, noting_what_is_begun

if TYPE_CHECKING:
    from harness.play.asterisk import Asterisk

__all__ = ["HANGUP", "Leg", "check_keys", "end_of"]

HANGUP = 5.0
"""Seconds in which an instance notices a hangup."""
_PRESSABLE = frozenset("0123456789*#ABCDw")
_STATES = ("answered", "ended", "ringing")


@noting_what_is_begun
class Leg:
    """One end of a call: of one that the harness placed, or a phone of the site."""

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

    async def be_answered(self) -> None:
        """Who speaks before somebody listens is not heard. Raises DeadlineExceeded."""
        if not await self.is_answered():
            await self._asterisk.meet(replace(self._until("answered"), what=f"somebody to hear {self.name}"))

    def _until(self, state: str) -> Condition[AmiPacket]:
        states = {"answered": ("Up",), "ringing": ("Ring", "Ringing")}.get(state)

        def accepts(seen: AmiPacket) -> bool:
            return self.is_mine(seen) and (states is None or seen.get("ChannelStateDesc") in states)

        return on_event(f"{self.name} to be {state}", "Hangup" if state == "ended" else "Newstate", accepts)

    @property
    def id(self) -> str:
        """Unique id of its channel: what ARI calls its id."""
        raise NotImplementedError

    async def dtmf(self, digits: str, *, gap: float = 0.25) -> None:
        """Press keys, with so many seconds from one to the next."""
        raise NotImplementedError

    async def talk(self, seconds: float) -> None:
        """Make sound for so many seconds once the call is answered, then be silent again."""
        raise NotImplementedError

    async def hangup(self) -> None:
        """Hang up. Returns when the instance has noticed."""
        raise NotImplementedError

    def is_mine(self, seen: AmiPacket) -> bool:
        """Whether an event is about this end."""
        raise NotImplementedError

    def site_s_channel(self) -> str:
        """The channel on which the site's dialplan has its variables."""
        raise NotImplementedError

    async def set_variable(self, name: str, value: str) -> None:
        """Set a channel variable where the dialplan reads it."""
        channel = self.site_s_channel()
        await self._asterisk.respond({"Action": "Setvar", "Channel": channel, "Variable": name, "Value": value})

    async def read_variable(self, name: str) -> str:
        """The value of a channel variable or function on this leg, as the dialplan sees it."""
        channel = self.site_s_channel()
        headers = await self._asterisk.respond({"Action": "Getvar", "Channel": channel, "Variable": name})
        return dict(headers).get("Value", "")


def check_keys(digits: str, gap: float) -> None:
    seconds_of(gap, "gap")
    if wrong := sorted(set(digits) - _PRESSABLE):
        raise ScenarioError(
            f"{''.join(wrong)!r} is on no phone: keys are 0-9, *, #, A-D; w waits for half a second"
        )


def end_of(what: str, is_it: Callable[[AmiPacket], bool]) -> Condition[AmiPacket]:
    """The hangup of ours, by a name of its own, so that a scenario that waits for the leg's end still finds it."""
    return on_event(f"the hangup of {what}", "Hangup", is_it)
