"""What recording costs: the same AGI and Stasis scenarios with it, and without.

Without: Asterisk does not tell its AGI conversations, its log is not followed, and no trace is made or written.
The events that scenarios wait for are listened to in both.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from pathlib import Path

from harness.lab import Trio
from harness.play import Scenario, Scheduler, open_scheduler
from harness.play.asterisk import Asterisk
from harness.play.live_instance import LiveInstance
from harness.record.session import Session
from harness.record.store import TraceWriter

__all__ = ["recording_cost"]

_EACH = 100
_ROUNDS = 3


async def _agi(asterisk: Asterisk) -> None:
    call = await asterisk.call("bench@harness-agi")
    conversation = await asterisk.agi("bench")
    for command in ("ANSWER", "GET VARIABLE CALLERID(num)", "SET VARIABLE X 1", "VERBOSE done"):
        await conversation.command(command)
    conversation.end()
    await call.wait("ended")


async def _stasis(asterisk: Asterisk) -> None:
    call = await asterisk.call("run@s41-stasis")
    await asterisk.wait(ari="StasisStart")
    await asterisk.ari("channels.answer", channelId=call.id)
    await asterisk.ari("channels.setChannelVar", channelId=call.id, variable="X", value="1")
    await asterisk.ari("channels.continueInDialplan", channelId=call.id)
    await call.wait("ended")


async def recording_cost(trio: Trio, folder: Path) -> tuple[float, float]:
    """Seconds with recording and without, the best of some rounds each, played in turns."""
    plays = [
        (_scenario(name, play, n), 0) for name, play in (("agi", _agi), ("stasis", _stasis)) for n in range(_EACH)
    ]
    await _recorded(trio, plays, folder)  # warm up
    rounds = [(await _recorded(trio, plays, folder), await _unrecorded(trio, plays)) for _ in range(_ROUNDS)]
    return min(one for one, _ in rounds), min(other for _, other in rounds)


async def _recorded(trio: Trio, plays: Sequence[tuple[Scenario, int]], folder: Path) -> float:
    for instance in trio.instances.values():  # what rounds before this one logged is no cost of this one
        instance.run("truncate", "-s", "0", instance.log_file)
    async with open_scheduler(trio) as scheduler:
        began = time.perf_counter()
        with TraceWriter(folder) as writer:
            async for played in scheduler.play(plays, width=50, progress=_silent):
                writer.keep(*played.traces.values())
        return time.perf_counter() - began


async def _unrecorded(trio: Trio, plays: Sequence[tuple[Scenario, int]]) -> float:
    async with open_scheduler(trio) as scheduler:
        for live in _live(scheduler):
            await live.action({"Action": "Command", "Command": "agi set debug off"})
            live._tail.close()
            live.log_is_read = _at_once  # type: ignore[method-assign] # nobody reads it
        began = time.perf_counter()
        trace, Session.trace = Session.trace, _nothing  # type: ignore[assignment] # no trace is made
        try:
            async for _ in scheduler.play(plays, width=50, progress=_silent):
                pass
        finally:
            Session.trace = trace  # type: ignore[method-assign]
        return time.perf_counter() - began


def _live(scheduler: Scheduler) -> tuple[LiveInstance, ...]:
    return tuple(scheduler._live.values())


def _scenario(name: str, play: object, number: int) -> Scenario:
    return Scenario(f"{name}/{number}", "", Path(__file__), 1, play, deadline=60.0, stasis=("known",))  # type: ignore[arg-type]


async def _at_once() -> bool:
    return True


def _nothing(_session: Session, *, shared: Collection[str] = ()) -> None:
    return None


def _silent(_line: str) -> None:
    """Progress is not what is measured."""
