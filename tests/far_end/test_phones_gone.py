"""When the far end is gone, it says so, and who plays with a phone is told at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from types import SimpleNamespace
from typing import Any

import pytest
from test_ami import Manager, There

from harness.errors import CrashError, NotPlayable
from harness.far_end.link import FarEndLink
from harness.far_end.phones import FarEnd
from harness.play.scheduler import watch_phones
from harness.record.session import Session

PONG = b"Response: Success\r\nPing: Pong"
KILLED = "Asterisk 16.28.0 (phones) was ended by SIGKILL"


def ended() -> None:
    raise CrashError(KILLED)


def with_far_end(test: Callable[[FarEnd, Manager], Coroutine[None, None, None]], *, check: Any = ended) -> None:
    async def run() -> None:
        manager = Manager(lambda _: PONG)
        server = await asyncio.start_server(manager.talk, "127.0.0.1", 0)
        async with server:
            link = await FarEndLink.connect(There(server.sockets[0].getsockname()[1]), within=2)
            await test(FarEnd(link, check), manager)
            link.close()

    asyncio.run(asyncio.wait_for(run(), 10))


def hangs_up(manager: Manager) -> None:
    for writer in manager.writers:
        writer.close()


def test_phones_that_answer_are_well() -> None:
    async def test(far_end: FarEnd, _: Manager) -> None:
        assert await far_end.diagnose() == ""
        assert not far_end.lost.done()

    with_far_end(test)


@pytest.mark.parametrize(
    ("check", "words"), [(ended, KILLED), (lambda: None, "Asterisk has closed the connection")]
)
def test_phones_whose_asterisk_ended_say_how(check: Any, words: str) -> None:
    async def test(far_end: FarEnd, manager: Manager) -> None:
        hangs_up(manager)
        await far_end.lost
        told = await far_end.diagnose()
        assert told.startswith("the phones are gone: ")
        assert words in told
        assert await far_end.diagnose() == far_end.broken == told

    with_far_end(test, check=check)


def test_who_plays_with_a_phone_is_told_at_once_and_nobody_else() -> None:
    async def test(far_end: FarEnd, manager: Manager) -> None:
        with_phone, without = Session("s/one", "old", with_phones=True), Session("s/two", "old")
        live: Any = SimpleNamespace(sessions=[with_phone, without])
        watching = asyncio.create_task(watch_phones(far_end, [live]))
        waits = asyncio.create_task(with_phone.wait("a ring", lambda _: None, within=9))
        await asyncio.sleep(0)
        hangs_up(manager)
        with pytest.raises(NotPlayable, match="SIGKILL"):
            await waits
        await watching
        assert isinstance(with_phone.broken, NotPlayable)
        assert without.broken is None

    with_far_end(test)
