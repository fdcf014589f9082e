"""ARI as a program speaks it: HTTP requests and responses, and events over a WebSocket."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import count
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import h11
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Ping, Pong, TextMessage
from wsproto.utilities import LocalProtocolError, RemoteProtocolError

from harness.asterisk.ari import ids_in as ids_in_event
from harness.asterisk.ari import ids_of, read_body, read_event
from harness.asterisk.originate import device_of
from harness.asterisk.volatile import ids_in
from harness.model import AriAnswer, AriRequest, Headers, Json, text_of
from harness.record.said import LONGEST, Said, broken

__all__ = ["HttpTalk"]

_Message = h11.Request | h11.Response | h11.InformationalResponse

_SWITCHED = 101
_FAILURES = (1002, 1007, 1009)  # of protocol, of encoding, of size: what the parser finds, or the other side says
_NAMED = re.compile(r"/(?:channels|bridges|playbacks)/(?!(?:create|externalMedia)$)([^/?]+)")
# Where a client names what is made: at the end of a path, in parameters. Others are of what is there already.
_MADE = re.compile(
    r"POST .*/(?:channels|bridges)/(?:[^/]+/(?:play|snoop)/)?(?!(?:create|externalMedia)$)([^/]+)", re.DOTALL
)
_MADE_AS = frozenset({"channelId", "otherChannelId", "bridgeId", "playbackId", "snoopId"})
_ACTED_ON = frozenset({"channel", "originator"})
_OF_A_THING = re.compile(r"\w+ .*/(?:channels|bridges|playbacks|recordings)(?:/.*)?", re.DOTALL)


class HttpTalk:
    """One connection to Asterisk's HTTP server. The program is who connected (`>`)."""

    def __init__(self) -> None:
        requests = _Requests()
        self._messages: dict[str, _Messages] = {">": requests, "<": _Responses(requests.unanswered)}
        self._sockets: dict[str, _Frames] = {}
        self._dead = False
        self._closed: set[str] = set()

    def feed(self, way: str, piece: bytes) -> Iterable[Said]:
        """Take bytes; the messages that they complete."""
        if self._dead or way in self._closed:
            return
        try:
            yield from self._feed(way, piece)
        except (h11.ProtocolError, RemoteProtocolError, LocalProtocolError, ValueError) as problem:
            self._dead = True
            yield broken(f"not what the protocol allows: {problem}", piece[:200])

    def end(self, way: str, why: str) -> Iterable[Said]:
        """A message that has no end is worth telling; a body may end with its connection."""
        if way in self._closed:
            return
        self._closed.add(way)
        if not self._dead and not self._sockets:
            try:
                yield from self._feed(way, b"")
                if self._messages[way].is_open:
                    yield broken("the connection ended within a message")
            except h11.ProtocolError as problem:
                yield broken(f"the connection ended within a message: {problem}")
        elif way in self._sockets and self._sockets[way].is_open:
            yield broken("the connection ended within an event")
        if why:
            yield broken(why)

    def _feed(self, way: str, piece: bytes) -> Iterator[Said]:
        if self._sockets:
            yield from self._sockets[way].feed(piece)
            return
        yield from self._messages[way].feed(piece)
        if (rest := self._messages["<"].switched) is not None:
            self._sockets = {"<": _Frames(ConnectionType.CLIENT), ">": _Frames(ConnectionType.SERVER)}
            yield from self._sockets["<"].feed(rest)


class _Body:
    """A body or a message as it comes, as far as it is worth keeping."""

    def __init__(self) -> None:
        self.length = 0
        self._parts: list[bytes] = []

    def add(self, data: bytes | bytearray) -> None:
        self.length += len(data)
        if self.length <= LONGEST:
            self._parts.append(bytes(data))

    @property
    def data(self) -> bytes | None:
        """All of it, None where that is too long."""
        return None if self.length > LONGEST else b"".join(self._parts)

    def read(self) -> tuple[Json, bytes]:
        """The body, and its bytes where it does not give them back."""
        return (f"({self.length} bytes)", b"") if self.data is None else read_body(self.data)


class _Messages:
    """One direction of HTTP. `switched` is what came after the answer that made it a WebSocket."""

    def __init__(self) -> None:
        self.switched: bytes | None = None
        self._parser: h11.Connection | None = None
        self._head: _Message | None = None
        self._body = _Body()

    @property
    def is_open(self) -> bool:
        return self._head is not None

    def feed(self, piece: bytes) -> Iterator[Said]:
        while piece or self._parser is not None:
            if self._parser is None:
                self._parser = self._next_parser()
            self._parser.receive_data(piece)
            while not isinstance(event := self._parser.next_event(), h11.EndOfMessage):
                if isinstance(event, h11.Data):
                    self._body.add(event.data)
                elif isinstance(event, h11.Request | h11.Response):
                    self._head, self._body = event, _Body()
                elif isinstance(event, h11.InformationalResponse) and event.status_code == _SWITCHED:
                    self.switched, _ = self._parser.trailing_data
                    yield self._message(event, None, b"")
                    return
                else:
                    return
            assert self._head is not None
            message, (piece, _) = self._head, self._parser.trailing_data
            self._head = self._parser = None
            yield self._message(message, *self._body.read())

    def _next_parser(self) -> h11.Connection:
        raise NotImplementedError

    def _message(self, message: _Message, body: Json, odd: bytes) -> Said:
        raise NotImplementedError


class _Requests(_Messages):
    """What the program asks. `unanswered` are the requests that have no response yet."""

    def __init__(self) -> None:
        super().__init__()
        self.unanswered: deque[tuple[h11.Request, str, str]] = deque()
        self._numbers = count(1)

    def _next_parser(self) -> h11.Connection:
        return h11.Connection(h11.SERVER)

    def _message(self, message: _Message, body: Json, odd: bytes) -> Said:
        assert isinstance(message, h11.Request)
        request = _request(message, body, odd)
        number = f"request {next(self._numbers)}"
        self.unanswered.append((message, f"{request.method} {request.path}", number))
        return _of_a_request(request, number)


class _Responses(_Messages):
    """What Asterisk answers."""

    def __init__(self, unanswered: deque[tuple[h11.Request, str, str]]) -> None:
        super().__init__()
        self._unanswered = unanswered
        self._request = self._number = ""

    def _next_parser(self) -> h11.Connection:
        if not self._unanswered:
            raise h11.RemoteProtocolError("a response to no request")
        request, self._request, self._number = self._unanswered.popleft()
        parser = h11.Connection(h11.CLIENT)
        # How a response ends depends on what was asked; its body is no matter.
        dropped = (b"content-length", b"transfer-encoding")
        headers = [(name, value) for name, value in request.headers if name not in dropped]
        parser.send(h11.Request(method=request.method, target=request.target, headers=headers))
        parser.send(h11.EndOfMessage())
        return parser

    def _message(self, message: _Message, body: Json, odd: bytes) -> Said:
        assert not isinstance(message, h11.Request)
        answer = AriAnswer(0.0, self._request, message.status_code, _headers(message), body, odd=odd)
        ids = tuple(ids_of(body)) if isinstance(body, dict) and _OF_A_THING.fullmatch(self._request) else ()
        return Said("response", answer, ids=ids, refers=self._number, adopts=self._request.startswith("POST "))


class _Frames:
    """One direction of a WebSocket."""

    def __init__(self, role: ConnectionType) -> None:
        self._connection = Connection(role)
        self._are_events = role is ConnectionType.CLIENT
        self._body = _Body()
        self._closed = False

    @property
    def is_open(self) -> bool:
        return bool(self._body.length)

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
                yield Said("close", details=(("Code", str(int(event.code))), ("Reason", event.reason or "")))
            elif isinstance(event, Ping | Pong):
                yield Said(type(event).__name__.lower())

    def _message(self, event: TextMessage | BytesMessage) -> Iterator[Said]:
        self._body.add(event.data.encode() if isinstance(event.data, str) else event.data)
        if not event.message_finished:
            return
        body, self._body = self._body, _Body()
        if (data := body.data) is None:
            yield broken(f"a message of {body.length} bytes")
        elif self._are_events:
            ari_event = read_event(data)
            yield Said("event", ari_event, ids=tuple(ids_in_event(ari_event.body)))
        else:
            text, odd = text_of(data)
            yield Said("message", details=(("Text", text),), odd=odd, ids=ids_in((text,)))


def _request(request: h11.Request, body: Json, odd: bytes) -> AriRequest:
    """`target` is kept where path and query would not give it back."""
    target = request.target.decode("latin-1")
    parts = urlsplit(target)
    path, query = unquote(parts.path), tuple(parse_qsl(parts.query, keep_blank_values=True))
    again = quote(path) + (f"?{urlencode(query)}" if query else "")
    method = request.method.decode("latin-1")
    return AriRequest(0.0, method, path, query, _headers(request), body, "" if again == target else target, odd)


def _headers(message: _Message) -> Headers:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in message.headers.raw_items())


def _of_a_request(said: AriRequest, number: str) -> Said:
    """What it makes, and what it acts on: ids by where they stand, or by their form in a text."""
    own = said.body.items() if isinstance(said.body, dict) else (("", said.body),)
    given = (*said.query, *((name, str(value)) for name, value in own if value is not None))
    is_post = said.method == "POST"
    made = [value for name, value in given if is_post and name in _MADE_AS]
    if in_path := _MADE.fullmatch(f"{said.method} {said.path}"):
        made.append(in_path[1])
    named = [id_ for id_ in _NAMED.findall(said.path) if id_ not in made]
    named += [id_ for name, value in given if name in _ACTED_ON for id_ in value.split(",")]
    texts = (value for name, value in given if name not in _MADE_AS | _ACTED_ON)
    called = dict(given).get("endpoint", "") if is_post and not made and not named else ""
    ids = (*named, *ids_in(texts))
    return Said("request", said, ids=ids, refers=number, makes=tuple(made), starts=device_of(called))
