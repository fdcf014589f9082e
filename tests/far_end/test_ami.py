"""The acting connection: what is sent, when it counts as answered, and what is refused. Against a small server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from harness.errors import LabError, NotPlayable, ScenarioError
from harness.far_end.ami import Driver

Answer = Callable[[bytes], bytes]


@dataclass(frozen=True)
class There:
    """Where the small server is."""

    ami_port: int
    address: str = "127.0.0.1"
    username: str = "h"
    secret: str = "h"

    @property
    def ami(self) -> tuple[str, int]:
        return self.address, self.ami_port


class Manager:
    """Asterisk's side: takes the login, keeps what it is asked and answers as it is told."""

    def __init__(
        self, answer: Answer, *, login: bytes = b"Response: Success\r\nMessage: Authentication accepted"
    ) -> None:
        self.asked: list[bytes] = []
        self.was_asked = asyncio.Event()
        self.writers: list[asyncio.StreamWriter] = []
        self._answer = answer
        self._login = login

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        writer.write(b"Asterisk Call Manager/5.0.2\r\n")
        try:
            while packet := (await reader.readuntil(b"\r\n\r\n")).removesuffix(b"\r\n\r\n"):
                action_id = next(line for line in packet.split(b"\r\n") if line.lower().startswith(b"actionid:"))
                if b"Action: Login" in packet:
                    reply = self._login
                else:
                    self.asked.append(packet)
                    self.was_asked.set()
                    reply = self._answer(packet)
                for part in reply.split(b"\r\n\r\n") if reply else []:
                    writer.write(part + b"\r\n" + action_id + b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            writer.close()


@asynccontextmanager
async def driver(manager: Manager) -> AsyncIterator[tuple[Driver, bytearray]]:
    """A driver that is logged in, and the bytes that its tap saw."""
    server = await asyncio.start_server(manager.talk, "127.0.0.1", 0)
    async with server:
        seen = bytearray()
        port = server.sockets[0].getsockname()[1]
        driver = await Driver.connect(There(port), tee=seen.extend, within=2)
        try:
            yield driver, seen
        finally:
            driver.close()


def run(test: Coroutine[None, None, None]) -> None:
    asyncio.run(asyncio.wait_for(test, 10))


def test_repeated_headers_and_any_characters_go_out_as_they_are() -> None:
    async def test() -> None:
        manager = Manager(lambda _: b"Response: Success")
        async with driver(manager) as (acting, _):
            fields = {"Action": "Originate", "Variable": ["A=1", "B=bär"], "Data": "\udcff", "Empty": ""}
            await acting.send(fields, action_id="1c", within=2)
        (asked,) = manager.asked
        assert b"Variable: A=1\r\nVariable: B=b\xc3\xa4r\r\n" in asked + b"\r\n"
        assert b"\r\nData: \xff\r\n" in asked + b"\r\n"
        assert b"\r\nEmpty: \r\n" in asked + b"\r\n"

    run(test())


def test_an_answer_is_seen_byte_for_byte() -> None:
    answer = b"Response: Success\r\nOutput: a\r\nOutput: b\r\nEmpty: \r\nBad: \xff\xfe"

    async def test() -> None:
        async with driver(Manager(lambda _: answer)) as (acting, seen):
            await acting.send({"Action": "Command", "Command": "x"}, action_id="1c", within=2)
            assert answer + b"\r\nActionID: 1c\r\n\r\n" in seen

    run(test())


def test_an_action_with_a_list_is_answered_when_the_list_is_complete() -> None:
    answer = b"Response: Success\r\nEventList: start\r\nMessage: Result will follow"
    answer += b"\r\n\r\nEvent: DBGetResponse\r\nVal: 1"
    end = b"\r\n\r\nEvent: DBGetComplete\r\nEventList: Complete"

    async def test() -> None:
        async with driver(Manager(lambda _: answer + end)) as (acting, seen):
            await acting.send({"Action": "DBGet", "Family": "a", "Key": "b"}, action_id="1c", within=2)
            assert b"Event: DBGetComplete" in seen

    async def cut_off() -> None:
        async with driver(Manager(lambda _: answer)) as (acting, _):
            await acting.send({"Action": "DBGet", "Family": "a", "Key": "b"}, action_id="1c", within=0.1)

    run(test())
    with pytest.raises(NotPlayable, match=r"no answer to the action DBGet within 0.1 s"):
        run(cut_off())


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ("PlayDTMF", b"DTMF successfully queued"),
        ("Originate", b"Originate successfully queued"),
        ("AGI", b"Added AGI command to queue"),
    ],
)
def test_an_action_that_is_only_queued_is_answered_at_once(action: str, message: bytes) -> None:
    async def test() -> None:
        async with driver(Manager(lambda _: b"Response: Success\r\nMessage: " + message)) as (acting, _):
            await acting.send({"Action": action}, action_id="1c", within=2)

    run(test())


def test_a_refusal_is_an_answer() -> None:
    async def test() -> None:
        reason_of = b"Response: Error\r\nMessage: Invalid/unknown command: SIPpeers."
        async with driver(Manager(lambda _: reason_of)) as (acting, seen):
            await acting.send({"Action": "SIPpeers"}, action_id="1c", within=2)
            assert reason_of in seen

    run(test())


@pytest.mark.parametrize("value", ["a\r\nAction: Command", "a\nb", "a\0b"])
def test_a_value_that_would_start_another_header_is_not_sent(value: str) -> None:
    manager = Manager(lambda _: b"Response: Success")

    async def test() -> None:
        async with driver(manager) as (acting, _):
            await acting.send({"Action": "Setvar", "Value": value}, action_id="1c", within=2)

    with pytest.raises(ScenarioError, match="the value of Value holds a line break"):
        run(test())
    assert manager.asked == []


def test_a_manager_that_never_answers_is_not_waited_for() -> None:
    async def test() -> None:
        async with driver(Manager(lambda _: b"")) as (acting, _):
            await acting.send({"Action": "Ping"}, action_id="1c", within=0.1)

    with pytest.raises(NotPlayable, match=r"no answer to the action Ping within 0.1 s"):
        run(test())


def test_a_manager_that_refuses_the_login_is_given_up() -> None:
    async def test() -> None:
        async with driver(Manager(lambda _: b"", login=b"Response: Error\r\nMessage: Authentication failed")):
            raise AssertionError

    with pytest.raises(LabError, match="refuses the harness's own user"):
        run(test())


def test_a_connection_that_asterisk_closes_is_told_at_once_and_not_made_again() -> None:
    class Dying(Manager):
        connections = 0

        async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.connections += 1
            await super().talk(reader, writer)

    manager = Dying(lambda _: b"")

    async def test() -> None:
        async with driver(manager) as (acting, _):
            waiting = asyncio.create_task(acting.send({"Action": "Ping"}, action_id="1c", within=60))
            await manager.was_asked.wait()
            manager.writers[0].close()
            with pytest.raises(NotPlayable, match="no answer to the action Ping: Asterisk has closed"):
                await waiting
            with pytest.raises(NotPlayable, match="the action Ping cannot be sent: Asterisk has closed"):
                await acting.send({"Action": "Ping"}, action_id="2c", within=60)
            await asyncio.sleep(2.2)  # after which panoramisk by itself would connect again
        assert manager.connections == 1

    run(test())


def test_a_port_on_which_nobody_listens_is_named() -> None:
    async def test() -> None:
        server = await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        server.close()
        await Driver.connect(There(port), tee=lambda _: None)

    with pytest.raises(LabError, match=r"no manager answers at 127.0.0.1"):
        run(test())
