"""The few words of AMI that the lab itself speaks: is it booted, does it answer. Blocking, with a deadline.

Driving and recording have connections of their own; this one asks one question and hangs up.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["answers_ping", "is_fully_booted"]


def is_fully_booted(address: str, port: int, username: str, secret: str, *, within: float) -> bool:
    """Whether Asterisk says FullyBooted within so many seconds. OSError while nothing listens."""
    with _conversation(address, port, within) as talk:
        talk.send(Action="Login", Username=username, Secret=secret, Events="system")
        return talk.wait_for("Event: FullyBooted")


def answers_ping(address: str, port: int, username: str, secret: str, *, within: float) -> bool:
    """Whether Asterisk takes a login and answers a Ping within so many seconds. OSError where nothing listens."""
    with _conversation(address, port, within) as talk:
        talk.send(Action="Login", Username=username, Secret=secret, Events="off")
        talk.send(Action="Ping", ActionID="harness-ping")
        return talk.wait_for("Ping: Pong")


class _Talk:
    """Messages out, messages in."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._stream = connection.makefile("r", encoding="utf-8", errors="replace", newline="\r\n")

    def close(self) -> None:
        self._stream.close()

    def send(self, **headers: str) -> None:
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._connection.sendall(f"{lines}\r\n".encode())

    def wait_for(self, line: str) -> bool:
        try:
            return bool(self.message_with(line))
        except TimeoutError:
            return False

    def message_with(self, line: str) -> list[str]:
        """The first message with that line; empty when Asterisk hangs up or refuses the login."""
        for message in self._messages():
            if line in message:
                return message
            if "Message: Authentication failed" in message:
                return []
        return []

    def _messages(self) -> Iterator[list[str]]:
        message: list[str] = []
        for text in self._stream:
            if line := text.rstrip("\r\n"):
                message.append(line)
                continue
            yield message
            message = []


@contextmanager
def _conversation(address: str, port: int, within: float) -> Iterator[_Talk]:
    with socket.create_connection((address, port), timeout=within) as connection:
        talk = _Talk(connection)
        try:
            yield talk
        finally:
            talk.close()
