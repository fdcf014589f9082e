"""Plays many scenarios at once, each at the same time on all three instances."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Collection, Container, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

from harness.errors import LabError, NotPlayable
from harness.far_end.fastagi import Conversation, FastAgiServer
from harness.far_end.phones import FarEnd
from harness.lab import Progress, Trio
from harness.model import InstanceName, Trace
from harness.play.code import take_tasks_step_by_step
from harness.play.live_instance import LiveInstance, PlayLimits, open_live_instance
from harness.play.playing import play_scenario
from harness.play.scenario import Scenario
from harness.play.turns import Turns, in_turn
from harness.play.watchdog import PATIENCE, watching
from harness.record.session import Session

__all__ = ["Played", "Scheduler", "open_scheduler", "watch_phones"]

Sessions = Mapping[InstanceName, Session]

# So many scenarios are held in memory before their late records are waited for and they become traces.
_BATCH = 1000
_STEPS = 10
_AGAIN = 0.2
"""Seconds until who has not heard that he is to stop is told once more."""


@dataclass(frozen=True, slots=True)
class Played:
    """A scenario and what was recorded of one play of it, by instance."""

    scenario: Scenario
    traces: Mapping[InstanceName, Trace]


class Scheduler:
    """The trio and its far end, ready to play. `unattributed` counts what belonged to no scenario."""

    def __init__(self, instances: Mapping[InstanceName, LiveInstance], far_end: FarEnd | None) -> None:
        self._live = instances
        self._far_end = far_end

    @property
    def unattributed(self) -> int:
        """How many packets and log lines belong to no scenario, on all instances."""
        return sum(live.unattributed for live in self._live.values())

    async def play_begins(self) -> None:
        """From now on what the log says of no call belongs to the play, and no more to the start."""
        await asyncio.gather(*(live.play_begins() for live in self._live.values()))

    @property
    def said_at_start(self) -> frozenset[str]:
        """What the log of any instance said of no call until then, without numbers."""
        return frozenset().union(*(live.said_at_start for live in self._live.values()))

    async def log_of_no_call(self) -> Mapping[InstanceName, Trace]:
        """What the log of each instance says of no call since then."""
        await self._wait_for_late_records()
        return {name: live.log_of_no_call() for name, live in self._live.items()}

    @property
    def broken(self) -> tuple[str, ...]:
        """What ended or hung, with its last log lines; empty while all is well."""
        instances = self._live.values()
        phones = self._far_end.broken if self._far_end else ""
        return tuple(filter(None, (phones, *(words for live in instances for words in live.troubles))))

    async def play(
        self,
        plays: Sequence[tuple[Scenario, int]],
        *,
        width: int,
        progress: Progress,
        company: Sequence[Scenario] = (),
    ) -> AsyncIterator[Played]:
        """Play scenarios, at most `width` at once, and give what was recorded of each when its last record is in.

        Each comes with the number of the play: 0, or that of a replay. `company` plays beside them until they have
        ended, so that they are in a crowd; what was recorded of it is not given.
        """
        code = [scenario for scenario in (*(one for one, _ in plays), *company) if scenario.file.suffix == ".py"]
        patience = max(1.0, min((PATIENCE, *(scenario.deadline for scenario in code))))
        with watching({scenario.file for scenario in code}, patience=patience):
            async for played in self._play(plays, company, width, progress):
                yield played

    async def _play(
        self, plays: Sequence[tuple[Scenario, int]], company: Sequence[Scenario], width: int, progress: Progress
    ) -> AsyncIterator[Played]:
        every = in_turn((*plays, *((scenario, 0) for scenario in company)))
        lonely, others = width == 1 or len(every) == 1, {scenario.id for scenario in company}
        play_one = partial(self._play_one, Turns(width), _counter(len(every), progress), lonely)
        for start in range(0, len(every), _BATCH):
            batch = every[start : start + _BATCH]
            recorded = await self._played(batch, play_one, others)
            await self._wait_for_late_records([sessions for _, sessions in recorded])
            for scenario, sessions in recorded:
                if scenario.id not in others:
                    yield Played(scenario, {name: self._trace(name, one) for name, one in sessions.items()})
            for name, live in self._live.items():
                live.ledger.forget([sessions[name] for _, sessions in recorded])

    async def _played(
        self,
        batch: Sequence[tuple[Scenario, int]],
        play_one: Callable[[Scenario, int], Coroutine[None, None, Sessions]],
        company: Container[str],
    ) -> Sequence[tuple[Scenario, Sessions]]:
        """All that began, with what was recorded. `company`, by id, ends when the last of the others has."""
        tasks = [(scenario, asyncio.ensure_future(play_one(scenario, play))) for scenario, play in batch]
        try:
            await asyncio.gather(*(task for scenario, task in tasks if scenario.id not in company))
            while left := {task: scenario.id for scenario, task in tasks if not task.done()}:
                self._send_home(left)
                await asyncio.wait(left, timeout=_AGAIN)
        finally:
            for _, task in tasks:
                task.cancel()
        return [(scenario, task.result()) for scenario, task in tasks if not task.cancelled()]

    def _send_home(self, playing: Mapping[asyncio.Task[Sessions], str]) -> None:
        """Who plays hangs up, who waits for a turn has none."""
        sessions = [session for live in self._live.values() for session in live.sessions]
        begun, to_stop = {session.scenario for session in sessions}, set(playing.values())
        for session in sessions:
            if session.scenario in to_stop:
                session.stop()
        for task, id_ in playing.items():
            if id_ not in begun:
                task.cancel()

    def _trace(self, name: InstanceName, session: Session) -> Trace:
        return session.trace(shared=self._live[name].ledger.shared_devices)

    async def _play_one(
        self, turns: Turns, count_one: Callable[[], None], lonely: bool, scenario: Scenario, play: int
    ) -> Sessions:
        alone = lonely or scenario.exclusive
        async with turns.turn(scenario.uses, exclusive=scenario.exclusive):
            sessions = await asyncio.gather(
                *(
                    play_scenario(scenario, live, self._far_end, play=play, alone=alone)
                    for live in self._live.values()
                )
            )
        count_one()
        return dict(zip(self._live, sessions, strict=True))

    async def _wait_for_late_records(self, sessions: Sequence[Sessions] = ()) -> None:
        """Late call records, files and the end of the log belong to the scenarios as well."""
        well = [live for live in self._live.values() if not live.broken]
        await asyncio.gather(*(live.records_are_in() for live in well))
        await asyncio.gather(*(live.log_is_read() for live in well), return_exceptions=True)
        await asyncio.gather(*(live.apps_are_heard() for live in well))
        await asyncio.gather(*(live.files_are_read([one[live.name] for one in sessions]) for live in well))


def _counter(total: int, progress: Progress) -> Callable[[], None]:
    """Counts what is done, and says now and then how many are."""
    numbers = itertools.count(1)

    def count_one() -> None:
        done = next(numbers)
        if done % max(1, total // _STEPS) == 0 or done == total:
            progress(f"{done} of {total} scenarios played")

    return count_one


@asynccontextmanager
async def open_scheduler(
    trio: Trio, *, phones: Sequence[str] = (), limits: PlayLimits | None = None
) -> AsyncIterator[Scheduler]:
    """Connect to all instances of a trio. `phones` are the names of those that have to be registered.

    What goes beyond `limits` is stopped.

    Raises LabError when an instance does not let us in.
    """
    async with AsyncExitStack() as stack:
        instances = {
            name: await stack.enter_async_context(
                open_live_instance(
                    name,
                    instance,
                    offset=trio.clock_offset,
                    companions=trio.companions.get(name),
                    limits=limits,
                )
            )
            for name, instance in trio.instances.items()
        }
        for live in instances.values():
            live.peers = [other for other in instances.values() if other is not live]
        far_end = None
        if trio.phones is not None:
            far_end = await FarEnd.connect(trio.phones)
            stack.callback(far_end.close)
            await far_end.register_all(phones)
        _serve_agi(stack, trio, instances.values())
        take_tasks_step_by_step(asyncio.get_running_loop())
        watchers = [asyncio.create_task(_watch(live)) for live in instances.values()]
        if far_end is not None:
            watchers.append(asyncio.create_task(watch_phones(far_end, instances.values())))
        try:
            yield Scheduler(instances, far_end)
        finally:
            for watcher in watchers:
                watcher.cancel()


def _serve_agi(stack: AsyncExitStack, trio: Trio, instances: Collection[LiveInstance]) -> None:
    """Where the address cannot be listened at, scenarios that wait for a conversation are told why."""
    by_address = {live.instance.address: live for live in instances}

    def take(address: str, conversation: Conversation) -> None:
        if live := by_address.get(address):
            live.conversations.add(conversation)
        else:
            conversation.end()

    try:
        stack.callback(FastAgiServer(trio.host, take, trio.reach).close)
    except LabError as problem:
        for live in instances:
            live.conversations.closed = str(problem)


async def watch_phones(far_end: FarEnd, instances: Collection[LiveInstance]) -> None:
    """When the phones are gone, whoever plays with one is told why at once."""
    await far_end.lost
    problem = NotPlayable(await far_end.diagnose())
    for live in instances:
        for session in list(live.sessions):
            if session.with_phones:
                session.break_off(problem)


async def _watch(live: LiveInstance) -> None:
    """When Asterisk closes the connection, everybody who plays on it is told why."""
    await live.gone
    closed = f"{live.name}: Asterisk closed the connection that listens, and runs on"
    live.broken = await live.diagnose() or closed
    problem = LabError(live.broken)
    for session in list(live.sessions):
        session.break_off(problem)
