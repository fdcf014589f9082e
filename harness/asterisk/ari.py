"""ARI on the wire: bodies that are JSON with their leaves, events, and the ids of things that they name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import cast

import msgspec

from harness.model import AriEvent, Headers, Json, text_of

__all__ = ["body_bytes", "ids_in", "leaves", "read_body", "read_event"]

# Keys of a body whose values say whose it is. A URI has the kind of thing before its id.
_IDS = frozenset({"id", "linkedid", "channels"})
_URIS = frozenset({"target_uri"})
_DEEPEST = 100


def read_body(data: bytes) -> tuple[Json, bytes]:
    """A body, and the bytes of it where those are not what `body_bytes` makes of it.

    What is no JSON is a text, and so is JSON of a depth that no Asterisk sends: to walk it is safe everywhere.
    """
    try:
        body = cast(Json, msgspec.json.decode(data)) if data else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        body = text_of(data)[0]
    if data.count(b"[") + data.count(b"{") > _DEEPEST and _depth(body) > _DEEPEST:
        body = text_of(data)[0]
    return body, b"" if body_bytes(body, b"") == data else data


def _depth(body: Json) -> int:
    depth, level = 0, [body]
    while level:
        depth += 1
        containers = [one for one in level if isinstance(one, dict | list)]
        level = [part for one in containers for part in (one.values() if isinstance(one, dict) else one)]
    return depth


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


def leaves(value: Json, name: str = "") -> Headers:
    """Leaves by the way that leads to them (`channel.caller.number`, `channels[0].id`), in the document's order.

    An empty list or object is a leaf, as `[]` or `{}`. Numbers, true, false and null are written as in JSON, and
    so is a text that would look like one of them.
    """
    return tuple(_leaves(value, name))


def _leaves(value: Json, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for key, part in value.items():
            yield from _leaves(part, f"{name}.{key}" if name else key)
    elif isinstance(value, list) and value:
        for number, part in enumerate(value):
            yield from _leaves(part, f"{name}[{number}]")
    else:
        yield name, _text(value)


def _text(value: Json) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    try:
        json.loads(value)
    except ValueError:
        return value
    return json.dumps(value)
