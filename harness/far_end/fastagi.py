"""FastAGI as the site's server would serve it: Asterisk asks for a script, a scenario says what the script does.

Each conversation has a thread of its own, in which pyst2 speaks with Asterisk.
"""

from __future__ import annotations

import asyncio
import io
import queue
import socket
import socketserver
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import TextIO
from urllib.parse import urlsplit

from asterisk import agi as pyst2

from harness.errors import LabError, ScenarioError, reason_of
from harness.lab.engine.reach import DIRECT, Reach
from harness.lab.instance.overlay import AGI_PORT

__all__ = ["FAST_AGI_PORT", "AgiAnswer", "Conversation", "FastAgiServer"]

FAST_AGI_PORT = AGI_PORT
_SILENCE = 60.0
_ENVIRONMENT = 10.0
_MOST_AT_ONCE = 1024


@dataclass(frozen=True, slots=True)
class AgiAnswer:
    """What Asterisk answers: `code` (200; 510 unknown, 511 dead channel, 520 usage), `result` and `data`."""

    code: int
    result: str = ""
    data: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (str(self.code), self.result and f"result={self.result}", self.data)))


class Conversation:
    """One script that Asterisk asked for. Commands are sent one at a time; it ends when `end` is called.

    `environment` is what Asterisk told at the start (`agi_uniqueid`, ...), `script` the path of the address that
    the dialplan names (`lookup` of `agi://server/lookup?id=7`).
    """

    def __init__(self, script: _AgiConnection) -> None:
        self.environment: dict[str, str] = dict(script.env)
        self.script = urlsplit(self.environment.get("agi_request", "")).path.strip("/")
        self._pyst2 = script
        self._commands: queue.SimpleQueue[tuple[str, Future[AgiAnswer]] | None] = queue.SimpleQueue()
        self._has_ended = False

    async def command(self, command: str) -> AgiAnswer:
        """Send a command; what is answered. Raises ScenarioError when Asterisk has ended the conversation."""
        if self._has_ended:
            raise ScenarioError(f"AGI: the conversation is over, {command!r} cannot be said")
        answer: Future[AgiAnswer] = Future()
        answer.set_running_or_notify_cancel()  # who waits may give up; Asterisk answers all the same
        self._commands.put((command, answer))
        return await asyncio.wrap_future(answer)

    def end(self) -> None:
        """The script ends: the dialplan goes on. May be called again."""
        if not self._has_ended:
            self._has_ended = True
            self._commands.put(None)

    def serve(self) -> None:
        """Speak until the end; in the conversation's own thread."""
        while (entry := self._commands.get()) is not None:
            command, answer = entry
            try:
                answer.set_result(self._pyst2.execute(command))
            except (OSError, ValueError, pyst2.AGIException) as problem:
                self._has_ended = True
                reason = problem or "Asterisk closed the connection"
                answer.set_exception(ScenarioError(f"AGI: no answer to {command!r}: {reason}"))
                return


class FastAgiServer:
    """Listens where the lab's instances find it, and hands each conversation on by the address of who asks."""

    def __init__(self, address: str, take: Callable[[str, Conversation], None], reach: Reach = DIRECT) -> None:
        """Listen. `take` is called in the event loop. Raises LabError when the address cannot be had."""
        loop = asyncio.get_running_loop()
        elsewhere = reach.serves()
        open_now: set[socket.socket] = set()

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                connection: socket.socket = self.request
                open_now.add(connection)
                try:
                    connection.settimeout(_ENVIRONMENT)
                    lines = connection.makefile("rw", encoding="utf-8", errors="surrogateescape", newline="\n")
                    with lines as stream, suppress(OSError, ValueError, RuntimeError):
                        asker = stream.readline().split()[2] if elsewhere else self.client_address[0]
                        conversation = Conversation(_AgiConnection(stream))
                        connection.settimeout(_SILENCE)
                        loop.call_soon_threadsafe(take, asker, conversation)
                        conversation.serve()
                finally:
                    open_now.discard(connection)

        self._open = open_now
        try:
            self._server = _Server(elsewhere or (address, FAST_AGI_PORT), Handler)
        except OSError as problem:
            raise LabError(
                f"nobody can listen for FastAGI at {address}:{FAST_AGI_PORT}: {reason_of(problem)}"
            ) from problem
        threading.Thread(target=self._server.serve_forever, name="fastagi", daemon=True).start()
        listens: tuple[str, int] = self._server.socket.getsockname()
        reach.bring(FAST_AGI_PORT, listens)

    def close(self) -> None:
        """Stop listening, and end what is open."""
        self._server.socket.shutdown(socket.SHUT_RDWR)  # wakes who listens, who would look only now and then
        self._server.shutdown()
        self._server.server_close()
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = _MOST_AT_ONCE


class _AgiConnection(pyst2.AGI):  # type: ignore[misc] # pyst2 has no types
    """pyst2's script over a connection, without its signal handler and what it writes to stderr."""

    def __init__(self, stream: TextIO) -> None:
        self.stdin = _WithoutHangup(stream)
        self.stdout = stream
        self.stderr = _Nowhere()
        self._got_sighup = False
        self.env: dict[str, str] = {}
        self._get_agi_env()

    def execute(self, command: str) -> AgiAnswer:
        """Send a command and read the answer. Raises OSError, ValueError when the connection has ended."""
        self.send_command(command)
        try:
            answer = self.get_result()
        except pyst2.AGIResultHangup:
            return AgiAnswer(200, "-1", "(hangup)")
        except pyst2.AGIAppError:
            return AgiAnswer(200, "-1")
        except pyst2.AGIInvalidCommand as problem:
            return AgiAnswer(510, data=str(problem))
        except pyst2.AGIUsageError as problem:
            return AgiAnswer(520, data=str(problem).partition("\n")[0])
        except pyst2.AGIUnknownError as problem:
            return AgiAnswer(int(problem.args[0]))
        result, data = answer["result"]
        return AgiAnswer(200, result, f"({data})" if data else "")


class _WithoutHangup:
    """What comes from Asterisk, without the `HANGUP` that may come between command and answer."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def readline(self) -> str:
        line = self._stream.readline()
        if line == "HANGUP\n":
            line = self._stream.readline()
        if not line.endswith("\n"):
            raise ConnectionResetError("Asterisk closed the connection")
        return line


class _Nowhere(io.TextIOBase):
    def write(self, text: str) -> int:
        return len(text)
