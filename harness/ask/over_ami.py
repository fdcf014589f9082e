"""Asks the command line of an instance through its manager interface: one connection, all questions at once.

A program started in the container costs ten milliseconds a question; a site with hundreds of endpoints has
hundreds of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Protocol

from harness.ask.ask import Ask, Runs
from harness.asterisk.ami import Splitter, packet_bytes, read_packet
from harness.model import AmiPacket, Headers
from harness.model.reachable import Reachable

__all__ = ["AmiAsk", "Manages"]

_SECONDS = 30.0
_PIECE = 1 << 16


class Manages(Runs, Reachable, Protocol):
    """What is needed of an instance: programs in it, and its manager interface."""


class AmiAsk(Ask):
    """Commands through AMI, files through the engine. OSError (also TimeoutError) when AMI does not answer."""

    def __init__(self, instance: Manages) -> None:
        super().__init__(instance)
        self._manager = instance

    async def cli(self, commands: Sequence[str]) -> tuple[str, ...]:
        """What each command prints, in the order asked."""
        asked = [{"Action": "Command", "Command": command} for command in commands]
        answers = await self.actions(asked)
        return tuple("".join(f"{value}\n" for name, value in _response(a) if name == "Output") for a in answers)

    async def actions(self, actions: Sequence[Mapping[str, str]]) -> tuple[tuple[Headers, ...], ...]:
        """What each action is answered: the response, then the events of its list."""
        async with asyncio.timeout(_SECONDS):
            manager = self._manager
            reader, writer = await asyncio.open_connection(manager.address, manager.ami_port)
            try:
                login = {"Username": manager.username, "Secret": manager.secret, "Events": "off"}
                writer.write(_action("login", {"Action": "Login", **login}))
                for number, fields in enumerate(actions):
                    writer.write(_action(str(number), fields))
                writer.write(_action("end", {"Action": "Ping"}))  # answered when all before it have been
                return await _answers(reader, len(actions))
            finally:
                writer.close()


def _response(answer: tuple[Headers, ...]) -> Headers:
    return answer[0] if answer else ()


def _action(id_: str, fields: Mapping[str, str]) -> bytes:
    return packet_bytes(AmiPacket(0.0, (*fields.items(), ("ActionID", id_)))) + b"\r\n\r\n"


async def _answers(reader: asyncio.StreamReader, wanted: int) -> tuple[tuple[Headers, ...], ...]:
    answers: dict[str, list[Headers]] = {str(number): [] for number in range(wanted)}
    async for packet in _packets(reader):
        id_ = packet.get("ActionID")
        if id_ == "login" and packet.get("Response") != "Success":
            raise ConnectionRefusedError("the manager interface refuses the login")
        if id_ == "end":
            return tuple(map(tuple, answers.values()))
        if id_ in answers:
            answers[id_].append(packet.headers)
    raise ConnectionResetError("the manager interface hung up")


async def _packets(reader: asyncio.StreamReader) -> AsyncIterator[AmiPacket]:
    whole: list[bytes] = []
    splitter = Splitter(whole.append)
    while data := await reader.read(_PIECE):
        splitter.feed(data)
        for packet in whole:
            yield read_packet(packet)
        whole.clear()
