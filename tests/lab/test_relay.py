"""The relay, between this process and its program on this machine: what goes in comes out, whoever begins."""

from __future__ import annotations

import asyncio
import socket
import socketserver
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from harness.errors import LabError
from harness.far_end.fastagi import FastAgiServer
from harness.lab.engine.relay import Relay
from tests.fake_exec import FakeExec

SCRIPT = Path(__file__).parents[2] / "containers" / "relay.py"


@pytest.fixture
def engine() -> Iterator[FakeExec]:
    engine = FakeExec((sys.executable, str(SCRIPT)))
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
