"""The few words of AMI that the lab itself speaks: is it booted, does it answer. Blocking, with a deadline.

Driving and recording have connections of their own; this one asks one question and hangs up.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator

from harness.asterisk.ami import Splitter, packet_bytes, read_packet
from harness.model import AmiPacket

__all__ = ["answers_ping", "is_fully_booted"]


def is_fully_booted(address: str, port: int, username: str, secret: str, *, within: float) -> bool:
    """Whether Asterisk says FullyBooted within so many seconds. OSError while nothing listens."""
    with socket.create_connection((address, port), timeout=within) as connection:
        _send(connection, Action="Login", Username=username, Secret=secret, Events="system")
        return _is_told(connection, "Event", "FullyBooted")


def answers_ping(address: str, port: int, username: str, secret: str, *, within: float) -> bool:
    """Whether Asterisk takes a login and answers a Ping within so many seconds. OSError where nothing listens."""
    with socket.create_connection((address, port), timeout=within) as connection:
        _send(connection, Action="Login", Username=username, Secret=secret, Events="off")
        _send(connection, Action="Ping", ActionID="harness-ping")
        return _is_told(connection, "Ping", "Pong")


def _send(connection: socket.socket, **headers: str) -> None:
    connection.sendall(packet_bytes(AmiPacket(0.0, tuple(headers.items()))) + b"\r\n\r\n")


def _is_told(connection: socket.socket, name: str, value: str) -> bool:
    """Whether a packet with that header comes before Asterisk hangs up, refuses the login or says nothing more."""
    try:
        for packet in _packets(connection):
            if packet.get(name) == value:
                return True
            if packet.get("Message") == "Authentication failed":
                return False
    except TimeoutError:
        return False
    return False


def _packets(connection: socket.socket) -> Iterator[AmiPacket]:
    whole: list[bytes] = []
    splitter = Splitter(whole.append)
    while data := connection.recv(65536):
        splitter.feed(data)
        yield from map(read_packet, whole)
        whole.clear()
