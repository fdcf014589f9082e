"""One scenario on one instance while it is played: what was seen, and who waits for what."""

from __future__ import annotations

import asyncio
import sys
import time
from bisect import insort
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, TypeVar

from msgspec.structs import replace

from harness.asterisk.lamps import LAMPS, told_by
from harness.asterisk.secrets import without_secrets
from harness.errors import DeadlineExceeded, HarnessError
from harness.model import AmiPacket, AppSaid, Ending, InstanceName, Seen, Step, Trace

__all__ = ["Session"]

_LAST = 6
_AFTER_CALLS = 5.0
_Found = TypeVar("_Found")


@dataclass(slots=True)
class _Waiter:
    """Waits until `ends` at most; where it is for calls, only a little longer than there are any."""

    match: Callable[[Seen], object]
    future: asyncio.Future[Any]  # of what `match` gives, which each waiter knows
    limit: asyncio.Timeout
    ends: float
    for_calls: bool

    def offer(self, seen: Seen) -> None:
        """Something was seen: perhaps it is what is waited for."""
        if not self.future.done() and (found := self.match(seen)) is not None:
            self.future.set_result(found)

    def hurry(self, *, calls_go_on: bool) -> None:
        """Calls have come or gone: wait as long as that allows."""
        if self.for_calls and not self.future.done():
            soon = asyncio.get_running_loop().time() + _AFTER_CALLS
            self.limit.reschedule(self.ends if calls_go_on else min(self.ends, soon))


@dataclass(slots=True, eq=False)
class Session:
    """Collects what is seen of a scenario. Lives until its late records are in, then becomes a `Trace`.

    `roles` names what differs from instance to instance and means the same: unique ids of calls that the
    harness placed, the instance's own address. `open_channels` are those that were created and not yet hung up:
    unique id → name. `broken` is why nothing more can come. `with_phones` says that phones take part. `most` is
    how much is kept of a scenario that does not come to an end: `when_full` is called once, and of what is seen
    after that only the channels are known. `seconds` is how long it was played.
    """

    scenario: str
    instance: InstanceName
    play: int = 0
    offset: float = 0.0
    alone: bool = False
    roles: dict[str, str] = field(default_factory=dict)
    open_channels: dict[str, str] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)
    seconds: float = 0.0
    ending: Ending = Ending.PLAYED
    problem: str = ""
    _seen: list[Seen] = field(default_factory=list)
    _waiters: list[_Waiter] = field(default_factory=list)
    _subscribers: list[asyncio.Queue[Seen | None]] = field(default_factory=list)
    _called: bool = False
    broken: HarnessError | None = None
    with_phones: bool = False
    most: int = sys.maxsize
    when_full: Callable[[], object] | None = None
    _left: int = field(init=False)

    def __post_init__(self) -> None:
        self._left = self.most

    def feed(self, seen: Seen) -> None:
        """Something that belongs to this scenario was seen; its `at` is by the monotonic clock."""
        if self._left <= 0:
            self._pass_by(seen)
            return
        mine = _moved(without_secrets(seen), round(seen.at - self.started, 6))
        self._add(mine)
        if isinstance(mine, AmiPacket) and mine.event in ("Newchannel", "Hangup"):
            self._track(mine)
        for subscriber in self._subscribers:
            subscriber.put_nowait(mine)
        if not isinstance(mine, Step):
            for waiter in self._waiters:
                waiter.offer(mine)
        self._count()

    def count_priority(self) -> None:
        """The log says that a priority runs. Its events come late where there are thousands of them."""
        if self._left > 0:
            self._count()

    @property
    def made(self) -> int:
        """How much was seen: what is kept, and the priorities that the log told of."""
        return self.most - self._left

    @property
    def is_full(self) -> bool:
        """Whether so much was seen that nothing more is kept."""
        return self._left <= 0

    def stop(self) -> None:
        """End the play, as if no more of it were kept."""
        if self.when_full is not None:
            self.when_full()

    def _count(self) -> None:
        self._left -= 1
        if not self._left:
            self.stop()

    def _pass_by(self, seen: Seen) -> None:
        """It is not kept; which channels are open is known all the same, so that they can be hung up."""
        if isinstance(seen, AmiPacket) and seen.event in ("Newchannel", "Hangup"):
            self._track(seen)
            for waiter in self._waiters:
                waiter.offer(seen)

    def step(self, name: str, **details: str) -> None:
        """The harness does something."""
        self.feed(Step(time.monotonic(), name, tuple(details.items())))

    def _add(self, seen: Seen) -> None:
        """Keep the order of time, within a microsecond that of coming: a line of the log may be filed late."""
        if self._seen and seen.at < self._seen[-1].at:
            insort(self._seen, seen, key=attrgetter("at"))
        else:
            self._seen.append(seen)

    async def all_ended(self, within: float) -> None:
        """Wait until no channel of the scenario is open. Raises DeadlineExceeded."""
        if self.open_channels:
            await self.later("all channels to end", lambda _: None if self.open_channels else True, within=within)

    async def wait(
        self, what: str, match: Callable[[Seen], _Found | None], *, within: float, for_calls: bool = False
    ) -> _Found:
        """The first that `match` makes something of, from the beginning of the scenario on; what it made.

        With `for_calls` it is given up some seconds after the last call of the scenario has ended. Raises
        DeadlineExceeded, which says `what` was waited for and what was seen last.
        """
        for seen in tuple(self._seen):
            if (found := match(seen)) is not None:
                return found
        return await self.later(what, match, within=within, for_calls=for_calls)

    async def later(
        self, what: str, match: Callable[[Seen], _Found | None], *, within: float, for_calls: bool = False
    ) -> _Found:
        """As `wait`, for what is seen from now on."""
        if self.broken:
            raise self.broken
        loop = asyncio.get_running_loop()
        limit, ends = asyncio.timeout(within), loop.time() + within
        waiter = _Waiter(match, loop.create_future(), limit, ends, for_calls)
        self._waiters.append(waiter)
        try:
            async with limit:
                waiter.hurry(calls_go_on=bool(self.open_channels) or not self._called)
                found: _Found = await waiter.future
                return found
        except TimeoutError:
            if loop.time() < ends:
                raise self._explained(DeadlineExceeded(f"all calls ended without {what}")) from None
            raise self.overdue(what, within) from None
        finally:
            self._waiters.remove(waiter)

    def overdue(self, what: str, within: float) -> DeadlineExceeded:
        """The error for something that did not come about, with the last things seen as a note."""
        return self._explained(DeadlineExceeded(f"waited {round(within, 0 if within > 1 else 2):g} s for {what}"))

    def _explained(self, error: DeadlineExceeded) -> DeadlineExceeded:
        error.add_note("\n".join(["the last events were:", *self.last_events()]))
        return error

    def last_events(self) -> list[str]:
        """The last events in a line each, for a person."""
        shown = [seen for seen in self._seen if isinstance(seen, AmiPacket)][-_LAST:]
        return [
            f"  {seen.at:7.3f} {seen.event} {seen.get('Channel')} {seen.get('Application')}".rstrip()
            for seen in shown
        ]

    def break_off(self, problem: HarnessError) -> None:
        """The instance is gone: whoever waits need not wait on."""
        self.broken = problem
        for waiter in self._waiters:
            if not waiter.future.done():
                waiter.future.set_exception(problem)
        for subscriber in self._subscribers:
            subscriber.put_nowait(None)

    @property
    def observations(self) -> Sequence[Seen]:
        """What was seen so far, ordered by time."""
        return tuple(self._seen)

    @contextmanager
    def subscribed(self) -> Iterator[asyncio.Queue[Seen | None]]:
        """All that is seen from now on, as it comes; None when nothing more can come."""
        queue: asyncio.Queue[Seen | None] = asyncio.Queue()
        self._subscribers.append(queue)
        if self.broken:
            queue.put_nowait(None)
        try:
            yield queue
        finally:
            self._subscribers.remove(queue)

    def packets(self, event: str) -> Iterator[AmiPacket]:
        """The manager's events of a name, in order."""
        return (seen for seen in self._seen if isinstance(seen, AmiPacket) and seen.event == event)

    def trace(self, *, shared: Collection[str] = ()) -> Trace:
        """All of it, ordered by time; without the states of devices that are `shared` with other scenarios."""
        began = time.time() - (time.monotonic() - self.started) + self.offset
        return Trace(
            self.scenario,
            self.instance,
            tuple([seen for seen in self._seen if not _tells_of(seen, shared)] if shared else self._seen),
            tuple(self.roles.items()),
            self.ending,
            self.problem,
            self.play,
            round(began, 3),
            self.alone,
            round(self.seconds, 3),
        )

    def _track(self, packet: AmiPacket) -> None:
        if packet.event == "Newchannel":
            self.open_channels[packet.get("Uniqueid")] = packet.get("Channel")
            self._called = True
        else:
            self.open_channels.pop(packet.get("Uniqueid"), None)
        for waiter in self._waiters:
            waiter.hurry(calls_go_on=bool(self.open_channels))


def _tells_of(seen: Seen, devices: Collection[str]) -> bool:
    """Whether it tells a state of one of these."""
    return isinstance(seen, AmiPacket) and seen.event in LAMPS and any(name in devices for name in told_by(seen))


def _moved(seen: Seen, at: float) -> Seen:
    if isinstance(seen, AmiPacket):
        return seen.moved(at)
    if isinstance(seen, AppSaid) and seen.said is not None:
        return replace(seen, at=at, said=replace(seen.said, at=at))
    return replace(seen, at=at)
