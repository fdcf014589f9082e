"""What the engine does when a program is to run in a container, without an engine: it runs on this machine."""

from __future__ import annotations

import socket
import struct
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from types import SimpleNamespace
from typing import Any, cast

__all__ = ["FakeExec"]


class FakeExec:
    """Runs a program with one end of a pair of sockets; what it prints comes in the engine's frames, in pieces.

    With `tls` the stream that the client gives is the socket itself, as it is then.
    """

    def __init__(self, command: Sequence[str] = ("sh",), *, tls: bool = False) -> None:
        self.here, self._there = socket.socketpair()
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        self._stream: Any = self.here if tls else SimpleNamespace(_sock=self.here, close=self.here.close)
        self._threads = [threading.Thread(target=target) for target in (self._frame, self._hand_on)]
        for thread in self._threads:
            thread.start()

    def _frame(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output, suppress(OSError):  # who asked may be gone before all is said
            while piece := output.read(20_000):
                for part in (struct.pack(">BxxxL", 1, len(piece)), piece[:5], piece[5:]):
                    self._there.sendall(part)
        with suppress(OSError):
            self._there.shutdown(socket.SHUT_RDWR)

    def _hand_on(self) -> None:
        assert self.process.stdin is not None
        with self.process.stdin as there, suppress(OSError):
            while data := self._there.recv(20_000):
                there.write(data)

    def close(self) -> None:
        """End the program."""
        self.process.kill()
        self.process.wait()
        for thread in self._threads:
            thread.join()
        self._there.close()
        self.here.close()

    @property
    def container(self) -> Any:
        """As much of the engine's client as is used."""
        api = SimpleNamespace(exec_create=lambda *_, **__: {"Id": "1"}, exec_start=lambda *_, **__: self._stream)
        return cast(Any, SimpleNamespace(id="1", client=SimpleNamespace(api=api)))
