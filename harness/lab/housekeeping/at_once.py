"""Several things done at the same time, by threads that nobody has to wait for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, wait
from threading import Thread
from typing import TypeVar

__all__ = ["all_at_once"]

T = TypeVar("T")


def all_at_once(jobs: Iterable[Callable[[], T]]) -> list[T]:
    """What each job returns, in their order. Raises what the first of them raises, when all have ended.

    Who is interrupted here (by a signal) leaves them to themselves: they end with the process, where the threads
    of a pool would keep it alive.
    """
    futures = [_begun(job) for job in jobs]
    wait(futures)
    return [future.result() for future in futures]


def _begun(job: Callable[[], T]) -> Future[T]:
    future: Future[T] = Future()

    def do() -> None:
        try:
            future.set_result(job())
        except BaseException as problem:
            future.set_exception(problem)

    Thread(target=do, daemon=True).start()
    return future
