"""AMI on the wire: a packet is lines `Header: value` that end in CRLF. A value may hold anything else."""

from __future__ import annotations

from collections.abc import Iterable

from harness.model import AmiPacket, Headers, text_of

__all__ = ["headers_of", "packet_bytes", "read_packet"]

_END = "\r\n"


def read_packet(data: bytes, at: float = 0.0) -> AmiPacket:
    """The packet that these bytes are, without the empty line that ends it. Nothing in them is lost."""
    headers = headers_of(text_of(data)[0])
    return AmiPacket(at, headers, b"" if _as_sent(headers) == data else data)


def packet_bytes(packet: AmiPacket) -> bytes:
    """The bytes that a packet came as."""
    return packet.odd or _as_sent(packet.headers)


def headers_of(text: str) -> Headers:
    """Headers in order, repeated and empty ones kept. A line without a colon is a name without a value."""
    parts = (line.partition(":") for line in text.split(_END) if line)
    return tuple((name, value.removeprefix(" ")) for name, _, value in parts)


def _as_sent(headers: Iterable[tuple[str, str]]) -> bytes:
    return _END.join(f"{name}: {value}" for name, value in headers).encode()
