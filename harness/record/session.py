"""One scenario on one instance while it is played: what was seen, and who waits for what."""

from __future__ import annotations

import asyncio
import time
from bisect import insort
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from harness.errors import DeadlineExceeded, HarnessError
from harness.model import Ending, InstanceName, Observation, Trace, Via

__all__ = ["Session"]

_LAST = 6
_AFTER_CALLS = 5.0


@dataclass(slots=True)
class _Waiter:
    """Waits until `ends` at most; where it is for calls, only a little longer than there are any."""

    starts: bytes
    accepts: Callable[[Observation], bool]
    future: asyncio.Future[Observation]
    limit: asyncio.Timeout
    ends: float
    for_calls: bool

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
    unique id → name. `broken` is why nothing more can come.
    """

    scenario: str
    instance: InstanceName
    play: int = 0
    offset: float = 0.0
    roles: dict[str, str] = field(default_factory=dict)
    open_channels: dict[str, str] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)
    ending: Ending = Ending.PLAYED
    problem: str = ""
    _seen: list[tuple[float, Via, bytes | str]] = field(default_factory=list)
    _waiters: list[_Waiter] = field(default_factory=list)
    _called: bool = False
    broken: HarnessError | None = None

    def feed(self, packet: bytes, at: float) -> None:
        """A packet of the wire that belongs to this scenario, and the monotonic time at which it came."""
        self._add(at, "ami", packet)
        if packet.startswith((b"Event: Newchannel\r", b"Event: Hangup\r")):
            self._track(packet)
        if self._waiters:
            self._wake(packet, at)

    def note(self, via: Via, raw: str, at: float | None = None) -> None:
        """Something that did not come over the wire: a line of the log, a state, a step of the harness."""
        now = time.monotonic() if at is None else at
        self._add(now, via, raw)
        for waiter in self._waiters:
            if via != "step" and raw.startswith(waiter.starts.decode()):
                self._offer(waiter, Observation(now - self.started, via, raw))

    def _add(self, at: float, via: Via, raw: bytes | str) -> None:
        """Keep the order of time: a line of the log may be filed late."""
        seen = (at - self.started, via, raw)
        if self._seen and seen[0] < self._seen[-1][0]:
            insort(self._seen, seen, key=_when)
        else:
            self._seen.append(seen)

    async def all_ended(self, within: float) -> None:
        """Wait until no channel of the scenario is open. Raises DeadlineExceeded."""
        if self.open_channels:
            await self._later("all channels to end", lambda _: not self.open_channels, b"Event: Hangup\r", within)

    async def wait(
        self,
        what: str,
        accepts: Callable[[Observation], bool],
        *,
        starts: bytes = b"",
        within: float,
        for_calls: bool = False,
    ) -> Observation:
        """The first observation that is accepted, from the beginning of the scenario on.

        `starts` is what its packet starts with (`b"Event: Hangup\\r"`), which keeps waiting cheap. With
        `for_calls` it is given up some seconds after the last call of the scenario has ended. Raises
        DeadlineExceeded, which says `what` was waited for and what was seen last.
        """
        for observation in self.observations():
            if observation.raw.startswith(starts.decode()) and accepts(observation):
                return observation
        return await self._later(what, accepts, starts, within, for_calls)

    async def _later(
        self,
        what: str,
        accepts: Callable[[Observation], bool],
        starts: bytes,
        within: float,
        for_calls: bool = False,
    ) -> Observation:
        if self.broken:
            raise self.broken
        loop = asyncio.get_running_loop()
        limit, ends = asyncio.timeout(within), loop.time() + within
        waiter = _Waiter(starts, accepts, loop.create_future(), limit, ends, for_calls)
        self._waiters.append(waiter)
        try:
            async with limit:
                waiter.hurry(calls_go_on=bool(self.open_channels) or not self._called)
                return await waiter.future
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
        shown = [o for o in self.observations() if o.via == "ami"][-_LAST:]
        return [
            f"  {o.at:7.3f} {o.get('Event')} {o.get('Channel')} {o.get('Application')}".rstrip() for o in shown
        ]

    def break_off(self, problem: HarnessError) -> None:
        """The instance is gone: whoever waits need not wait on."""
        self.broken = problem
        for waiter in self._waiters:
            if not waiter.future.done():
                waiter.future.set_exception(problem)

    def observations(self) -> Iterator[Observation]:
        """What was seen so far, ordered by time."""
        for at, via, raw in self._seen:
            yield Observation(at, via, _text(raw))

    def seen(self, starts: bytes) -> Iterator[Observation]:
        """The packets of the wire that start so, in order: cheap."""
        for at, _, raw in self._seen:
            if isinstance(raw, bytes) and raw.startswith(starts):
                yield Observation(at, "ami", _text(raw))

    def trace(self) -> Trace:
        """All of it, ordered by time."""
        observations = tuple(Observation(round(at, 6), via, _text(raw)) for at, via, raw in self._seen)
        began = time.time() - (time.monotonic() - self.started) + self.offset
        return Trace(
            self.scenario,
            self.instance,
            observations,
            tuple(self.roles.items()),
            self.ending,
            self.problem,
            self.play,
            round(began, 3),
        )

    def _track(self, packet: bytes) -> None:
        observation = Observation(0, "ami", _text(packet))
        unique = observation.get("Uniqueid")
        if observation.get("Event") == "Newchannel":
            self.open_channels[unique] = observation.get("Channel")
            self._called = True
        else:
            self.open_channels.pop(unique, None)
        for waiter in self._waiters:
            waiter.hurry(calls_go_on=bool(self.open_channels))

    def _wake(self, packet: bytes, at: float) -> None:
        waiting: Sequence[_Waiter] = [w for w in self._waiters if packet.startswith(w.starts)]
        if not waiting:
            return
        observation = Observation(at - self.started, "ami", _text(packet))
        for waiter in waiting:
            self._offer(waiter, observation)

    @staticmethod
    def _offer(waiter: _Waiter, observation: Observation) -> None:
        if not waiter.future.done() and waiter.accepts(observation):
            waiter.future.set_result(observation)


def _when(seen: tuple[float, Via, bytes | str]) -> float:
    return seen[0]


def _text(raw: bytes | str) -> str:
    return raw if isinstance(raw, str) else raw.decode("utf-8", "surrogateescape") + "\r\n"
