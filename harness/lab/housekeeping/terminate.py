"""SIGINT, SIGTERM and SIGHUP as an orderly end: `finally` blocks run, so that nothing is left behind."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import FrameType
from typing import Any, Generic, TypeVar

__all__ = ["Ending", "Interrupted"]

T = TypeVar("T")

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_THREADS = 100
_PATIENCE = 3.0  # seconds that a blocked event loop is given to come back


class Interrupted(KeyboardInterrupt):
    """A signal asks for the end. Whoever lets Ctrl-C through (pytest, asyncio) lets this through."""


class Ending:
    """Whether a signal has asked for the end while this is entered: `signal` is its name, empty until then.

    The first one raises Interrupted in the main thread, unless it comes within `run` or `noted`; those after it
    are passed over, as the end is on its way. Signals that somebody ignores (nohup) or handles stay theirs.
    """

    def __init__(self) -> None:
        self.signal = ""
        self._blocked = False
        self._act: Callable[[], None] = _interrupt
        self._before: dict[signal.Signals, Any] = {}  # handlers, as `signal.signal` has them

    def __enter__(self) -> Ending:
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
                    self._before[number] = signal.signal(number, self._come)
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the signals back."""
        while self._before:
            signal.signal(*self._before.popitem())

    @contextmanager
    def noted(self) -> Iterator[None]:
        """While the block runs signals are noted and interrupt nothing: for what is short and has to be whole."""
        with self._acting(lambda: None):
            yield

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """`asyncio.run`, in which a signal cancels `work`, which may still return what it has.

        Raises Interrupted when it does not.
        """
        with asyncio.Runner() as runner:
            # Threads that wait for a boot or a program are many; asyncio's own few would keep others waiting.
            runner.get_loop().set_default_executor(ThreadPoolExecutor(_THREADS, thread_name_prefix="run"))
            cancelling = _Cancelling(runner.get_loop(), work, self._unblock)
            with self._acting(cancelling.begin):
                try:
                    return cancelling.result()
                except asyncio.CancelledError:
                    if self.signal:
                        raise Interrupted from None
                    raise

    @contextmanager
    def _acting(self, act: Callable[[], None]) -> Iterator[None]:
        before, self._act = self._act, act
        try:
            yield
        finally:
            self._act = before

    def _come(self, number: int, _frame: FrameType | None) -> None:
        if self._blocked:
            self._blocked = False
            raise Interrupted
        if not self.signal:
            self.signal = signal.Signals(number).name
            self._act()

    def _unblock(self) -> None:
        """Interrupt the main thread, a call of the system that it waits for as well. Called in another thread."""
        self._blocked = True
        signal.pthread_kill(threading.main_thread().ident or 0, signal.Signals[self.signal])


class _Cancelling(Generic[T]):
    """A task that can be cancelled from a signal handler, also while something blocks its loop."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, T], unblock: Callable[[], None]
    ) -> None:
        self._loop = loop
        self._task = loop.create_task(work)
        self._unblock = threading.Timer(_PATIENCE, unblock)
        self._unblock.daemon = True

    def begin(self) -> None:
        """Cancel, and see to it that it comes about."""
        self._loop.call_soon_threadsafe(self._cancel)
        self._unblock.start()

    def _cancel(self) -> None:
        self._unblock.cancel()
        self._task.cancel()

    def result(self) -> T:
        """What the task returns. One that blocked the loop is interrupted, and the task cancelled then."""
        try:
            return self._loop.run_until_complete(self._task)
        except Interrupted:
            if self._task.done():  # it was the task itself that blocked
                raise
            return self._loop.run_until_complete(self._task)
        finally:
            self._unblock.cancel()


def _interrupt() -> None:
    raise Interrupted
