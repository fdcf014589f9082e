"""pytest-xdist: which worker plays what, and how its progress reaches the terminal."""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

__all__ = ["ProgressPipe", "make_scheduler", "scope_of", "speak_into"]


def scope_of(nodeid: str, *, workers: int) -> str:
    """The batch that a test belongs to: the same in the controller and in every worker, on any machine."""
    return str(zlib.crc32(nodeid.encode("utf-8", "surrogateescape")) % max(workers, 1))


def make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A scheduler that gives whole batches to workers. Imports xdist, which is there when this is called."""
    from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped] # ships no types

    class BatchScheduling(LoadScopeScheduling):  # type: ignore[misc] # as above
        """As many batches as workers, so that each boots one trio and plays its share at once."""

        def _split_scope(self, nodeid: str) -> str:
            return scope_of(nodeid, workers=self.numnodes)

    return BatchScheduling(config, log)


class ProgressPipe:
    """Carries workers' progress lines to the controller, one line a write; `say` is called in a thread.

    xdist has no message for this, and workers have no terminal. Close it at the end.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="harness-progress-")
        self.path = Path(self._folder.name) / "lines"
        os.mkfifo(self.path, 0o600)
        # Read-write: the pipe stays open while no worker has it open.
        self._file = os.fdopen(os.open(self.path, os.O_RDWR), "r", encoding="utf-8", errors="replace")
        self._thread = threading.Thread(target=self._listen, args=(say,), name="harness-progress", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Say what is still waiting, then end."""
        speak_into(self.path, "")
        self._thread.join()
        self._file.close()
        self._folder.cleanup()

    def _listen(self, say: Callable[[str], None]) -> None:
        for line in self._file:
            text = line.rstrip("\n")
            if not text:
                return
            say(text)


def speak_into(path: Path, line: str) -> None:
    """One line to the controller; lost when the controller is on another machine or gone."""
    with contextlib.suppress(OSError):
        pipe = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        try:
            # Below PIPE_BUF, so that lines of two workers never mix.
            os.write(pipe, line.replace("\n", " ").encode("utf-8", "replace")[:3000] + b"\n")
        finally:
            os.close(pipe)
