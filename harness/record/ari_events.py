"""Listening to ARI: the events of one Stasis application, as they come over its WebSocket."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from urllib.parse import urlencode

import websocket

from harness.asterisk.ari import read_event
from harness.errors import NotPlayable
from harness.lab import Instance
from harness.model import AriEvent

__all__ = ["AriEvents", "close_all"]

_SECONDS = 10.0
_ENDING = 2.0


class AriEvents:
    """One application's events, handed to the event loop one by one. A thread reads them."""

    def __init__(self, connection: websocket.WebSocket, take: Callable[[AriEvent], None]) -> None:
        self._connection = connection
        self._take = take
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._read, name="ari events", daemon=True)
        self._thread.start()

    @classmethod
    async def connect(cls, instance: Instance, *, application: str, take: Callable[[AriEvent], None]) -> AriEvents:
        """Be the application from now on. `take` is given each event, `at` by the monotonic clock.

        Raises NotPlayable.
        """
        query = urlencode({"app": application, "api_key": f"{instance.username}:{instance.secret}"})
        url = f"ws://{instance.web}/ari/events?{query}"
        try:
            connection = await asyncio.to_thread(
                websocket.create_connection,
                url,
                timeout=_SECONDS,
                suppress_origin=True,  # Asterisk refuses origins that ari.conf does not name
                skip_utf8_validation=True,  # bytes that are no text end no connection
            )
        except (OSError, websocket.WebSocketException) as problem:
            raise NotPlayable(f"ARI does not let the application {application} in: {_reason(problem)}") from None
        connection.settimeout(None)
        return cls(connection, take)

    def end(self) -> None:
        """Have who reads stop: to close the connection would not wake him."""
        if self._connection.sock is not None:
            with suppress(OSError):  # it has ended by itself
                self._connection.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of the connection once nobody reads any more."""
        self._thread.join(timeout=_ENDING)
        with suppress(OSError, websocket.WebSocketException):
            self._connection.shutdown()  # type: ignore[no-untyped-call] # websocket-client has half its types

    def _read(self) -> None:
        with suppress(OSError, websocket.WebSocketException, RuntimeError):  # closed on either side
            while True:
                kind, data = self._connection.recv_data()
                if kind == websocket.ABNF.OPCODE_CLOSE:
                    return
                self._loop.call_soon_threadsafe(self._take, read_event(bytes(data), time.monotonic()))


def close_all(listening: Sequence[AriEvents]) -> None:
    """Stop listening to all of them at once."""
    for one in listening:
        one.end()
    for one in listening:
        one.close()


def _reason(problem: Exception) -> str:
    status = getattr(problem, "status_code", None)
    return f"it answers {status}" if status else str(problem) or type(problem).__name__
