"""The manager wire: what it is let in for, and what it tells when it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from harness.asterisk.ami import packet_bytes
from harness.errors import LabError
from harness.model import AmiPacket
from harness.record.wire import connect

Conversation = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

GREETING = b"Asterisk Call Manager/5.0.2\r\n"
WELCOME = b"Response: Success\r\nMessage: Authentication accepted\r\n\r\n"


def at(port: int) -> Any:
    """What connecting needs of an instance."""
    return SimpleNamespace(address="127.0.0.1", ami_port=port, ami=("127.0.0.1", port), username="h", secret="h")


@asynccontextmanager
async def manager(talk: Conversation) -> AsyncIterator[int]:
    """A server on loopback that speaks as `talk` does. The port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def let_in(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(GREETING)
    await reader.readuntil(b"\r\n\r\n")
    writer.write(WELCOME)


def test_a_manager_that_refuses_the_login_is_named() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(GREETING)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"Response: Error\r\nMessage: Authentication failed\r\n\r\n")
        await reader.read()

    async def main() -> None:
        async with manager(talk) as port:
            await connect(at(port), lambda _: None)

    with pytest.raises(LabError, match="Authentication failed"):
        asyncio.run(main())


def test_a_manager_that_says_nothing_is_given_up() -> None:
    async def talk(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    async def main() -> None:
        async with manager(talk) as port:
            await connect(at(port), lambda _: None, within=0.1)

    with pytest.raises(LabError, match="time ran out"):
        asyncio.run(main())


def test_a_port_on_which_nobody_listens_is_named() -> None:
    async def main() -> None:
        async with manager(let_in) as port:
            pass
        await connect(at(port), lambda _: None)

    with pytest.raises(LabError, match="no manager answers at 127"):
        asyncio.run(main())


def test_a_connection_that_dies_in_the_middle_of_a_frame_tells_and_keeps_what_came() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await let_in(reader, writer)
        writer.write(b"Event: A\r\n\r\nEvent: B\r\nHal")

    async def main() -> tuple[list[AmiPacket], bytes]:
        seen: list[AmiPacket] = []
        async with manager(talk) as port:
            wire = await connect(at(port), seen.append)
            async with asyncio.timeout(5):
                return seen, await wire.closed

    seen, rest = asyncio.run(main())
    assert [packet.headers for packet in seen] == [(("Event", "A"),)]
    assert rest == b"Event: B\r\nHal"


def test_a_flood_of_events_is_taken_whole() -> None:
    events = [b"Event: Flood\r\nNumber: %d" % number for number in range(100_000)]

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await let_in(reader, writer)
        writer.write(b"".join(event + b"\r\n\r\n" for event in events))
        await writer.drain()

    async def main() -> list[AmiPacket]:
        seen: list[AmiPacket] = []
        async with manager(talk) as port:
            wire = await connect(at(port), seen.append)
            async with asyncio.timeout(20):
                await wire.closed
        return seen

    assert list(map(packet_bytes, asyncio.run(main()))) == events
