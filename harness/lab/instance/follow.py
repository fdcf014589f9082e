"""A file in a container as it grows: what `tail -F` prints, until it is let go of."""

from __future__ import annotations

import shlex
import socket
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from docker.utils.socket import frames_iter

if TYPE_CHECKING:
    from docker.models.containers import Container

__all__ = ["Follow"]

# On an overlay file system `tail` has to look again and again; not every `tail` can more often than each second.
_SCRIPT = "tail -s 0.03 -c +1 -F {path} 2>/dev/null || exec tail -c +1 -F {path}"


class Follow:
    """Iterate over it in one thread; `close` it from any other, which ends the iteration."""

    def __init__(self, container: Container, path: str, *, environment: Mapping[str, str] | None = None) -> None:
        engine: Any = container.client  # the engine's client is untyped
        api = engine.api
        command = ["sh", "-c", _SCRIPT.format(path=shlex.quote(path))]
        started = api.exec_create(container.id, command, stderr=False, environment=dict(environment or {}))
        self._stream: Any = api.exec_start(started["Id"], socket=True)

    def __iter__(self) -> Iterator[bytes]:
        try:
            frames: Any = frames_iter
            for _, piece in frames(self._stream, tty=False):
                yield piece
        except (OSError, ValueError):  # closed while it was read
            return
        finally:
            with suppress(OSError, AttributeError):
                self._stream._response.close()
            with suppress(OSError):
                self._stream.close()

    def close(self) -> None:
        """End the iteration, wherever it runs."""
        with suppress(OSError, AttributeError):
            self._stream._sock.shutdown(socket.SHUT_RDWR)
