"""AMI on the wire: a packet is lines `Header: value` that end in CRLF. A value may hold anything else."""

from __future__ import annotations

from collections.abc import Callable

from harness.model import AmiPacket, Headers, text_of

__all__ = ["Splitter", "headers_of", "packet_bytes", "read_packet"]

_END = "\r\n"
_PACKET_END = b"\r\n\r\n"


class Splitter:
    """Cuts a byte stream into packets, whatever way it is split into pieces.

    `sink` is given each packet without the empty line that ends it. A packet is only searched for its end in
    what is new, so that one of many megabytes costs no more than its length.
    """

    __slots__ = ("_parts", "_sink", "_tail")

    def __init__(self, sink: Callable[[bytes], None]) -> None:
        self._sink = sink
        self._parts: list[bytes] = []
        self._tail = b""

    def feed(self, data: bytes) -> None:
        """Take the next piece of the stream."""
        seam = self._tail[-3:] + data
        if _PACKET_END not in seam:
            self._parts.append(data)
            self._tail = seam[-3:]
            return
        self._parts.append(data)
        *packets, rest = b"".join(self._parts).split(_PACKET_END)
        self._parts = [rest] if rest else []
        self._tail = rest[-3:]
        for packet in packets:
            # Some events (of ConfBridge) are followed by one empty line more than others.
            if packet := packet.lstrip(b"\r\n"):
                self._sink(packet)

    @property
    def unfinished(self) -> bytes:
        """What came after the last whole packet: half a frame when the stream has ended."""
        return b"".join(self._parts)


def read_packet(data: bytes, at: float = 0.0) -> AmiPacket:
    """The packet that these bytes are, without the empty line that ends it. Nothing in them is lost."""
    text, odd = text_of(data)
    parts = [line.partition(": ") for line in text.split(_END)]
    if odd or not all([sign and ":" not in name for name, sign, _ in parts]):  # noqa: C419 # quicker
        return AmiPacket(at, headers_of(text), data)
    return AmiPacket(at, tuple([(name, value) for name, _, value in parts]))


def packet_bytes(packet: AmiPacket) -> bytes:
    """The bytes that a packet came as."""
    return packet.odd or _END.join(f"{name}: {value}" for name, value in packet.headers).encode()


def headers_of(text: str) -> Headers:
    """Headers in order, repeated and empty ones kept. A line without a colon is a name without a value."""
    parts = (line.partition(":") for line in text.split(_END) if line)
    return tuple((name, value.removeprefix(" ")) for name, _, value in parts)
