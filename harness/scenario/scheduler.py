"""Plays many scenarios at once, each at the same time on all three instances."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from harness.drive.fastagi import Conversation, FastAgiServer
from harness.drive.phones import FarEnd
from harness.errors import LabError
from harness.lab import Trio
from harness.model import InstanceName, Trace
from harness.record import Session
from harness.scenario.model import Scenario
from harness.scenario.performance import perform
from harness.scenario.stage import Stage, open_stage
from harness.scenario.turns import Turns

__all__ = ["Company", "Played", "open_company"]

Progress = Callable[[str], None]
Sessions = Mapping[InstanceName, Session]

# So many scenarios are held in memory before their late records are waited for and they become traces.
_BATCH = 1000
_STEPS = 10


@dataclass(frozen=True, slots=True)
class Played:
    """A scenario and what was recorded of one play of it, by instance."""

    scenario: Scenario
    traces: Mapping[InstanceName, Trace]


class Company:
    """The trio and its far end, ready to play. `unattributed` counts what belonged to no scenario."""

    def __init__(self, stages: Mapping[InstanceName, Stage], far_end: FarEnd | None) -> None:
        self._stages = stages
        self._far_end = far_end

    @property
    def unattributed(self) -> int:
        """How many packets and log lines belong to no scenario, on all instances."""
        return sum(stage.unattributed for stage in self._stages.values())

    @property
    def broken(self) -> tuple[str, ...]:
        """What ended or hung, with its last log lines; empty while all is well."""
        stages = self._stages.values()
        return tuple(words for stage in stages for words in (stage.broken, stage.deaf) if words)

    async def play(
        self, plays: Sequence[tuple[Scenario, int]], *, width: int, progress: Progress
    ) -> AsyncIterator[Played]:
        """Play scenarios, at most `width` at once, and give what was recorded of each when its last record is in.

        Each comes with the number of the play: 0, or that of a replay.
        """
        turns = Turns(width)
        count = _Count(len(plays), progress)
        # Exclusive ones last, so that the crowd need not be sent out and in again.
        ordered = sorted(plays, key=lambda play: play[0].exclusive)
        for start in range(0, len(ordered), _BATCH):
            batch = ordered[start : start + _BATCH]
            sessions = await asyncio.gather(*(self._in_turn(turns, *play, count) for play in batch))
            await self._settle()
            for (scenario, _), by_instance in zip(batch, sessions, strict=True):
                yield Played(scenario, {name: session.trace() for name, session in by_instance.items()})
            for name, stage in self._stages.items():
                stage.ledger.forget([by_instance[name] for by_instance in sessions])

    async def _in_turn(self, turns: Turns, scenario: Scenario, play: int, count: _Count) -> Sessions:
        async with turns.turn(scenario.uses, exclusive=scenario.exclusive):
            sessions = await asyncio.gather(
                *(perform(scenario, stage, self._far_end, play=play) for stage in self._stages.values())
            )
        count.one_more()
        return dict(zip(self._stages, sessions, strict=True))

    async def _settle(self) -> None:
        """Late call records and the end of the log belong to the scenarios as well."""
        well = [stage for stage in self._stages.values() if not stage.broken]
        await asyncio.gather(*(stage.records_are_in() for stage in well))
        await asyncio.gather(*(stage.log_is_read() for stage in well), return_exceptions=True)
        await asyncio.gather(*(stage.apps_are_heard() for stage in well))


class _Count:
    """How many are done, said now and then."""

    def __init__(self, total: int, progress: Progress) -> None:
        self._total = total
        self._progress = progress
        self._done = 0

    def one_more(self) -> None:
        self._done += 1
        step = max(1, self._total // _STEPS)
        if self._done % step == 0 or self._done == self._total:
            self._progress(f"{self._done} of {self._total} scenarios played")


@asynccontextmanager
async def open_company(trio: Trio, *, phones: Sequence[str] = ()) -> AsyncIterator[Company]:
    """Connect to all instances of a trio. `phones` are the names of those that have to be registered.

    Raises LabError when an instance does not let us in.
    """
    async with AsyncExitStack() as stack:
        stages = {
            name: await stack.enter_async_context(
                open_stage(name, instance, offset=trio.clock_offset, companions=trio.companions.get(name))
            )
            for name, instance in trio.instances.items()
        }
        far_end = None
        if trio.phones is not None:
            far_end = await FarEnd.connect(trio.phones)
            stack.callback(far_end.close)
            await far_end.register_all(phones)
        _serve_agi(stack, trio, stages.values())
        watchers = [asyncio.create_task(_watch(stage)) for stage in stages.values()]
        try:
            yield Company(stages, far_end)
        finally:
            for watcher in watchers:
                watcher.cancel()


def _serve_agi(stack: AsyncExitStack, trio: Trio, stages: Collection[Stage]) -> None:
    """Where the address cannot be listened at, scenarios that wait for a conversation are told why."""
    by_address = {stage.instance.address: stage for stage in stages}

    def take(address: str, conversation: Conversation) -> None:
        if stage := by_address.get(address):
            stage.lobby.let_in(conversation)
        else:
            conversation.end()

    try:
        stack.callback(FastAgiServer(trio.host, take).close)
    except LabError as problem:
        for stage in stages:
            stage.lobby.closed = str(problem)


async def _watch(stage: Stage) -> None:
    """When Asterisk closes the connection, everybody who plays on it is told why."""
    await stage.gone
    if not await stage.diagnose():
        stage.broken = f"{stage.name}: Asterisk closed the connection that listens, and runs on"
    problem = LabError(stage.broken)
    for session in list(stage.sessions):
        session.break_off(problem)
