"""ARI on the wire: bodies that are JSON, events, and the ids of things that they name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import msgspec

from harness.model import AriEvent, Json, text_of

__all__ = ["body_bytes", "ids_in", "read_body", "read_event"]

# Keys of a body whose values say whose it is. A URI has the kind of thing before its id.
_IDS = frozenset({"id", "linkedid", "channels"})
_URIS = frozenset({"target_uri"})


def read_body(data: bytes) -> tuple[Json, bytes]:
    """A body, and the bytes of it where those are not what `body_bytes` makes of it. What is no JSON is a text."""
    if not data:
        return None, b""
    try:
        body = cast(Json, msgspec.json.decode(data))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        body, _ = text_of(data)
    return body, b"" if msgspec.json.encode(body) == data else data


def body_bytes(body: Json, odd: bytes) -> bytes:
    """The bytes that a body came as."""
    return odd or (b"" if body is None else msgspec.json.encode(body))


def read_event(data: bytes, at: float = 0.0) -> AriEvent:
    """The event that the text of a WebSocket is."""
    body, odd = read_body(data)
    own = body if isinstance(body, dict) else {}
    return AriEvent(at, str(own.get("type", "")), str(own.get("application", "")), body, odd)


def ids_in(body: Json, key: str = "") -> Iterator[str]:
    """Ids of channels, bridges, playbacks and recordings that a body names."""
    if isinstance(body, dict):
        for name, part in body.items():
            yield from ids_in(part, name)
    elif isinstance(body, list):
        for part in body:
            yield from ids_in(part, key)
    elif isinstance(body, str) and key in _IDS:
        yield body
    elif isinstance(body, str) and key in _URIS:
        yield body.partition(":")[2]
