"""Nobody waits for a scenario that does not give way: no `await`, so nothing else of the run goes on.

A thread looks on. A scenario's own code that keeps the event loop to itself for too long is interrupted. Meanwhile
 the loop's clock stands still, so that the time that is lost is nobody's.
"""

from __future__ import annotations

import asyncio
import math
import signal
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any
from weakref import WeakKeyDictionary

__all__ = ["PATIENCE", "HeldUp", "PatientClock", "watching"]

_SIGNAL = signal.SIGURG  # nobody else uses it, and it does nothing where it comes late
_BEAT = 0.25
_BLINK = 1.0
PATIENCE = 5.0
"""Seconds that a scenario's code may keep everything else waiting."""
_CAUGHT = 2  # so often it may be caught, as by `except BaseException` around all of a loop
_LOOP = "_run_once"
_HARNESS = f"{Path(__file__).parents[1]}/"


class HeldUp(BaseException):
    """A scenario's code kept everything else waiting. No Exception, so that it is not caught by the way."""


class PatientClock:
    """Time as the loop has it: it stands still when no beat has come for a second, until the next one comes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lost = 0.0
        self._beat = math.inf

    def time(self) -> float:
        """Seconds, in which nothing that waits has lost any."""
        return min(self._clock(), self._beat + _BLINK) - self._lost

    def beat(self) -> None:
        """The loop is free."""
        now = self._clock()
        self._lost += max(0.0, now - self._beat - _BLINK)
        self._beat = now

    def stop(self) -> None:
        """No beat comes any more."""
        self.beat()
        self._beat = math.inf


@contextmanager
def watching(files: Collection[Path], *, patience: float = PATIENCE) -> Iterator[None]:
    """In the block, code of these scenario files may keep the running loop for so many seconds at a time.

    What it raises there is HeldUp. Blocks may overlap in any order: the least patience counts then. Outside of the
    main thread, which alone takes signals, nothing is watched.
    """
    if not files or threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    watchdog = _WATCHDOGS.get(loop)
    if watchdog is None:
        watchdog = _WATCHDOGS[loop] = _Watchdog(loop)
        watchdog.start()
    block = tuple(f"{file.parent}/" for file in files), patience
    watchdog.blocks.append(block)
    try:
        yield
    finally:
        watchdog.blocks.remove(block)
        if not watchdog.blocks:
            del _WATCHDOGS[loop]
            watchdog.stop()


_WATCHDOGS: WeakKeyDictionary[asyncio.AbstractEventLoop, _Watchdog] = WeakKeyDictionary()


class _Watchdog:
    """Looks at one loop. `blocks` are folders (with `/`) of code that is watched, and the patience with it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.blocks: list[tuple[tuple[str, ...], float]] = []
        self._loop = loop
        self._before: Any = signal.SIG_DFL  # a handler, as `signal.signal` has it
        self._clock = _clock_of(self._loop)
        self._over = threading.Event()
        self._watched = threading.get_ident()
        self._thread = threading.Thread(target=self._watch, name="harness-watchdog", daemon=True)
        self._timer: asyncio.TimerHandle | None = None
        self._since = math.inf  # the loop was free, or somebody was interrupted
        self._shots = 0  # since the loop was free
        self._step: FrameType | None = None  # of a scenario, which the loop was in when it was looked at last
        self._step_since = math.inf

    @property
    def _folders(self) -> tuple[str, ...]:
        return tuple({folder for folders, _ in self.blocks for folder in folders})

    def start(self) -> None:
        self._before = signal.signal(_SIGNAL, self.interrupt)
        self._beat()
        self._thread.start()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._clock.stop()
        self._over.set()
        self._thread.join()
        signal.signal(_SIGNAL, self._before)

    def interrupt(self, _signal: int, frame: FrameType | None) -> None:
        """In the main thread, wherever it is: it may have gone on meanwhile. Who catches it cannot go on."""
        held = self._held(frame)
        if not held:
            return
        self._since = time.monotonic()
        self._shots += 1
        if self._shots > _CAUGHT:
            self._stop_at_the_next_line(frame)
        raise HeldUp(f"nothing else could go on for {held:.0f} s")

    def _stop_at_the_next_line(self, frame: FrameType | None) -> None:
        def stop(_frame: FrameType, event: str, _argument: object) -> Any:  # a function of the same kind
            if event != "line":
                return stop
            raise HeldUp("nothing else could go on")

        while frame is not None:
            if frame.f_code.co_filename.startswith(self._folders):
                frame.f_trace = stop
            frame = frame.f_back
        sys.settrace(lambda *_: None)

    def _beat(self) -> None:
        self._shots, self._since = 0, time.monotonic()
        self._clock.beat()
        self._timer = self._loop.call_later(_BEAT, self._beat)

    def _watch(self) -> None:
        while not self._over.wait(_BEAT):
            frame = sys._current_frames().get(self._watched)
            step = self._step_of(frame)
            if step is not self._step:
                self._step, self._step_since = step, time.monotonic()
            if self._held(frame):
                signal.pthread_kill(self._watched, _SIGNAL)
        self._step = None

    def _held(self, frame: FrameType | None) -> float:
        """For how many seconds the loop has been in one step of a scenario's code; 0 while that is not too long.

        A busy machine, and many scenarios that have much to do, hold the loop up as well: in many steps.
        """
        held = time.monotonic() - max(self._since, self._step_since)
        patience = _BLINK if self._shots else min((patience for _, patience in self.blocks), default=math.inf)
        if held < patience or self._is_in_harness(frame):
            return 0.0
        step = self._step_of(frame)
        return held if step is not None and step is self._step else 0.0

    def _step_of(self, frame: FrameType | None) -> FrameType | None:
        """The scenario's code that the loop is in, whatever that has called."""
        step = None
        while frame is not None and frame.f_code.co_name != _LOOP:
            if frame.f_code.co_filename.startswith(self._folders):
                step = frame
            frame = frame.f_back
        return step

    def _is_in_harness(self, frame: FrameType | None) -> bool:
        """Whether the harness does something for it, such as to send an action: never broken off in the middle."""
        while frame is not None and not frame.f_code.co_filename.startswith((_HARNESS, *self._folders)):
            frame = frame.f_back
        return frame is not None and frame.f_code.co_filename.startswith(_HARNESS)


def _clock_of(loop: asyncio.AbstractEventLoop) -> PatientClock:
    """The clock that a loop keeps to from now on, watched or not: another one would jump."""
    clock = getattr(loop.time, "__self__", None)
    if isinstance(clock, PatientClock):
        return clock
    clock = PatientClock(loop.time)
    loop.time = clock.time  # type: ignore[method-assign] # a loop's clock is meant to be any
    return clock
