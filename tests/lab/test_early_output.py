"""What a program prints in a container at once: it may come together with the head of the engine's answer."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from docker.api.client import APIClient

from harness.lab.engine.early import keep_early
from harness.lab.engine.exec_stream import ExecStream

HEAD = b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
ANSWERS = {b"exec": {"Id": "7"}}


def framed(*pieces: bytes) -> bytes:
    return b"".join(struct.pack(">BxxxL", 1, len(piece)) + piece for piece in pieces)


class Engine:
    """An engine whose programs print `early` with the head of its answer, and `late` when they are asked to."""

    def __init__(self, path: Path) -> None:
        self.early, self.late = framed(b"first\n"), framed(b"last\n")
        self.asked = threading.Event()
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(path))
        self._listening.listen()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        self.api = APIClient(base_url=f"unix://{path}", version="1.41", timeout=5)
        keep_early(self.api)

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                threading.Thread(target=self._answer, args=(connection,)).start()

    def _answer(self, connection: socket.socket) -> None:
        with suppress(OSError), connection, connection.makefile("rb") as asked:
            while line := asked.readline():
                size = 0
                while (header := asked.readline().lower().strip()) != b"":
                    size = int(header.partition(b":")[2]) if header.startswith(b"content-length") else size
                asked.read(size)
                what = line.split()[1].rpartition(b"/")[2]
                if what == b"start":
                    connection.sendall(HEAD + self.early)
                    self.asked.wait(5)
                    connection.sendall(self.late)
                    return
                body = json.dumps(ANSWERS[what]).encode()
                connection.sendall(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                    + f"Content-Length: {len(body)}\r\n\r\n".encode()
                    + body
                )

    @property
    def container(self) -> Any:
        return SimpleNamespace(id="1", client=SimpleNamespace(api=self.api))

    def close(self) -> None:
        self.asked.set()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()
        self.api.close()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = Engine(tmp_path / "engine.sock")
    yield made
    made.close()


@pytest.mark.parametrize("cut", [0, 3, 8, 11, 14])
def test_who_follows_a_program_hears_its_first_words_wherever_they_are_cut(engine: Engine, cut: int) -> None:
    early = engine.early
    engine.early, engine.late = early[:cut], early[cut:] + engine.late
    stream = ExecStream(engine.container, ["tail", "-F", "x"])
    engine.asked.set()
    assert b"".join(stream) == b"first\nlast\n"
    stream.close()


def test_first_words_are_heard_before_there_are_more(engine: Engine) -> None:
    stream = ExecStream(engine.container, ["tail", "-F", "x"])
    assert stream.piece() == b"first\n"
    stream.close()


def test_what_a_program_prints_that_ends_at_once_is_not_lost(engine: Engine) -> None:
    engine.early, engine.late = engine.early + engine.late, b""
    engine.asked.set()
    started = engine.api.exec_create("1", ["true"])
    assert engine.api.exec_start(started["Id"]) == b"first\nlast\n"
