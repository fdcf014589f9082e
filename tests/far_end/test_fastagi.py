"""The FastAGI server against peers that are slow, broken or hostile: a clear end for that conversation alone."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from harness.errors import LabError, ScenarioError
from harness.far_end import fastagi
from harness.far_end.fastagi import FAST_AGI_PORT, Conversation, FastAgiServer

ADDRESS = "127.0.0.2"
ENVIRONMENT = b"agi_request: agi://x/lookup?id=7\nagi_uniqueid: 1.1\n\n"


class Peer:
    """Somebody who connects, and the conversations that came of it."""

    def __init__(self) -> None:
        self.conversations: asyncio.Queue[Conversation] = asyncio.Queue()

    async def connect(self, said: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection(ADDRESS, FAST_AGI_PORT)
        writer.write(said)
        await writer.drain()
        return reader, writer

    async def conversation(self) -> Conversation:
        async with asyncio.timeout(10):
            return await self.conversations.get()


@asynccontextmanager
async def serving() -> AsyncIterator[Peer]:
    peer = Peer()
    server = FastAgiServer(ADDRESS, lambda _address, conversation: peer.conversations.put_nowait(conversation))
    try:
        yield peer
    finally:
        server.close()


def run(test: Callable[[Peer], Awaitable[None]]) -> None:
    async def within() -> None:
        async with asyncio.timeout(20), serving() as peer:
            await test(peer)

    asyncio.run(within())


def test_a_script_is_known_by_its_path_and_says_its_commands() -> None:
    async def test(peer: Peer) -> None:
        reader, writer = await peer.connect(ENVIRONMENT)
        conversation = await peer.conversation()
        assert (conversation.script, conversation.environment["agi_uniqueid"]) == ("lookup", "1.1")
        asked = asyncio.create_task(conversation.command("GET VARIABLE X"))
        assert await reader.readline() == b"GET VARIABLE X\n"
        writer.write(b"200 result=1 (a b)\n")
        assert str(await asked) == "200 result=1 (a b)"
        conversation.end()
        assert await reader.read() == b""
        writer.close()

    run(test)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (b"200 result=0\n", "200 result=0"),
        (b"200 result=-1\n", "200 result=-1"),
        (b"200 result=1 (hangup)\n", "200 result=-1 (hangup)"),
        (b"HANGUP\n200 result=1\n", "200 result=1"),
        (b"510 Invalid or unknown command\n", "510 Invalid or unknown command"),
        (b"511 Command Not Permitted on a dead channel\n", "511"),
        (b"520-Invalid command syntax.\nusage\n520 End of proper usage.\n", "520 520-Invalid command syntax."),
        (b"200 result=1 (\xff\xfe)\n", "200 result=1 (\udcff\udcfe)"),
        (b"200 result=1 (" + b"x" * 10_000_000 + b")\n", "200 result=1 (" + "x" * 10_000_000 + ")"),
    ],
    ids=["ok", "failed", "hangup", "told", "unknown", "dead", "usage", "not-utf8", "10-MB"],
)
def test_every_answer_is_read(said: bytes, answer: str) -> None:
    async def test(peer: Peer) -> None:
        _, writer = await peer.connect(ENVIRONMENT)
        conversation = await peer.conversation()
        writer.write(said)
        assert str(await conversation.command("NOOP")) == answer
        conversation.end()
        writer.close()

    run(test)


@pytest.mark.parametrize("said", [b"", b"200 resu", b"rubbish\n"], ids=["nothing", "half", "rubbish"])
def test_a_connection_that_ends_in_the_middle_ends_the_command(said: bytes) -> None:
    async def test(peer: Peer) -> None:
        _, writer = await peer.connect(ENVIRONMENT)
        conversation = await peer.conversation()
        writer.write(said)
        writer.close()
        with pytest.raises(ScenarioError, match="no answer to 'NOOP'"):
            await conversation.command("NOOP")
        with pytest.raises(ScenarioError, match="the conversation is over"):
            await conversation.command("NOOP")

    run(test)


def test_a_peer_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fastagi, "_SILENCE", 0.2)

    async def test(peer: Peer) -> None:
        _, writer = await peer.connect(ENVIRONMENT)
        conversation = await peer.conversation()
        with pytest.raises(ScenarioError, match="no answer to 'NOOP'"):
            await conversation.command("NOOP")
        writer.close()

    run(test)


def test_half_an_environment_keeps_nobody_else_waiting() -> None:
    async def test(peer: Peer) -> None:
        _, half = await peer.connect(b"agi_request: agi://x/half\nagi_uni")
        _, whole = await peer.connect(ENVIRONMENT)
        assert (await peer.conversation()).script == "lookup"
        half.close()
        whole.close()

    run(test)


def test_an_address_that_is_taken_is_told() -> None:
    async def test() -> None:
        with socket.socket() as taken:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind((ADDRESS, FAST_AGI_PORT))
            taken.listen()
            with pytest.raises(LabError, match=f"listen for FastAGI at {ADDRESS}:{FAST_AGI_PORT}"):
                FastAgiServer(ADDRESS, lambda _address, _conversation: None)

    asyncio.run(test())
