"""A TLS connection that one thread reads and another writes: the library lets one at a time do either."""

from __future__ import annotations

import select
import socket
import ssl
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

__all__ = ["SharedTls"]

_LOOK = 1.0
"""Seconds until who waits sees that somebody else has closed it."""
_CLOSED = "it was closed here"
_T = TypeVar("_T")


class SharedTls:
    """As much of a socket as is used. Nobody waits for the other end while it is his turn. Errors are OSError."""

    def __init__(self, connection: ssl.SSLSocket) -> None:
        self._connection = connection
        self._turn = threading.Lock()
        self._limit = connection.gettimeout()
        self._is_closed = False
        connection.setblocking(False)

    def settimeout(self, seconds: float | None) -> None:
        """From now on, what takes longer is a TimeoutError."""
        self._limit = seconds

    def recv(self, size: int) -> bytes:
        """What comes next, at most so many bytes; empty at the end."""
        return self._do(partial(self._connection.recv, size))

    def sendall(self, data: bytes) -> None:
        """Say all of it."""
        rest = memoryview(data)
        while rest:
            rest = rest[self._do(partial(self._connection.send, rest)) :]

    def shutdown(self, how: int) -> None:
        """Hang up. The socket's own would let a reader go on with what is still encrypted."""
        self._is_closed = True
        socket.socket.shutdown(self._connection, how)

    def close(self) -> None:
        """Let go of it."""
        self._connection.close()

    def _do(self, act: Callable[[], _T]) -> _T:
        while True:
            with self._turn:
                try:
                    return act()
                except ssl.SSLWantReadError:
                    waits_for = select.POLLIN
                except ssl.SSLWantWriteError:
                    waits_for = select.POLLOUT
                except ValueError as problem:
                    raise OSError(_CLOSED) from problem
            self._wait(waits_for)

    def _wait(self, waits_for: int) -> None:
        poll, until = select.poll(), None if self._limit is None else time.monotonic() + self._limit
        if (number := self._connection.fileno()) < 0:
            raise OSError(_CLOSED)
        poll.register(number, waits_for)
        while not poll.poll(_LOOK * 1000):
            if self._is_closed:
                raise OSError(_CLOSED)
            if until is not None and time.monotonic() > until:
                raise TimeoutError("timed out")
