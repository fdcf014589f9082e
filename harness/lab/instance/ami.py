"""The few words of AMI that the lab itself speaks: is it booted, does it answer. Blocking, with a deadline.

Driving and recording have connections of their own; this one asks one question and hangs up.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.asterisk.ami import Splitter, packet_bytes, read_packet
from harness.model import AmiPacket, Headers

if TYPE_CHECKING:
    from harness.lab.instance.instance import Instance

__all__ = ["answers_ping", "is_fully_booted"]


def is_fully_booted(instance: Instance, *, within: float) -> bool:
    """Whether Asterisk says FullyBooted within so many seconds."""
    return _has_sent(("Event", "FullyBooted"), instance, within, _login(instance, "system"))


def answers_ping(instance: Instance, *, within: float) -> bool:
    """Whether Asterisk takes a login and answers a Ping within so many seconds."""
    ping = (("Action", "Ping"), ("ActionID", "harness-ping"))
    return _has_sent(("Ping", "Pong"), instance, within, _login(instance, "off"), ping)


def _login(instance: Instance, events: str) -> Headers:
    return (("Action", "Login"), ("Username", instance.username), ("Secret", instance.secret), ("Events", events))


def _has_sent(header: tuple[str, str], instance: Instance, within: float, *actions: Headers) -> bool:
    """Whether a packet with that header comes before Asterisk hangs up, refuses the login or says nothing more."""
    try:
        with socket.create_connection(instance.ami, timeout=within) as connection:
            for action in actions:
                connection.sendall(packet_bytes(AmiPacket(0.0, action)) + b"\r\n\r\n")
            for packet in _packets(connection):
                if header in packet.headers:
                    return True
                if packet.get("Message") == "Authentication failed":
                    return False
    except OSError:  # nothing listens, or nothing comes in time
        return False
    return False


def _packets(connection: socket.socket) -> Iterator[AmiPacket]:
    whole: list[bytes] = []
    splitter = Splitter(whole.append)
    while data := connection.recv(65536):
        splitter.feed(data)
        yield from map(read_packet, whole)
        whole.clear()
