"""A file that grows, line by line in the event loop: a thread reads, nothing is polled."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable

from harness.lab.instance.follow import Follow

__all__ = ["FollowedLines"]

_PIECES = 64
"""So many pieces of at most some tens of kilobytes wait to be read in the event loop."""


class FollowedLines:
    """Gives each whole line to `take`. A mark that is written into the file tells when all before it was read.

    Beyond `most` bytes nothing more is read, and `too_much` is called once.
    """

    def __init__(
        self,
        pieces: Follow,
        take: Callable[[bytes], None],
        *,
        name: str,
        most: int = sys.maxsize,
        too_much: Callable[[], object] | None = None,
    ) -> None:
        self._pieces = pieces
        self._take = take
        self._left = most
        self._too_much = too_much
        self._rest = b""
        self._loop = asyncio.get_running_loop()
        self._room = threading.Semaphore(_PIECES)
        self._marks: dict[str, asyncio.Event] = {}
        self._thread = threading.Thread(target=self._follow, name=name, daemon=True)
        self._thread.start()

    @property
    def awaited(self) -> tuple[str, ...]:
        """The marks that somebody waits for."""
        return tuple(self._marks)

    def pass_mark(self, mark: str) -> None:
        """A mark has been read."""
        if event := self._marks.get(mark):
            event.set()

    async def reach(self, write_mark: Callable[[str], object], mark: str, *, within: float) -> bool:
        """Write a mark, and wait until it is read; whether it was. `write_mark` may be a coroutine function."""
        event = self._marks[mark] = asyncio.Event()
        try:
            result = write_mark(mark)
            if asyncio.iscoroutine(result):
                await result
            async with asyncio.timeout(within):
                await event.wait()
        except TimeoutError:
            return False
        finally:
            del self._marks[mark]
        return True

    def close(self) -> None:
        """Stop reading."""
        self._pieces.close()
        self._room.release()
        self._thread.join(timeout=2)

    def _follow(self) -> None:
        try:
            for piece in self._pieces:
                self._room.acquire()  # a log that grows faster than it is read waits in the container
                self._loop.call_soon_threadsafe(self._feed, piece)
                self._left -= len(piece)
                if self._left < 0 and self._too_much:
                    self._loop.call_soon_threadsafe(self._too_much)
                    return
        except Exception:  # the container or the loop is gone: what was read stays
            return

    def _feed(self, piece: bytes) -> None:
        self._room.release()
        *lines, self._rest = (self._rest + piece).split(b"\n")
        for line in lines:
            self._take(line)
