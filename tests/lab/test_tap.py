"""The tap is a byte-exact tee: run as it is in the lab, between real sockets."""

from __future__ import annotations

import base64
import json
import os
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.lab.beside.tap import ports_of, tap_arguments, with_ports
from harness.model.packaged import packaged
from harness.site import App

LOCAL = "127.0.0.1"
PATIENCE = 20.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOCAL, 0))
        return int(probe.getsockname()[1])


def until(condition: Callable[[], bool], what: str) -> None:
    ends = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < ends, f"never came about: {what}"
        time.sleep(0.01)


@dataclass
class Tapped:
    """A tap that runs, what listens behind it, and what it wrote down."""

    near: int
    control: int
    server: socket.socket
    record: Path

    def connect(self) -> tuple[socket.socket, socket.socket]:
        """A client of the tap and the server's end of the same conversation."""
        client = socket.create_connection((LOCAL, self.near), timeout=PATIENCE)
        far, _ = self.server.accept()
        far.settimeout(PATIENCE)
        return client, far

    def ask(self, line: str) -> str:
        with socket.create_connection((LOCAL, self.control), timeout=PATIENCE) as connection:
            connection.sendall(f"{line}\n".encode())
            return connection.makefile("r").readline().strip()

    def entries(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.record.read_text().splitlines()]

    def passed(self, way: str) -> bytes:
        return b"".join(base64.b64decode(str(e["b"])) for e in self.entries() if e.get("d") == way and "b" in e)

    def events(self) -> list[tuple[object, object]]:
        return [(entry["e"], entry.get("d")) for entry in self.entries() if "e" in entry]


@pytest.fixture
def tapped(tmp_path: Path) -> Iterator[Tapped]:
    with socket.create_server((LOCAL, 0)) as server:
        server.settimeout(PATIENCE)
        near, control, record = free_port(), free_port(), tmp_path / "record.jsonl"
        way = f"{near}:{server.getsockname()[1]}:board:ami"
        command = [sys.executable, str(packaged("containers") / "tap.py"), str(record), str(control), way]
        with subprocess.Popen(command) as program:
            tap = Tapped(near, control, server, record)
            try:
                until(lambda: answers(tap), "the tap listens")
                yield tap
            finally:
                program.kill()


def answers(tap: Tapped) -> bool:
    try:
        return tap.ask("mark begin") == "yes"
    except OSError:
        return False


def test_bytes_pass_unchanged_and_are_written_down_both_ways(tapped: Tapped) -> None:
    client, far = tapped.connect()
    asked, answered = os.urandom(300_000), bytes(range(256)) * 1000
    with client, far:
        client.sendall(asked)
        assert received(far, len(asked)) == asked
        far.sendall(answered)
        assert received(client, len(answered)) == answered
    until(lambda: tapped.events().count(("end", ">")) == 1, "the end is written down")
    assert (tapped.passed(">"), tapped.passed("<")) == (asked, answered)
    assert tapped.entries()[1]["n"] == "board"


def test_a_half_closed_connection_goes_on_the_other_way(tapped: Tapped) -> None:
    client, far = tapped.connect()
    with client, far:
        client.sendall(b"last words")
        client.shutdown(socket.SHUT_WR)
        assert received(far, 10) == b"last words"
        assert far.recv(1) == b""
        far.sendall(b"the answer")
        far.close()
        assert received(client, 10) == b"the answer"
        assert client.recv(1) == b""
    assert tapped.events() == [("open", None), ("end", ">"), ("end", "<")]


def test_a_reset_is_passed_on_and_told_apart_from_an_end(tapped: Tapped) -> None:
    client, far = tapped.connect()
    with far:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
        with pytest.raises(ConnectionResetError):
            far.recv(1)
    until(lambda: ("reset", ">") in tapped.events(), "the reset is written down")


def test_who_reads_slowly_is_not_read_for(tapped: Tapped) -> None:
    """The tap keeps nothing: what the reader does not take, the writer cannot send."""
    client, far = tapped.connect()
    with client, far:
        client.settimeout(1)
        sent = 0
        with suppress(TimeoutError):
            while sent < 100_000_000:
                sent += client.send(bytes(1_000_000))
        assert sent < 100_000_000
        client.shutdown(socket.SHUT_WR)
        assert len(received(far, sent)) == sent


def test_a_server_that_is_not_there_refuses(tapped: Tapped) -> None:
    tapped.server.close()
    client = socket.create_connection((LOCAL, tapped.near), timeout=PATIENCE)
    with client, pytest.raises(ConnectionResetError):
        client.recv(1)
    assert [event for event, _ in tapped.events()] == ["open", "refused"]


def test_marks_stand_after_what_was_said_before(tapped: Tapped) -> None:
    client, far = tapped.connect()
    with client, far:
        client.sendall(b"before")
        received(far, 6)
        assert tapped.ask("mark here") == "yes"
        client.sendall(b"after")
        received(far, 5)
    kinds = [entry.get("m") or entry.get("b") for entry in tapped.entries() if "m" in entry or "b" in entry]
    assert kinds[1:] == [base64.b64encode(b"before").decode(), "here", base64.b64encode(b"after").decode()]


def test_the_control_port_knows_who_listens_and_takes_no_nonsense(tapped: Tapped) -> None:
    assert tapped.ask(f"listening {tapped.near}") == "yes"
    assert tapped.ask(f"listening {free_port()}") == "no"
    assert tapped.ask("listening to you") == ""
    assert tapped.ask("x" * 5000) == ""
    assert tapped.ask("mark still here") == "yes"


def test_two_hundred_conversations_at_once_are_all_whole(tapped: Tapped) -> None:
    pairs = [tapped.connect() for _ in range(200)]
    for number, (client, _) in enumerate(pairs):
        client.sendall(b"%d\n" % number * 100)
    for number, (_, far) in enumerate(pairs):
        assert received(far, len(b"%d\n" % number * 100)) == b"%d\n" % number * 100
    for client, far in pairs:
        client.close()
        far.close()
    by_connection: dict[object, bytes] = {}
    for entry in tapped.entries():
        if "b" in entry:
            said = base64.b64decode(str(entry["b"]))
            by_connection[entry["c"]] = by_connection.get(entry["c"], b"") + said
    assert sorted(by_connection.values()) == sorted(b"%d\n" % number * 100 for number in range(200))


def received(end: socket.socket, length: int) -> bytes:
    data = bytearray()
    while len(data) < length:
        piece = end.recv(min(65536, length - len(data)))
        assert piece, f"the connection ended after {len(data)} of {length} bytes"
        data += piece
    return bytes(data)


def test_each_app_has_ports_of_its_own() -> None:
    apps = (App("board", ("x",), uses=("ami", "ari")), App("orders", ("x",), uses=("fastagi",), fastagi_port=4573))
    ports = ports_of(apps)
    assert ports["board"] == {"ami_port": 21000, "ari_port": 21001, "fastagi_port": 21002}
    assert tap_arguments(apps, ports)[2:] == (
        "21000:5038:board:ami",
        "21001:8088:board:ari",
        "4573:21012:orders:fastagi",
    )
    assert with_ports("{ami_port} {other} {", ports["board"]) == "21000 {other} {"
