"""Listening to ARI: the events of one Stasis application, as they come over its WebSocket."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import cast
from urllib.parse import urlencode

import websocket

from harness.errors import NotPlayable
from harness.model import Json

__all__ = ["AriEvents", "event_raw", "ids_in"]

_SECONDS = 10.0
# Keys of a body whose values say whose it is. A URI has the kind of thing before its id.
_IDS = frozenset({"id", "linkedid", "channels"})
_URIS = frozenset({"target_uri"})


class AriEvents:
    """One application's events, handed to the event loop one by one. A thread reads them."""

    def __init__(self, connection: websocket.WebSocket, take: Callable[[str], None]) -> None:
        self._connection = connection
        self._take = take
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._read, name="ari events", daemon=True)
        self._thread.start()

    @classmethod
    async def connect(
        cls, address: str, port: int, username: str, secret: str, *, application: str, take: Callable[[str], None]
    ) -> AriEvents:
        """Be the application from now on. `take` is given the text of each event. Raises NotPlayable."""
        query = urlencode({"app": application, "api_key": f"{username}:{secret}"})
        url = f"ws://{address}:{port}/ari/events?{query}"
        try:
            connection = await asyncio.to_thread(
                websocket.create_connection,
                url,
                timeout=_SECONDS,
                suppress_origin=True,  # Asterisk refuses origins that ari.conf does not name
            )
        except (OSError, websocket.WebSocketException) as problem:
            raise NotPlayable(f"ARI does not let the application {application} in: {_reason(problem)}") from None
        connection.settimeout(None)
        return cls(connection, take)

    def close(self) -> None:
        """Stop listening."""
        with suppress(OSError, websocket.WebSocketException):
            self._connection.shutdown()  # type: ignore[no-untyped-call] # websocket-client has half its types
        self._thread.join(timeout=2)

    def _read(self) -> None:
        with suppress(
            OSError, websocket.WebSocketException, RuntimeError, UnicodeDecodeError
        ):  # closed on either side
            while True:
                text = self._connection.recv()
                if not text:
                    return
                said = text if isinstance(text, str) else text.decode("utf-8", "replace")
                self._loop.call_soon_threadsafe(self._take, said)


def event_raw(text: str) -> str:
    """An event as headers, in the form in which traces keep it. What is no JSON is kept as it came."""
    body = _object(text)
    line = " ".join(text.splitlines())
    kind, application = str(body.get("type", "")), str(body.get("application", ""))
    return f"Ari: event\r\nType: {kind}\r\nApplication: {application}\r\nBody: {line}\r\n"


def ids_in(text: str) -> Iterator[str]:
    """Ids of channels, bridges, playbacks and recordings that a body names."""
    yield from _ids(_object(text))


def _object(text: str) -> dict[str, Json]:
    try:
        body = json.loads(text)
    except ValueError:
        return {}
    return cast("dict[str, Json]", body) if isinstance(body, dict) else {}


def _ids(value: Json, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _ids(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from _ids(part, key)
    elif isinstance(value, str) and key in _IDS:
        yield value
    elif isinstance(value, str) and key in _URIS:
        yield value.partition(":")[2]


def _reason(problem: Exception) -> str:
    status = getattr(problem, "status_code", None)
    return f"it answers {status}" if status else str(problem) or type(problem).__name__
