"""Leads connections between the lab's network and who reads this program's output: by frames, many at once.

It runs in the lab where this machine cannot reach the lab's addresses (an engine elsewhere, a rootless one). A
frame is a kind, the connection's number, a length, and so many bytes:

- `O` opens a connection: one that comes in, to the `ADDRESS PORT` in it; one that goes out comes from there;
- `D` is data, `C` says that no more comes;
- `L` asks to listen at the `ADDRESS PORT` in it; the answer is an `L`, or a `C` with the reason;
- `E` is the last of this program, where a fault ends it, and says which.

Numbers of connections that are opened here are odd, those of the other end even.
"""

import asyncio
import struct
import sys
import traceback

HEADER = struct.Struct(">cII")
PIECE = 65536


class Relay:
    """All connections, by number."""

    def __init__(self, out: asyncio.StreamWriter) -> None:
        self.out = out
        self.waiting: dict[int, list[bytes]] = {}
        self.writers: dict[int, asyncio.StreamWriter] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self.turn = asyncio.Lock()
        self.next = 1

    def say(self, kind: bytes, number: int, data: bytes = b"") -> None:
        self.out.write(HEADER.pack(kind, number, len(data)) + data)

    def take(self, kind: bytes, number: int, data: bytes) -> None:
        """A frame has come."""
        if kind == b"O":
            self.waiting[number] = []
            self.begin(self.open(number, *data.decode().split()))
        elif kind == b"L":
            self.begin(self.listen(number, *data.decode().split()))
        elif number in self.waiting:  # it is not open yet
            self.waiting[number].append(data if kind == b"D" else b"")
        elif writer := self.writers.get(number):
            self.write(writer, data if kind == b"D" else b"")

    def write(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        """Hand data on; none says that no more comes."""
        if data:
            writer.write(data)
        elif writer.can_write_eof() and not writer.is_closing():
            try:
                writer.write_eof()
            except OSError:  # it was reset, which the loop has not told yet
                writer.close()

    def begin(self, work) -> None:  # type: ignore[no-untyped-def]
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def open(self, number: int, address: str, port: str) -> None:
        try:
            reader, writer = await asyncio.open_connection(address, int(port))
        except OSError:
            self.waiting.pop(number, None)
            self.say(b"C", number)
            return
        for data in self.waiting.pop(number):
            self.write(writer, data)
        await self.lead(number, reader, writer)

    async def listen(self, number: int, address: str, port: str) -> None:
        try:
            await asyncio.start_server(self.accepted, address, int(port), backlog=1024)
        except OSError as problem:
            self.say(b"C", number, str(problem).encode())
        else:
            self.say(b"L", number)

    async def accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number, self.next = self.next, self.next + 2
        self.say(b"O", number, "{} {}".format(*writer.get_extra_info("peername")[:2]).encode())
        await self.lead(number, reader, writer)

    async def lead(self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hand on what a connection says until it has said all."""
        self.writers[number] = writer
        try:
            while data := await reader.read(PIECE):
                self.say(b"D", number, data)
                async with self.turn:  # before Python 3.10 one alone may wait
                    await self.out.drain()
        except OSError:
            pass
        finally:
            self.say(b"C", number)
            del self.writers[number]
            writer.close()


async def relay() -> None:
    """Until nobody reads or writes any more."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=1 << 24)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    transport, protocol = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, sys.stdout)
    relay = Relay(asyncio.StreamWriter(transport, protocol, None, loop))
    try:
        while True:
            kind, number, size = HEADER.unpack(await reader.readexactly(HEADER.size))
            relay.take(kind, number, await reader.readexactly(size))
    except asyncio.IncompleteReadError:
        pass
    except Exception:
        relay.say(b"E", 0, traceback.format_exc().encode())
        await relay.out.drain()


if __name__ == "__main__":
    asyncio.run(relay())
