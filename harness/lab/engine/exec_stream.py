"""A program in a container, and the connection to what it reads and prints: whatever way leads to the engine."""

from __future__ import annotations

import socket
import ssl
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from harness.lab.engine.shared_tls import SharedTls

if TYPE_CHECKING:
    from docker.models.containers import Container

__all__ = ["ExecStream"]

_FRAME = struct.Struct(">BxxxL")  # of the engine: which stream, and how many bytes follow


class ExecStream:
    """One who reads, one who writes; `close` ends both, from any thread. Errors are OSError."""

    def __init__(
        self, container: Container, command: Sequence[str], *, environment: Mapping[str, str] | None = None
    ) -> None:
        """Start a program, without what it prints to stderr. Raises docker's APIError."""
        engine: Any = container.client  # the engine's client is untyped
        started = engine.api.exec_create(
            container.id, list(command), stdin=True, stderr=False, environment=dict(environment or {})
        )
        self._stream: Any = engine.api.exec_start(started["Id"], socket=True)
        connection: socket.socket = self._stream._sock
        self._socket = SharedTls(connection) if isinstance(connection, ssl.SSLSocket) else connection

    def limit(self, seconds: float | None) -> None:
        """From now on, an answer that takes longer is a TimeoutError."""
        self._socket.settimeout(seconds)

    def send(self, data: bytes) -> None:
        """What the program reads next."""
        self._socket.sendall(data)

    def piece(self) -> bytes:
        """The next that it prints; empty at the end."""
        header = self._exactly(_FRAME.size)
        return self._exactly(_FRAME.unpack(header)[1]) if header else b""

    def __iter__(self) -> Iterator[bytes]:
        """All that it prints, until its end or `close`."""
        with suppress(OSError, ValueError):  # closed while it was read
            while piece := self.piece():
                yield piece

    def close(self) -> None:
        """Hang up. The program goes on, unless it sees that nobody reads any more."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        with suppress(OSError, AttributeError):
            self._stream._response.close()
        with suppress(OSError):
            self._stream.close()

    def _exactly(self, size: int) -> bytes:
        """So many bytes, or none where it has ended before the first of them."""
        found = bytearray()
        while (lacking := size - len(found)) > 0:
            part = self._stream.early(lacking) or self._socket.recv(lacking)
            if not part:
                if found:
                    raise OSError("the engine hung up")
                return b""
            found += part
        return bytes(found)
