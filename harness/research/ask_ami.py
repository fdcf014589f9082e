"""Asks the command line of an instance through its manager interface: one connection, all questions at once.

A program started in the container costs ten milliseconds a question; a site with hundreds of endpoints has
hundreds of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from harness.research.ask import ContainerAsk, Runs

__all__ = ["AmiAsk", "Manages"]

_SECONDS = 30.0
_LINE = 1 << 20


class Manages(Runs, Protocol):
    """What is needed of an instance: where its manager interface is, and who may log in."""

    @property
    def address(self) -> str: ...
    @property
    def ami_port(self) -> int: ...
    @property
    def username(self) -> str: ...
    @property
    def secret(self) -> str: ...


class AmiAsk(ContainerAsk):
    """Commands through AMI, files through the engine. OSError (also TimeoutError) when AMI does not answer."""

    def __init__(self, instance: Manages) -> None:
        super().__init__(instance)
        self._manager = instance

    async def cli(self, commands: Sequence[str]) -> tuple[str, ...]:
        """What each command prints, in the order asked."""
        async with asyncio.timeout(_SECONDS):
            manager = self._manager
            reader, writer = await asyncio.open_connection(manager.address, manager.ami_port, limit=_LINE)
            try:
                writer.write(
                    _action("login", "Login", f"Username: {manager.username}", f"Secret: {manager.secret}")
                )
                for number, command in enumerate(commands):
                    writer.write(_action(str(number), "Command", f"Command: {command}"))
                return await _answers(reader, len(commands))
            finally:
                writer.close()


def _action(id_: str, name: str, *headers: str) -> bytes:
    events = ("Events: off",) if name == "Login" else ()
    return "\r\n".join((f"Action: {name}", f"ActionID: {id_}", *events, *headers, "", "")).encode()


async def _answers(reader: asyncio.StreamReader, wanted: int) -> tuple[str, ...]:
    answers: dict[int, str] = {}
    await reader.readline()  # the greeting has no empty line after it
    while len(answers) < wanted:
        lines = await _message(reader)
        id_ = next((line[10:] for line in lines if line.startswith("ActionID: ")), "")
        if id_ == "login" and "Response: Success" not in lines:
            raise ConnectionRefusedError("the manager interface refuses the login")
        if id_.isdigit():
            answers[int(id_)] = "".join(f"{line[8:]}\n" for line in lines if line.startswith("Output: "))
    return tuple(answers[number] for number in range(wanted))


async def _message(reader: asyncio.StreamReader) -> list[str]:
    lines: list[str] = []
    while text := await reader.readline():
        line = text.decode(errors="replace").removesuffix("\n").removesuffix("\r")
        if not line:
            return lines
        lines.append(line)
    raise ConnectionResetError("the manager interface hung up")
