"""A file in a container as it grows: what `tail -F` prints, until it is let go of."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from harness.lab.engine.exec_stream import ExecStream

if TYPE_CHECKING:
    from docker.models.containers import Container

__all__ = ["Follow"]

# On an overlay file system `tail` has to look again and again; not every `tail` can more often than each second.
_SCRIPT = "tail -s 0.03 -c +1 -F {path} 2>/dev/null || exec tail -c +1 -F {path}"


class Follow:
    """Iterate over it in one thread; `close` it from any other, which ends the iteration."""

    def __init__(self, container: Container, path: str, *, environment: Mapping[str, str] | None = None) -> None:
        command = ["sh", "-c", _SCRIPT.format(path=shlex.quote(path))]
        self._stream = ExecStream(container, command, environment=environment)

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._stream
        finally:
            self._stream.close()

    def close(self) -> None:
        """End the iteration, wherever it runs."""
        self._stream.close()
