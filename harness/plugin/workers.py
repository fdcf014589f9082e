"""pytest-xdist: which worker plays what, and how its progress reaches the terminal."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

__all__ = [
    "ProgressPipe",
    "end_workers",
    "is_elsewhere",
    "make_scheduler",
    "pid_of",
    "refuse_paths_of_here",
    "scope_of",
    "speak_into",
]

_LONGEST = 4096  # bytes of a line
_LAST_WORDS = 7.0  # seconds that workers have for their reports when the run is interrupted


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


def is_elsewhere(node: Any) -> bool:
    """Whether a worker plays in another folder, on this machine or another one, so that it cannot fill ours."""
    spec = node.gateway.spec
    return not spec.popen or bool(spec.chdir)


def refuse_paths_of_here(config: pytest.Config, specs: Iterable[Any]) -> None:
    """Raise UsageError where an argument is a path that xdist does not take to another host."""
    if all(spec.popen and not spec.chdir for spec in specs):
        return
    sent = [Path(folder).resolve() for folder in (*config.option.rsyncdir, *config.getini("rsyncdirs"))]
    for argument in map(str, config.invocation_params.args):
        path = Path(argument.partition("::")[0])
        if path.exists() and not any(path.is_relative_to(folder) for folder in sent):
            raise pytest.UsageError(
                f"{argument}: workers on other hosts (--tx) need paths that are theirs as well. Write --site=DIR,"
                " --report=DIR and the like as one word, and name no suites: each host has its own"
            )


def pid_of(node: Any) -> int:
    """The process of a worker that has not begun yet, on its machine."""
    channel = node.gateway.remote_exec("import os; channel.send(os.getpid())")
    pid: int = channel.receive(timeout=_LAST_WORDS)
    channel.waitclose(timeout=_LAST_WORDS)
    return pid


def end_workers(nodes: Mapping[Any, int]) -> None:
    """Ask the processes of workers for an orderly end, and wait for what they have to say, but not long."""
    for node, pid in nodes.items():
        if node.gateway.spec.popen:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        else:
            _end_there(node.gateway.spec, pid)
    until = time.monotonic() + _LAST_WORDS
    while time.monotonic() < until and not all(hasattr(node, "workeroutput") for node in nodes):
        time.sleep(0.05)


def _end_there(spec: Any, pid: int) -> None:
    """The same on another machine, by a connection of its own: the worker's is busy."""
    import execnet  # xdist's own

    group = execnet.Group()
    with contextlib.suppress(OSError, EOFError, execnet.HostNotFound, execnet.RemoteError, execnet.TimeoutError):
        gateway = group.makegateway(str(spec))
        gateway.remote_exec(f"import os; os.kill({pid}, {int(signal.SIGTERM)})").waitclose(timeout=_LAST_WORDS)
    group.terminate(timeout=1)


class ProgressPipe:
    """Carries workers' progress lines to the controller, one datagram a line; `say` is called in a thread.

    xdist has no message for this, and workers have no terminal. The socket's name is abstract (Linux):
    there is no file that a killed run could leave. Close it at the end.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self.name = f"harness-progress-{secrets.token_hex(8)}"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind("\0" + self.name)
        self._thread = threading.Thread(target=self._listen, args=(say,), name="harness-progress", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Say what is still waiting, then end."""
        speak_into(self.name, "")
        self._thread.join()
        self._socket.close()

    def _listen(self, say: Callable[[str], None]) -> None:
        while line := self._socket.recv(_LONGEST).decode("utf-8", "replace"):
            say(line)


def speak_into(name: str, line: str) -> None:
    """One line to the controller; lost when the controller is on another machine or gone."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.sendto(line.encode("utf-8", "replace")[:_LONGEST], "\0" + name)
