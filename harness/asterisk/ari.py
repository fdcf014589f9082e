"""ARI on the wire: bodies that are JSON with their leaves, events, and the ids of things that they name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import cast

import msgspec

from harness.asterisk.volatile import CHANNEL
from harness.model import AriEvent, Headers, Json, text_of

__all__ = ["body_bytes", "ids_in", "ids_made", "ids_of", "leaves", "read_body", "read_event"]

# The keys of events at which channels, bridges, playbacks and recordings stand, and the ids of some. Whatever else
# has an `id` (a sound, what a program says) or a `channel` (of the log) is no call's.
_THINGS = frozenset(
    """
    channel peer caller forwarded replace_channel bridge bridge_from playback recording transferee transfer_target
    transferer_first_leg transferer_second_leg transferer_first_leg_bridge transferer_second_leg_bridge
    destination_link_first_leg destination_link_second_leg destination_threeway_channel destination_threeway_bridge
    connected_channel destination_channel source_channel
""".split()
)
_REFERS = frozenset({"refer_to", "referred_by"})
_PLAIN = frozenset({"destination_bridge", "old_video_source_id"})
_ONE_CHANNEL = re.compile(CHANNEL)
# Names that a client may choose, by the operations that make something of them.
_MADE = {
    **dict.fromkeys(("originate", "originateWithId", "create", "createWithId", "externalMedia"),
                    ("channelId", "otherChannelId", "bridgeId")),
    **dict.fromkeys(("play", "playWithId", "snoopChannel", "snoopChannelWithId"), ("playbackId", "snoopId")),
    "record": (),
}  # fmt: skip
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


def ids_in(event: Json) -> Iterator[str]:
    """Ids of the channels, bridges, playbacks and targets of recordings that an event is about."""
    for key, part in event.items() if isinstance(event, dict) else ():
        if key in _THINGS and isinstance(part, dict):
            yield from ids_of(part)
        elif key in _REFERS:
            yield from ids_in(part)
        elif key in _PLAIN and isinstance(part, str) and part:
            yield part


def ids_of(thing: Json) -> Iterator[str]:
    """Ids (and the name) of a channel, a bridge, a playback or a recording, or of several in a list."""
    if isinstance(thing, list):
        for one in thing:
            yield from ids_of(one)
    elif isinstance(thing, dict):
        kind, _, target = str(thing.get("target_uri", "")).partition(":")
        among = thing.get("channels")
        own = [thing.get("id"), *(among if isinstance(among, list) else ()), thing.get("video_source_id")]
        own.append(target if kind in ("channel", "bridge") else "")
        own.append(name if _ONE_CHANNEL.fullmatch(name := str(thing.get("name"))) else "")
        yield from (id_ for id_ in own if isinstance(id_, str) and id_)


def ids_made(operation: str, parameters: Mapping[str, Json]) -> tuple[str, ...] | None:
    """The ids that a client chose for what an operation makes; None for an operation that makes nothing."""
    names = _MADE.get(operation.partition(".")[2])
    if names is None:
        return None
    return tuple(value for name in names if isinstance(value := parameters.get(name), str) and value)


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
