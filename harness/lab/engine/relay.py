"""The way into a lab whose addresses are out of reach: a program in it leads connections through the engine.

One thread reads what the program says, another has an event loop for the connections of this side and for all that
is said to the program. What is on its way waits in memory: who reads slowly keeps nobody waiting.
"""

from __future__ import annotations

import asyncio
import struct
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import CancelledError
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

from docker.errors import APIError

from harness.errors import LabError
from harness.lab.engine.exec_stream import ExecStream
from harness.lab.engine.reach import Endpoint
from harness.model.packaged import packaged

if TYPE_CHECKING:
    from docker.models.containers import Container

__all__ = ["Relay"]

_HEADER = struct.Struct(">cII")  # as containers/relay.py has it, which says what the kinds are
_HERE = "127.0.0.1"
_PIECE = 65536
_SECONDS = 20.0
_T = TypeVar("_T")
_What = TypeVar("_What")


class Relay:
    """A `Reach` through a container of the lab."""

    def __init__(self, container: Container, python: str, address: str) -> None:
        """Start it by the Python of a container that has the address. Raises LabError."""
        script = (packaged("containers") / "relay.py").read_text(encoding="utf-8")
        try:
            self._stream = ExecStream(container, [python, "-c", script])
        except (APIError, OSError) as problem:
            raise LabError(f"no relay into the lab can be started: {problem}") from problem
        self._address = address
        self._loop = asyncio.new_event_loop()
        self._writers: dict[int, asyncio.StreamWriter] = {}
        self._early: dict[int, list[tuple[bytes, bytes]]] = {}
        self._ways: dict[Endpoint, asyncio.Server] = {}
        self._turn = asyncio.Lock()
        self._listening: dict[int, asyncio.Future[str]] = {}
        self._server: Endpoint | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._numbers = count(2, 2)
        self._has_ended = False
        self._why = ""
        for name, run in (("relay", self._run), ("relay-reads", self._read)):
            threading.Thread(target=run, name=name, daemon=True).start()

    def to(self, address: str, port: int) -> Endpoint:
        """A port of this machine's own that leads there."""
        return self._do(self._way, (address, port))

    def serves(self) -> Endpoint | None:
        """Any port that only this machine's programs reach."""
        return _HERE, 0

    def bring(self, port: int, server: Endpoint) -> None:
        """Have the program in the lab listen at the port."""
        self._server = server
        if problem := self._do(self._listen, port):
            raise LabError(f"the relay cannot listen in the lab at port {port}: {problem}")

    def close(self) -> None:
        """End the program, and all connections with it. May be called again."""
        self._has_ended = True
        self._stream.close()

    def _do(self, work: Callable[[_What], Coroutine[Any, Any, _T]], what: _What) -> _T:
        """Have work done in the loop, for any thread."""
        if self._has_ended:
            raise LabError(f"the relay into the lab has ended{self._why}")
        try:
            return asyncio.run_coroutine_threadsafe(work(what), self._loop).result(_SECONDS)
        except (TimeoutError, CancelledError) as problem:
            raise LabError("the relay into the lab does not answer") from problem

    async def _way(self, target: Endpoint) -> Endpoint:
        if target not in self._ways:

            async def lead(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                number = next(self._numbers)
                self._say(b"O", number, f"{target[0]} {target[1]}".encode())
                await self._lead(number, reader, writer)

            async with self._turn:
                if target not in self._ways:
                    self._ways[target] = await asyncio.start_server(lead, _HERE, 0, backlog=1024)
        here: Endpoint = self._ways[target].sockets[0].getsockname()
        return here

    async def _listen(self, port: int) -> str:
        """Why it cannot, empty where it can."""
        number = next(self._numbers)
        self._listening[number] = self._loop.create_future()
        self._say(b"L", number, f"{self._address} {port}".encode())
        return await self._listening[number]

    async def _open(self, number: int, asker: str) -> None:
        """Somebody in the lab asks for what was brought there."""
        assert self._server is not None
        try:
            reader, writer = await asyncio.open_connection(*self._server)
        except OSError:
            del self._early[number]
            self._say(b"C", number)
            return
        address, port = asker.split()
        writer.write(f"PROXY TCP4 {address} {self._server[0]} {port} {self._server[1]}\r\n".encode())
        await self._lead(number, reader, writer)

    async def _lead(self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hand on what a connection of this side says until it has said all."""
        self._writers[number] = writer
        for kind, data in self._early.pop(number, ()):
            self._take(kind, number, data)
        try:
            with suppress(OSError):
                while data := await reader.read(_PIECE):
                    self._say(b"D", number, data)
            self._say(b"C", number)
            with suppress(OSError):
                await writer.wait_closed()
        finally:
            del self._writers[number]

    def _say(self, kind: bytes, number: int, data: bytes = b"") -> None:
        with suppress(OSError):  # it has ended, which who reads it notices
            self._stream.send(_HEADER.pack(kind, number, len(data)) + data)

    def _run(self) -> None:
        """In a thread of its own."""
        self._loop.run_forever()
        left = (*asyncio.all_tasks(self._loop), self._loop.create_task(asyncio.sleep(0)))
        self._loop.run_until_complete(asyncio.wait(left, timeout=_SECONDS))
        self._loop.close()

    def _read(self) -> None:
        """In a thread of its own: each frame goes to the loop, which ends with the last."""
        try:
            for kind, number, data in self._frames():
                if kind == b"E":
                    self._why = f": {data.decode(errors='replace').strip().splitlines()[-1]}"
                else:
                    self._loop.call_soon_threadsafe(self._take, kind, number, data)
        except (OSError, ValueError) as problem:
            self._why = "" if self._has_ended else f": {problem}"
        self._has_ended = True
        self._loop.call_soon_threadsafe(self._end)

    def _frames(self) -> Iterator[tuple[bytes, int, bytes]]:
        """Kind, number and data of each, until the program's end. Raises OSError, ValueError."""
        rest = bytearray()
        while piece := self._stream.piece():
            rest += piece
            while len(rest) >= _HEADER.size:
                kind, number, size = _HEADER.unpack_from(rest)
                if len(rest) < _HEADER.size + size:
                    break
                yield kind, number, bytes(rest[_HEADER.size : _HEADER.size + size])
                del rest[: _HEADER.size + size]

    def _take(self, kind: bytes, number: int, data: bytes) -> None:
        """A frame of the program's."""
        if number in self._listening:
            self._listening.pop(number).set_result(data.decode() if kind == b"C" else "")
        elif number in self._early:  # its connection here is being made
            self._early[number].append((kind, data))
        elif kind == b"O":
            self._early[number] = []
            task = self._loop.create_task(self._open(number, data.decode()))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif writer := self._writers.get(number):
            if kind == b"D":
                writer.write(data)
            else:
                writer.close()

    def _end(self) -> None:
        """The program has ended: nobody need wait for it."""
        for server in self._ways.values():
            server.close()
        for writer in self._writers.values():
            writer.transport.abort()
        for answer in self._listening.values():
            answer.set_result("it has ended")
        self._loop.stop()
