"""A scenario's own code while it is played: what it raises ends it alone, and it can be left where it stands.

asyncio lets SystemExit and KeyboardInterrupt end the whole event loop, and waits without end for who swallows a
cancellation. So the code, and each task that it begins, is taken step by step here.
"""

from __future__ import annotations

import asyncio
import ctypes
from collections.abc import Coroutine, Generator, Sequence
from contextvars import ContextVar, copy_context
from pathlib import Path
from traceback import FrameSummary, StackSummary
from types import FrameType
from typing import TYPE_CHECKING, Any

from harness.play.raised import Raised, place_in
from harness.play.scenario import Scenario

if TYPE_CHECKING:
    from harness.play.asterisk import Asterisk

__all__ = ["Code", "take_tasks_step_by_step"]

_GRACE = 1.0  # seconds to clean up after a cancellation
_PLAYING: ContextVar[Code | None] = ContextVar("_PLAYING", default=None)


class Code:
    """One play of a scenario's own code; of a file of steps there is none, and these are played as they are."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._code: Coroutine[Any, Any, object] | None = None
        self._tasks: set[asyncio.Task[object]] = set()
        self._is_ending = False
        self._stack: Sequence[FrameSummary] = ()
        self._step = ""
        self.is_left = False

    @property
    def folder(self) -> Path:
        """Where the code is, and what it imports from beside."""
        return self._scenario.file.parent

    @property
    def late(self) -> str:
        """That it was not finished in time, and where it stood."""
        place = place_in(self._scenario, self._stack) or self._step
        return f"not finished after {self._scenario.deadline:g} s" + (f" ({place})" if place else "")

    async def play(self, asterisk: Asterisk) -> None:
        """Run it to its end. Raises what it raises, `Raised` for what is no Exception.

        When this is cancelled, the code is cancelled as well, has a moment to clean up, and is left then: nothing
        of it runs any more.
        """
        if self._scenario.file.suffix != ".py":
            try:
                await self._scenario.play(asterisk)
            except asyncio.CancelledError:
                self._step = asterisk.promises.place
                raise
            return
        self._code = self._scenario.play(asterisk)
        context = copy_context()
        context.run(_PLAYING.set, self)
        main = asyncio.get_running_loop().create_task(self._main(self._code), context=context)
        try:
            await asyncio.wait({main})
        except asyncio.CancelledError:
            self._stack = _stack_of(self._code)
            await self._end(main)
            raise
        finally:
            self._leave()  # a task that it began and did not wait for is over as well
        main.result()

    async def run(self, code: Coroutine[Any, Any, object]) -> object:
        """Run a coroutine of it, the first one or that of a task which it began, as long as it is not left."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            return await _Steps(self, code)
        finally:
            self._tasks.discard(task)

    async def _main(self, code: Coroutine[Any, Any, object]) -> None:
        try:
            await self.run(code)
        except asyncio.CancelledError as problem:
            if self._is_ending:
                raise
            raise Raised(problem) from problem

    async def _end(self, main: asyncio.Task[None]) -> None:
        self._is_ending = True
        main.cancel()
        await asyncio.wait({main}, timeout=_GRACE)
        self._leave()
        await asyncio.wait({main}, timeout=_GRACE)
        if main.done() and not main.cancelled():
            main.exception()  # it was asked to end, and how it does so is of no interest

    def _leave(self) -> None:
        self.is_left = True
        for task in tuple(self._tasks):
            task.cancel()


class _Steps:
    """A coroutine, one step at a time."""

    def __init__(self, whole: Code, code: Coroutine[Any, Any, object]) -> None:
        self._whole = whole
        self._code = code

    def __await__(self) -> Generator[Any, Any, object]:
        steps, thrown, given = self._code.__await__(), None, None
        while True:
            try:
                waited_for = steps.send(given) if thrown is None else steps.throw(thrown)
            except StopIteration as end:
                return end.value
            except (Exception, asyncio.CancelledError):
                raise
            except BaseException as problem:
                if problem is thrown:  # somebody ends us
                    raise
                raise Raised(problem) from problem
            thrown, given = None, None
            try:
                given = yield waited_for
            except BaseException as problem:
                if self._whole.is_left:
                    _keep(self._code)
                    raise
                thrown = problem


def take_tasks_step_by_step(loop: asyncio.AbstractEventLoop) -> None:
    """From now on, tasks that a scenario's code begins are taken step by step as the code itself is.

    Those that the harness begins for it (to connect, to read) are not: others may need them as well.
    """

    def begin(loop: asyncio.AbstractEventLoop, code: Any, **options: Any) -> asyncio.Task[Any]:
        whole, written = _PLAYING.get(), getattr(code, "cr_code", None)
        if whole is not None and written is not None and Path(written.co_filename).is_relative_to(whole.folder):
            code = whole.run(code)
        return asyncio.Task(code, loop=loop, **options)

    loop.set_task_factory(begin)


def _keep(code: object) -> None:
    """Never let go of a coroutine: Python would close it then, and it may do about that whatever it likes."""
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(code))


def _stack_of(code: object) -> Sequence[FrameSummary]:
    """Where a coroutine that waits stands, outermost first."""
    frames: list[tuple[FrameType, int]] = []
    while (frame := getattr(code, "cr_frame", None)) is not None:
        frames.append((frame, frame.f_lineno))
        code = getattr(code, "cr_await", None)
    return StackSummary.extract(iter(frames))
