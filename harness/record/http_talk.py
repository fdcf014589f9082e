"""ARI as a program speaks it: HTTP requests and responses, and events over a WebSocket."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import count
from urllib.parse import parse_qsl, unquote, urlsplit

import h11
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Ping, Pong, TextMessage
from wsproto.utilities import LocalProtocolError, RemoteProtocolError

from harness.model import Headers
from harness.record.ari_events import ids_in as body_ids
from harness.record.said import LONGEST, Said, broken, ids_in, shortened

__all__ = ["HttpTalk"]

_SWITCHED = 101
_FAILURES = (1002, 1007, 1009)  # of protocol, of encoding, of size: what the parser finds, or the other side says
_NAMED = re.compile(r"/(?:channels|bridges|playbacks)/(?!create$)([^/?]+)")


class HttpTalk:
    """One connection to Asterisk's HTTP server. The program is who connected (`>`)."""

    def __init__(self) -> None:
        self._requests = _Requests()
        self._responses = _Responses(self._requests.asked)
        self._sockets: dict[str, _Frames] = {}
        self._dead = False
        self._ended: set[str] = set()

    def feed(self, way: str, piece: bytes) -> Iterable[Said]:
        """Take bytes; the messages that they complete."""
        if self._dead or way in self._ended:
            return
        try:
            yield from self._feed(way, piece)
        except (h11.ProtocolError, RemoteProtocolError, LocalProtocolError, ValueError) as problem:
            self._dead = True
            yield broken(f"not what the protocol allows: {problem}", piece[:200])

    def end(self, way: str, why: str) -> Iterable[Said]:
        """A message that has no end is worth telling; a body may end with its connection."""
        if way in self._ended:
            return
        self._ended.add(way)
        if not self._dead and not self._sockets:
            try:
                yield from self._feed(way, b"")
                rest = self._requests.is_open if way == ">" else self._responses.is_open
            except h11.ProtocolError as problem:
                yield broken(f"the connection ended within a message: {problem}")
            else:
                if rest:
                    yield broken("the connection ended within a message")
        elif way in self._sockets and self._sockets[way].is_open:
            yield broken("the connection ended within an event")
        if why:
            yield broken(why)

    def _feed(self, way: str, piece: bytes) -> Iterator[Said]:
        if self._sockets:
            yield from self._sockets[way].feed(piece)
        elif way == ">":
            yield from self._requests.feed(piece)
        else:
            yield from self._responses.feed(piece)
            if self._responses.switched is not None:
                self._sockets = {"<": _Frames(ConnectionType.CLIENT), ">": _Frames(ConnectionType.SERVER)}
                yield from self._sockets["<"].feed(self._responses.switched)


class _Body:
    """A body as it comes, as far as it is worth keeping."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._length = 0

    def add(self, data: bytes) -> None:
        self._length += len(data)
        if self._length <= LONGEST:
            self._parts.append(bytes(data))

    def headers(self) -> Headers:
        if self._length > LONGEST:
            return (("Text", f"({self._length} bytes)"),)
        return _body(b"".join(self._parts).decode("utf-8", "backslashreplace"))


class _Requests:
    """What the program asks. `asked` are the requests that have no response yet."""

    def __init__(self) -> None:
        self.asked: deque[tuple[h11.Request, str, str]] = deque()
        self._numbers = count(1)
        self._parser = h11.Connection(h11.SERVER)
        self._request: h11.Request | None = None
        self._body = _Body()

    @property
    def is_open(self) -> bool:
        return self._request is not None

    def feed(self, piece: bytes) -> Iterator[Said]:
        self._parser.receive_data(piece)
        while True:
            event = self._parser.next_event()
            if isinstance(event, h11.Request):
                self._request, self._body = event, _Body()
            elif isinstance(event, h11.Data):
                self._body.add(event.data)
            elif isinstance(event, h11.EndOfMessage):
                yield self._complete()
                rest, _ = self._parser.trailing_data
                self._parser = h11.Connection(h11.SERVER)
                if not rest:
                    return
                self._parser.receive_data(rest)
            else:
                return

    def _complete(self) -> Said:
        assert self._request is not None
        request, self._request = self._request, None
        method, target = request.method.decode("latin-1"), request.target.decode("latin-1")
        parts = urlsplit(target)
        path = unquote(parts.path)
        number = f"request {next(self._numbers)}"
        self.asked.append((request, f"{method} {path}", number))
        query = tuple((f"query.{name}", value) for name, value in parse_qsl(parts.query, keep_blank_values=True))
        headers = (("Request", f"{method} {path}"), *query, *self._body.headers())
        return Said("request", headers, (*_NAMED.findall(path), *_ids(headers)), refers=number)


class _Responses:
    """What Asterisk answers. `switched` is what came after the answer that made it a WebSocket."""

    def __init__(self, asked: deque[tuple[h11.Request, str, str]]) -> None:
        self.switched: bytes | None = None
        self._asked = asked
        self._parser: h11.Connection | None = None
        self._response: h11.Response | None = None
        self._body = _Body()
        self._to = ("", "")

    @property
    def is_open(self) -> bool:
        return self._response is not None

    def feed(self, piece: bytes) -> Iterator[Said]:
        while piece or self._parser is not None:
            if self._parser is None:
                self._parser = self._next()
            self._parser.receive_data(piece)
            piece = b""
            while True:
                event = self._parser.next_event()
                if isinstance(event, h11.InformationalResponse) and event.status_code == _SWITCHED:
                    self.switched, _ = self._parser.trailing_data
                    yield self._said(event.status_code, ())
                    return
                if isinstance(event, h11.Response):
                    self._response, self._body = event, _Body()
                elif isinstance(event, h11.Data):
                    self._body.add(event.data)
                elif isinstance(event, h11.EndOfMessage):
                    assert self._response is not None
                    yield self._said(self._response.status_code, self._body.headers())
                    piece, _ = self._parser.trailing_data
                    self._response = self._parser = None
                    break
                else:
                    return

    def _next(self) -> h11.Connection:
        if not self._asked:
            raise h11.RemoteProtocolError("a response to no request")
        request, *to = self._asked.popleft()
        self._to = (to[0], to[1])
        parser = h11.Connection(h11.CLIENT)
        # How a response ends depends on what was asked; its body is no matter.
        dropped = (b"content-length", b"transfer-encoding")
        headers = [(name, value) for name, value in request.headers if name not in dropped]
        parser.send(h11.Request(method=request.method, target=request.target, headers=headers))
        parser.send(h11.EndOfMessage())
        return parser

    def _said(self, status: int, body: Headers) -> Said:
        headers = (("Request", self._to[0]), ("Status", str(status)), *body)
        return Said("response", headers, _ids(headers), refers=self._to[1])


class _Frames:
    """One direction of a WebSocket."""

    def __init__(self, role: ConnectionType) -> None:
        self._connection = Connection(role)
        self._kind = "event" if role is ConnectionType.CLIENT else "message"
        self._parts: list[str] = []
        self._length = 0
        self._closed = False

    @property
    def is_open(self) -> bool:
        return bool(self._length)

    def feed(self, piece: bytes) -> Iterator[Said]:
        if self._closed or not piece:
            return
        self._connection.receive_data(piece)
        for event in self._connection.events():
            if isinstance(event, TextMessage | BytesMessage):
                yield from self._message(event)
            elif isinstance(event, CloseConnection):
                self._closed = True
                if event.code in _FAILURES:
                    raise RemoteProtocolError(event.reason or f"closed with code {event.code}")
                yield Said("close", (("Code", str(int(event.code))), ("Reason", event.reason or "")))
            elif isinstance(event, Ping | Pong):
                yield Said(type(event).__name__.lower(), ())

    def _message(self, event: TextMessage | BytesMessage) -> Iterator[Said]:
        data = event.data if isinstance(event.data, str) else bytes(event.data).decode("utf-8", "backslashreplace")
        self._length += len(data)
        if self._length <= LONGEST:
            self._parts.append(data)
        if not event.message_finished:
            return
        text, length = "".join(self._parts), self._length
        self._parts, self._length = [], 0
        if length > LONGEST:
            yield broken(f"a message of {length} characters")
            return
        kind = _object(text).get("type", "")
        headers = (("Type", str(kind)), *_body(text)) if self._kind == "event" else _body(text)
        yield Said(self._kind, headers, _ids(headers))


def _body(text: str) -> Headers:
    """JSON in one line, which it is all the same; anything else shortened."""
    if not text.strip():
        return ()
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return (("Text", shortened(text)),)
    return (("Body", " ".join(text.splitlines())),)


def _object(text: str) -> dict[str, object]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _ids(headers: Headers) -> tuple[str, ...]:
    """Ids by where they stand in a body or query (a program may have chosen them), and by their form elsewhere."""
    found: dict[str, None] = {}
    for name, value in headers:
        if name == "Body":
            found.update(dict.fromkeys(body_ids(value)))
        elif name == "query.channelId":
            found[value] = None
        elif name != "Request":
            found.update(dict.fromkeys(ids_in((value,))))
    return tuple(found)
