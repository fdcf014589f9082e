"""What the page unpacks on a click: JSON, deflated, as base64, which no HTML can break out of. Pure."""

from __future__ import annotations

import base64
import zlib

import msgspec

__all__ = ["pack", "unpack"]

_RAW = -zlib.MAX_WBITS  # without zlib's header: `deflate-raw` of DecompressionStream
_LEVEL = 6


def pack(value: object) -> str:
    """A value as text of `A-Z a-z 0-9 + / =` alone. A lone surrogate in it becomes its escape."""
    try:
        text = msgspec.json.encode(value)
    except UnicodeEncodeError:
        text = msgspec.json.encode(_plain(msgspec.to_builtins(value)))
    deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW)
    return base64.b64encode(deflate.compress(text) + deflate.flush()).decode("ascii")


def unpack(text: str) -> object:
    """What `pack` was given, as JSON has it."""
    return msgspec.json.decode(zlib.decompress(base64.b64decode(text), _RAW))


def _plain(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {str(_plain(name)): _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list) else value
