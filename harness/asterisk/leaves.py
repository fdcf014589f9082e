"""A JSON value as its leaves, each by the way that leads to it: `channel.caller.number`, `channels[0].id`."""

from __future__ import annotations

import json
from collections.abc import Iterator

from harness.model import Headers, Json

__all__ = ["leaves"]


def leaves(value: Json, name: str = "") -> Headers:
    """Names and values in the order of the document. An empty list or object is a leaf, as `[]` or `{}`.

    Numbers, true, false and null are written as in JSON, and so is a text that would look like one of them.
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
