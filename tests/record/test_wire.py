"""The manager wire: however the bytes arrive, the same packets come out, and nothing is lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import LabError
from harness.record.wire import Splitter, connect

Conversation = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

GREETING = b"Asterisk Call Manager/5.0.2\r\n"
WELCOME = b"Response: Success\r\nMessage: Authentication accepted\r\n\r\n"

# Anything a packet can hold: not empty, and without the empty line that ends it.
packets = st.lists(
    st.binary(min_size=1).filter(lambda p: b"\r\n\r\n" not in p + b"\r\n\r\n"[:3] and not p.startswith(b"\r\n")),
    max_size=8,
)


def pieces(stream: bytes, cuts: list[int]) -> list[bytes]:
    """The stream cut at some places."""
    edges = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)})
    return [stream[a:b] for a, b in pairwise(edges)]


def split(stream: bytes, cuts: list[int]) -> tuple[list[bytes], bytes]:
    found: list[bytes] = []
    splitter = Splitter(found.append)
    for piece in pieces(stream, cuts):
        splitter.feed(piece)
    return found, splitter.unfinished


@given(packets, st.lists(st.integers(min_value=0), max_size=30))
def test_packets_are_the_same_however_the_stream_is_cut(sent: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(packet + b"\r\n\r\n" for packet in sent)
    assert split(stream, cuts) == split(stream, [])


@given(st.binary(), st.lists(st.integers(min_value=0), max_size=30))
def test_any_bytes_are_cut_the_same_and_none_is_lost(stream: bytes, cuts: list[int]) -> None:
    whole = split(stream, [])
    assert split(stream, cuts) == whole
    assert split(stream, list(range(len(stream)))) == whole


def test_headers_that_are_repeated_empty_or_no_text_are_kept_byte_for_byte() -> None:
    packet = b"Event: X\r\nVariable: a=1\r\nVariable: b=2\r\nEmpty: \r\nBad: \xff\xfe"
    assert split(packet + b"\r\n\r\n", [3, 9, 30]) == ([packet], b"")


def test_half_a_frame_at_the_end_is_kept_apart() -> None:
    assert split(b"Event: A\r\n\r\nEvent: B\r\nHal", [5]) == ([b"Event: A"], b"Event: B\r\nHal")


def test_a_header_of_ten_megabytes_in_small_pieces_takes_no_longer_than_its_length() -> None:
    packet = b"Event: X\r\nValue: " + b"x" * 10_000_000
    found: list[bytes] = []
    splitter = Splitter(found.append)
    begun = time.monotonic()
    for start in range(0, len(packet), 4096):
        splitter.feed(packet[start : start + 4096])
    splitter.feed(b"\r\n\r\n")
    assert found == [packet]
    assert time.monotonic() - begun < 2


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
            await connect("127.0.0.1", port, "h", "wrong", lambda _: None)

    with pytest.raises(LabError, match="Authentication failed"):
        asyncio.run(main())


def test_a_manager_that_says_nothing_is_given_up() -> None:
    async def talk(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    async def main() -> None:
        async with manager(talk) as port:
            await connect("127.0.0.1", port, "h", "h", lambda _: None, within=0.1)

    with pytest.raises(LabError, match="time ran out"):
        asyncio.run(main())


def test_a_port_on_which_nobody_listens_is_named() -> None:
    async def main() -> None:
        async with manager(let_in) as port:
            pass
        await connect("127.0.0.1", port, "h", "h", lambda _: None)

    with pytest.raises(LabError, match="no manager answers at 127"):
        asyncio.run(main())


def test_a_connection_that_dies_in_the_middle_of_a_frame_tells_and_keeps_what_came() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await let_in(reader, writer)
        writer.write(b"Event: A\r\n\r\nEvent: B\r\nHal")

    async def main() -> tuple[list[bytes], bytes]:
        seen: list[bytes] = []
        async with manager(talk) as port:
            wire = await connect("127.0.0.1", port, "h", "h", seen.append)
            async with asyncio.timeout(5):
                return seen, await wire.closed

    assert asyncio.run(main()) == ([b"Event: A"], b"Event: B\r\nHal")


def test_a_flood_of_events_is_taken_whole() -> None:
    events = [b"Event: Flood\r\nNumber: %d" % number for number in range(100_000)]

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await let_in(reader, writer)
        writer.write(b"".join(event + b"\r\n\r\n" for event in events))
        await writer.drain()

    async def main() -> list[bytes]:
        seen: list[bytes] = []
        async with manager(talk) as port:
            wire = await connect("127.0.0.1", port, "h", "h", seen.append)
            async with asyncio.timeout(20):
                await wire.closed
        return seen

    assert asyncio.run(main()) == events
