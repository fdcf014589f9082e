"""The relay, between this process and its program on this machine: what goes in comes out, whoever begins."""

from __future__ import annotations

import asyncio
import runpy
import socket
import socketserver
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from harness.errors import LabError
from harness.far_end.fastagi import FastAgiServer
from harness.lab.engine.relay import Relay
from harness.lab.waiting import wait_until
from tests.certificates import certified
from tests.fake_exec import FakeExec

SCRIPT = Path(__file__).parents[2] / "containers" / "relay.py"


@pytest.fixture(params=["socket", "tls"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FakeExec]:
    if request.param == "tls":
        certified(tmp_path, "", None)
    engine = FakeExec((sys.executable, str(SCRIPT)), tls=tmp_path if request.param == "tls" else None)
    yield engine
    engine.close()


@pytest.fixture
def relay(engine: FakeExec) -> Iterator[Relay]:
    with closing(Relay(engine.container, "python3", "127.0.0.5")) as relay:
        yield relay


class Echo(socketserver.StreamRequestHandler):
    """Says every line once more, and what it was before it hangs up."""

    def handle(self) -> None:
        for line in self.rfile:
            self.wfile.write(line)
        self.wfile.write(b"the end\n")


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 100


@pytest.fixture
def echo() -> Iterator[tuple[str, int]]:
    """Where something in the lab listens."""
    with Server(("127.0.0.3", 0), Echo) as server:
        threading.Thread(target=server.serve_forever).start()
        yield server.server_address  # type: ignore[misc] # of an address of IPv4
        server.shutdown()


def relay_works(relay: Relay) -> bool:
    try:
        relay.to("127.0.0.3", 1)
    except LabError:
        return False
    return True


def said(connection: socket.socket) -> bytes:
    with connection, connection.makefile("rb") as reader:
        return reader.read()


def test_many_connections_at_once_keep_apart_what_they_say(relay: Relay, echo: tuple[str, int]) -> None:
    here = relay.to(*echo)
    assert relay.to(*echo) == here
    assert here[0] == "127.0.0.1"
    connections = [socket.create_connection(here, timeout=10) for _ in range(60)]
    for number, connection in enumerate(connections):
        connection.sendall(b"%d\n" % number * 500)
    for number, connection in enumerate(connections):
        connection.shutdown(socket.SHUT_WR)
        assert said(connection) == b"%d\n" % number * 500 + b"the end\n"


def test_many_talk_at_once_for_a_while(relay: Relay, echo: tuple[str, int]) -> None:
    """What comes and what goes over one connection of TLS spoil each other unless they take turns."""

    def talk() -> int:
        told = 0
        connection = socket.create_connection(relay.to(*echo), timeout=20)
        with connection, connection.makefile("rb") as reader:
            for number in range(200):
                line = b"x" * (number % 20 * 497) + b"\n"
                connection.sendall(line)
                told += reader.readline() == line
            connection.shutdown(socket.SHUT_WR)
            assert reader.read() == b"the end\n"
        return told

    with ThreadPoolExecutor(12) as pool:
        assert [talk.result() for talk in [pool.submit(talk) for _ in range(12)]] == [200] * 12


def test_who_reads_slowly_keeps_nobody_waiting(relay: Relay, echo: tuple[str, int]) -> None:
    slow, quick = (socket.create_connection(relay.to(*echo), timeout=10) for _ in range(2))
    long = b"x" * 9_999 + b"\n"
    writer = threading.Thread(target=lambda: (slow.sendall(long * 1000), slow.shutdown(socket.SHUT_WR)))
    writer.start()
    quick.sendall(b"hello\n")
    quick.shutdown(socket.SHUT_WR)
    assert said(quick) == b"hello\nthe end\n"
    assert said(slow) == long * 1000 + b"the end\n"
    writer.join()


def test_where_nobody_listens_the_connection_ends(relay: Relay) -> None:
    with socket.create_connection(relay.to("127.0.0.3", 1), timeout=10) as connection:
        assert connection.recv(1) == b""


def test_what_is_asked_for_in_the_lab_comes_here_with_who_asks(relay: Relay) -> None:
    async def ask() -> tuple[str, str]:
        found: asyncio.Future[tuple[str, str]] = asyncio.get_running_loop().create_future()

        def take(address: str, conversation: Any) -> None:
            found.set_result((address, conversation.script))
            conversation.end()

        server = FastAgiServer("192.0.2.1", take, relay)
        try:
            reader, writer = await asyncio.open_connection("127.0.0.5", 4573, local_addr=("127.0.0.4", 0))
            writer.write(b"agi_request: agi://x/lookup?id=7\n\n")
            assert await reader.read() == b""
            writer.close()
            return await found
        finally:
            server.close()

    assert asyncio.run(asyncio.wait_for(ask(), 20)) == ("127.0.0.4", "lookup")


def test_one_connection_that_is_reset_ends_no_other() -> None:
    """Said to have no more to come, and reset before the program's loop has seen that."""

    async def reset() -> None:
        with socket.create_server(("127.0.0.3", 0)) as server:
            _, writer = await asyncio.open_connection(*server.getsockname())
            other, _ = server.accept()
            other.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            other.close()
            program.write(writer, b"")
            assert writer.is_closing()

    program = runpy.run_path(str(SCRIPT))["Relay"](None)
    asyncio.run(reset())


def test_what_ended_the_program_is_told(engine: FakeExec, relay: Relay) -> None:
    relay._stream.send(struct.pack(">cII", b"O", 2, 1) + b"x")
    engine.process.wait(10)
    wait_until(lambda: not relay_works(relay), "end", within=10)
    with pytest.raises(LabError, match=r"the relay into the lab has ended: TypeError: .*open"):
        relay.to("127.0.0.3", 1)


def test_a_port_that_is_taken_is_told(relay: Relay, echo: tuple[str, int]) -> None:
    with (
        socket.create_server(("127.0.0.5", 0)) as taken,
        pytest.raises(LabError, match="cannot listen in the lab"),
    ):
        relay.bring(taken.getsockname()[1], echo)


@pytest.mark.parametrize("end", [lambda engine, _: engine.process.kill(), lambda _, relay: relay.close()])
def test_when_it_ends_so_do_the_connections(
    engine: FakeExec, relay: Relay, echo: tuple[str, int], end: Callable[[FakeExec, Relay], object]
) -> None:
    with socket.create_connection(relay.to(*echo), timeout=10) as connection:
        connection.sendall(b"a\n")
        assert connection.recv(2) == b"a\n"
        end(engine, relay)
        assert connection.recv(1) == b""
    with pytest.raises(LabError, match="the relay into the lab"):
        relay.to(*echo)
