"""What a program prints as soon as it begins: docker's library loses it when it comes with the head of the answer.

The library reads the head through a buffer, and what the program prints past it: what has arrived with the
head stays in the buffer. A busy machine makes it so. All that follows is in frames: without the beginning of the
first, none can be told from another, and nothing of the program is ever heard.
"""

from __future__ import annotations

import ssl
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import io
    import socket

__all__ = ["Opened", "keep_early"]


class Opened:
    """As much of a socket as the library uses of it; what has come early is read before the rest."""

    def __init__(self, stream: Any, response: Any) -> None:
        # With TLS the stream is the socket itself.
        self._sock: socket.socket = getattr(stream, "_sock", stream)
        self._response = response
        self._stream = stream
        self._early = _buffered(response.raw._fp.fp, self._sock)

    def early(self, size: int) -> bytes:
        """At most so many bytes of what had come already, for one who reads from the socket; none in the end."""
        found, self._early = self._early[:size], self._early[size:]
        return found

    def recv(self, size: int) -> bytes:
        """What comes next, at most so many bytes."""
        return self.early(size) or self._sock.recv(size)

    def fileno(self) -> int:
        """For who waits until there is something."""
        return self._sock.fileno()

    def close(self) -> None:
        """Let go of it."""
        self._stream.close()


def keep_early(api: Any) -> None:
    """From now on, the client of an engine loses nothing of what programs print in containers."""
    api._get_raw_response_socket = partial(_opened, api._get_raw_response_socket)


def _opened(get: Any, response: Any) -> Opened:
    return Opened(get(response), response)


def _buffered(reader: io.BufferedReader, connection: socket.socket) -> bytes:
    """All that was read past the head, without waiting for more."""
    limit = connection.gettimeout()
    connection.settimeout(0)
    try:
        with suppress(ssl.SSLWantReadError):
            return bytes(reader.peek())
        return b""
    finally:
        connection.settimeout(limit)
