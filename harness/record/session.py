"""One scenario on one instance while it is played: what was seen, and who waits for what."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from harness.errors import DeadlineExceeded, HarnessError
from harness.model import Ending, InstanceName, Observation, Trace

__all__ = ["Session"]

Via = str
_LAST = 6


@dataclass(slots=True)
class _Waiter:
    starts: bytes
    accepts: Callable[[Observation], bool]
    future: asyncio.Future[Observation]


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
    _seen: list[tuple[float, str, bytes | str]] = field(default_factory=list)
    _waiters: list[_Waiter] = field(default_factory=list)
    broken: HarnessError | None = None

    def feed(self, packet: bytes, at: float) -> None:
        """A packet of the wire that belongs to this scenario, and the monotonic time at which it came."""
        self._seen.append((at - self.started, "ami", packet))
        if packet.startswith(b"Event: Newchannel\r"):
            self._track(packet)
        elif packet.startswith(b"Event: Hangup\r"):
            self.open_channels.pop(Observation(0, "ami", _text(packet)).get("Uniqueid"), None)
        if self._waiters:
            self._wake(packet, at)

    def note(self, via: Via, raw: str, at: float | None = None) -> None:
        """Something that did not come over the wire: a line of the log, a state, a step of the harness."""
        now = time.monotonic() if at is None else at
        self._seen.append((now - self.started, via, raw))
        for waiter in self._waiters:
            if via == "log" and not waiter.starts and not waiter.future.done():
                self._offer(waiter, Observation(now - self.started, "log", raw))

    async def all_ended(self, within: float) -> None:
        """Wait until no channel of the scenario is open. Raises DeadlineExceeded."""
        if self.open_channels:
            await self._later("all channels to end", lambda _: not self.open_channels, b"Event: Hangup\r", within)

    async def wait(
        self, what: str, accepts: Callable[[Observation], bool], *, starts: bytes = b"", within: float
    ) -> Observation:
        """The first observation that is accepted, from the beginning of the scenario on.

        `starts` is what its packet starts with (`b"Event: Hangup\\r"`), which keeps waiting cheap. Raises
        DeadlineExceeded, which says `what` was waited for and what was seen last.
        """
        for observation in self.observations():
            if observation.raw.startswith(starts.decode()) and accepts(observation):
                return observation
        return await self._later(what, accepts, starts, within)

    async def _later(
        self, what: str, accepts: Callable[[Observation], bool], starts: bytes, within: float
    ) -> Observation:
        if self.broken:
            raise self.broken
        waiter = _Waiter(starts, accepts, asyncio.get_running_loop().create_future())
        self._waiters.append(waiter)
        try:
            async with asyncio.timeout(within):
                return await waiter.future
        except TimeoutError:
            raise self.overdue(what, within) from None
        finally:
            self._waiters.remove(waiter)

    def overdue(self, what: str, within: float) -> DeadlineExceeded:
        """The error for something that did not come about, with the last things seen as a note."""
        error = DeadlineExceeded(f"waited {round(within, 0 if within > 1 else 2):g} s for {what}")
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
        """What was seen so far, in the order in which it was seen."""
        for at, via, raw in self._seen:
            yield Observation(at, via, _text(raw))  # type: ignore[arg-type] # one of Observation's four

    def seen(self, starts: bytes) -> Iterator[Observation]:
        """The packets of the wire that start so, in order: cheap."""
        for at, _, raw in self._seen:
            if isinstance(raw, bytes) and raw.startswith(starts):
                yield Observation(at, "ami", _text(raw))

    def trace(self) -> Trace:
        """All of it, ordered by time."""
        ordered = sorted(self._seen, key=lambda seen: seen[0])
        observations = tuple(Observation(round(at, 6), via, _text(raw)) for at, via, raw in ordered)  # type: ignore[arg-type] # one of Observation's four
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
        self.open_channels[observation.get("Uniqueid")] = observation.get("Channel")

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


def _text(raw: bytes | str) -> str:
    return raw if isinstance(raw, str) else raw.decode("utf-8", "surrogateescape") + "\r\n"
