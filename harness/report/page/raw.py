"""An observation as it was said on its own interface: AMI's headers, a line of the log, of AGI, HTTP's. Pure.

What a run keeps has its secrets masked already (`asterisk.secrets`); nothing is read but that.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from harness.model import (
    AgiLine,
    AmiPacket,
    AppSaid,
    AriAnswer,
    AriEvent,
    AriRequest,
    Headers,
    Json,
    LogLine,
    Playback,
    Seen,
)

__all__ = ["raw_text"]


def raw_text(seen: Seen) -> str:
    """The text of an observation, in lines."""
    match seen:
        case AmiPacket():
            return _headers(seen.headers)
        case LogLine():
            source = f" {seen.file}:{seen.line} {seen.function}" if seen.file else ""
            return f"{seen.level}{f'[{seen.call_id}]' if seen.call_id else ''}{source}: {seen.message}"
        case Playback():
            return f"Asterisk's log: <{seen.channel}> Playing '{seen.sound}' (language '{seen.language}')"
        case AgiLine():
            return f"AGI {'Tx' if seen.who == 'asterisk' else 'Rx'} ({seen.channel}): {seen.line}"
        case AriRequest():
            query = "?" * bool(seen.query) + "&".join(f"{name}={value}" for name, value in seen.query)
            return _lines(f"{seen.method} {seen.path}{query}", *_http(seen.headers, seen.body))
        case AriAnswer():
            head = f"{seen.to}: {seen.status or 'not sent'} {seen.problem}".rstrip()
            return _lines(head, *_http(seen.headers, seen.body))
        case AriEvent():
            return _lines(f"{seen.kind} to {seen.application}", _json(seen.body))
        case AppSaid():
            said = (raw_text(seen.said),) if seen.said else ()
            return _lines(f"{seen.app}, {seen.interface} {seen.kind}", *said, _headers(seen.details))
        case _:
            name = getattr(seen, "name", "") or getattr(seen, "path", "") or getattr(seen, "app", "")
            return _lines(f"{getattr(seen, 'kind', '')} {name}".strip(), _headers(seen.details))


def _http(headers: Headers, body: Json) -> Iterable[str]:
    return _headers(headers), _json(body)


def _json(body: Json) -> str:
    if body is None or body == "":
        return ""
    return body if isinstance(body, str) else msgspec.json.format(msgspec.json.encode(body), indent=2).decode()


def _headers(headers: Headers) -> str:
    return "\n".join(f"{name}: {value}" for name, value in headers)


def _lines(*parts: str) -> str:
    return "\n".join(filter(None, parts))
