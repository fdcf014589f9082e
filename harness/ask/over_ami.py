"""Asks the command line of an instance through its manager interface: one connection, all questions at once.

A program started in the container costs ten milliseconds a question; a site with hundreds of endpoints has
hundreds of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Protocol

from harness.ask.ask import Ask, Runs
from harness.model import Headers
from harness.model.reachable import Reachable

__all__ = ["AmiAsk", "Manages"]

_SECONDS = 30.0
_LINE = 1 << 20


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
            reader, writer = await asyncio.open_connection(manager.address, manager.ami_port, limit=_LINE)
            try:
                writer.write(
                    _action("login", "Login", f"Username: {manager.username}", f"Secret: {manager.secret}")
                )
                for number, fields in enumerate(actions):
                    headers = (f"{name}: {value}" for name, value in fields.items() if name != "Action")
                    writer.write(_action(str(number), fields["Action"], *headers))
                writer.write(_action("end", "Ping"))  # answered when all before it have been
                return await _answers(reader, len(actions))
            finally:
                writer.close()


def _response(answer: tuple[Headers, ...]) -> Headers:
    return answer[0] if answer else ()


def _action(id_: str, name: str, *headers: str) -> bytes:
    events = ("Events: off",) if name == "Login" else ()
    return "\r\n".join((f"Action: {name}", f"ActionID: {id_}", *events, *headers, "", "")).encode()


async def _answers(reader: asyncio.StreamReader, wanted: int) -> tuple[tuple[Headers, ...], ...]:
    answers: dict[int, list[Headers]] = {number: [] for number in range(wanted)}
    await reader.readline()  # the greeting has no empty line after it
    while True:
        headers = tuple(_header(line) for line in await _message(reader))
        id_ = next((value for name, value in headers if name == "ActionID"), "")
        if id_ == "login" and ("Response", "Success") not in headers:
            raise ConnectionRefusedError("the manager interface refuses the login")
        if id_ == "end":
            return tuple(tuple(answers[number]) for number in range(wanted))
        if id_.isdigit():
            answers[int(id_)].append(headers)


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name, value.removeprefix(" ")


async def _message(reader: asyncio.StreamReader) -> list[str]:
    lines: list[str] = []
    while text := await reader.readline():
        line = text.decode(errors="replace").removesuffix("\n").removesuffix("\r")
        if not line:
            return lines
        lines.append(line)
    raise ConnectionResetError("the manager interface hung up")
