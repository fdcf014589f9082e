"""What the engine does when a program is to run in a container, without an engine: it runs on this machine."""

from __future__ import annotations

import socket
import ssl
import struct
import subprocess
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from harness.lab.engine.shared_tls import SharedTls

__all__ = ["FakeExec"]


def _secured(here: socket.socket, there: socket.socket, folder: Path) -> tuple[ssl.SSLSocket, SharedTls]:
    """Both ends of a connection with TLS; the one of the engine is made in a thread, as they greet each other."""
    ours, theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_verify_locations(folder / "cert.pem")
    theirs.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    with ThreadPoolExecutor() as pool:
        greeted = pool.submit(theirs.wrap_socket, there, server_side=True)
        return ours.wrap_socket(here, server_hostname="127.0.0.1"), SharedTls(greeted.result())


class FakeExec:
    """Runs a program with one end of a pair of sockets; what it prints comes in the engine's frames, in pieces.

    With the folder of a certificate it speaks TLS.
    """

    def __init__(self, command: Sequence[str] = ("sh",), *, tls: Path | None = None) -> None:
        self.here, there = socket.socketpair()
        self._there: socket.socket | SharedTls = there
        if tls:
            self.here, self._there = _secured(self.here, there, tls)
            self.here.settimeout(60)  # as the client's has one
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        self._stream = SimpleNamespace(_sock=self.here, close=self.here.close, early=lambda _: b"")
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
