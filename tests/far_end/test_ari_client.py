"""ARI against servers that are slow, broken or hostile: what comes of it is an answer that says so."""

from __future__ import annotations

import asyncio
import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from harness.errors import NotPlayable
from harness.far_end import ari
from harness.far_end.ari import Ari
from harness.model import AriAnswer
from harness.record.ari_events import AriEvents

COMMON = {"basePath": "http://BASE/ari", "swaggerVersion": "1.1", "apiVersion": "2"}
LISTED = {**COMMON, "apis": [{"path": "/api-docs/channels.{format}", "description": ""}]}
LIST = {"httpMethod": "GET", "nickname": "list", "responseClass": "List[Channel]", "summary": ""}
DECLARED = {
    **COMMON,
    "resourcePath": "/api-docs/channels.{format}",
    "apis": [{"path": "/channels", "description": "", "operations": [LIST]}],
    "models": {},
}

Reply = Callable[[str], bytes]


def http(body: bytes, status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


@contextmanager
def serving(reply: Reply) -> Iterator[int]:
    """A server that answers the request line as `reply` says; the port."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            line = self.rfile.readline().decode()
            while header := self.rfile.readline().strip().decode():
                line += f"{header}\n"
            self.wfile.write(reply(line))

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()


def declaring(answer: bytes) -> Reply:
    """The declarations as they should be, then `answer`."""

    def reply(line: str) -> bytes:
        base = line.partition("Host: ")[2].partition("\n")[0]
        declared = LISTED if "resources.json" in line else DECLARED
        return http(json.dumps(declared).replace("BASE", base).encode()) if "api-docs" in line else answer

    return reply


def at(port: int) -> Any:
    """What ARI's clients need of an instance."""
    return SimpleNamespace(address="127.0.0.1", web=f"127.0.0.1:{port}", username="me", secret="secret")


def asked(reply: Reply, operation: str = "channels.list", /, **parameters: Any) -> AriAnswer:
    async def ask() -> AriAnswer:
        with serving(reply) as port:
            client = Ari(at(port))
            try:
                return await client.call(operation, parameters)
            finally:
                client.close()

    return asyncio.run(asyncio.wait_for(ask(), 20))


def test_an_answer_has_status_headers_and_body() -> None:
    answer = asked(declaring(http(b'[{"id": "1.1"}]')))
    assert (answer.status, answer.body, answer.odd) == (200, [{"id": "1.1"}], b'[{"id": "1.1"}]')
    assert answer.headers == (("Content-Length", "15"), ("Connection", "close"))


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (lambda _: b"", "no connection"),
        (lambda _: b"HTTP/1.1 200 OK\r\nContent-Len", "JSONDecodeError"),
        (lambda _: http(b"no JSON"), "JSONDecodeError"),
        (lambda _: http(b"[1, 2]"), ""),
        (lambda _: http(b"{}"), ""),
        (lambda _: http(b"nobody", "404 Not Found"), "404"),
    ],
    ids=["closed", "half", "no-json", "list", "empty", "404"],
)
def test_a_release_that_declares_nothing_sound_is_told(reply: Reply, problem: str) -> None:
    answer = asked(reply)
    assert answer.status == 0
    assert answer.problem.startswith("ARI does not declare its operations")
    assert problem in answer.problem


@pytest.mark.parametrize(
    ("body", "status", "problem"),
    [
        (b"", 0, "no connection"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", 0, "ChunkedEncodingError"),
        (http(b"\xff\xfe{"), 200, ""),
        (http(b"x" * 10_000_000, "500 Internal Server Error"), 500, ""),
    ],
    ids=["closed", "half", "not-utf8", "10-MB"],
)
def test_a_broken_answer_is_an_answer(body: bytes, status: int, problem: str) -> None:
    answer = asked(declaring(body))
    assert (answer.status, answer.problem) == (status, problem)
    assert (answer.body is None) == (status == 0)


def test_a_server_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ari, "_SECONDS", 0.3)
    waiting = threading.Event()

    def reply(line: str) -> bytes:
        if "api-docs" not in line:
            waiting.wait(10)
        return declaring(b"")(line)

    assert asked(reply).problem == "ReadTimeout"
    waiting.set()


def test_an_operation_that_is_not_declared_cannot_be_sent() -> None:
    assert asked(declaring(b""), "channels.fly").problem == "the release has no operation channels.fly"


def test_parameters_are_sent_whether_declared_or_not() -> None:
    lines: list[str] = []

    def reply(line: str) -> bytes:
        lines.append(line.partition("\n")[0].strip())
        return declaring(http(b"[]"))(line)

    given = {"speed": 1.5, "operation": "a b", "name": "\r\nX: y", "self": True, "many": ["x", 2], "none": None}
    assert asked(reply, **given).status == 200
    assert lines[-1].startswith(
        "GET /ari/channels?speed=1.5&operation=a+b&name=%0D%0AX%3A+y&self=true&many=x%2C2 "
    )


def test_an_application_that_is_not_let_in_is_told() -> None:
    async def test() -> None:
        with serving(lambda _: http(b"", "401 Unauthorized")) as port:
            await AriEvents.connect(at(port), application="mine", take=print)

    with pytest.raises(NotPlayable, match="does not let the application mine in: it answers 401"):
        asyncio.run(asyncio.wait_for(test(), 20))
