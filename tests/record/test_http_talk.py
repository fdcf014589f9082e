"""What passes between a program and ARI, read: requests, responses, events, and whatever is none of these."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsproto.connection import Connection, ConnectionType
from wsproto.events import CloseConnection, Ping, TextMessage

from harness.record.http_talk import HttpTalk
from harness.record.said import LONGEST, Said

HOST = b"Host: 127.0.0.1:8088\r\n"
ANSWER = b"POST /ari/channels/c1/answer?api_key=a%3Ab HTTP/1.1\r\n" + HOST + b"Content-Length: 0\r\n\r\n"
NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"
UPGRADE = (
    b"GET /ari/events?app=x HTTP/1.1\r\n" + HOST + b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
SWITCHED = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
START = {"type": "StasisStart", "args": ["line"], "channel": {"id": "c1", "caller": {"name": "Ann"}}}

Turns = Iterable[tuple[str, bytes]]


def heard(turns: Turns) -> list[Said]:
    talk = HttpTalk()
    return [said for way, piece in turns for said in talk.feed(way, piece)]


def pieces(turns: Turns, size: int) -> list[tuple[str, bytes]]:
    return [(way, data[at : at + size]) for way, data in turns for at in range(0, len(data), size)]


def frames(*events: TextMessage | Ping | CloseConnection) -> bytes:
    asterisk = Connection(ConnectionType.SERVER)
    return b"".join(asterisk.send(event) for event in events)


def body(value: object) -> bytes:
    text = json.dumps(value).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(text), text)


@pytest.mark.parametrize("size", [1, 7, 4096])
def test_requests_and_responses_come_in_any_pieces(size: int) -> None:
    turns = [(">", ANSWER), ("<", NO_CONTENT), (">", ANSWER), ("<", body({"id": "c1", "state": "Up"}))]
    said = heard(pieces(turns, size))
    assert [one.kind for one in said] == ["request", "response", "request", "response"]
    assert said[0].headers[0] == ("Request", "POST /ari/channels/c1/answer")
    assert said[0].ids == ("c1",)
    assert dict(said[1].headers) == {"Request": "POST /ari/channels/c1/answer", "Status": "204"}
    assert dict(said[3].headers)["Body"] == '{"id": "c1", "state": "Up"}'
    assert said[3].ids == ("c1",)
    assert (said[0].refers, said[1].refers) == ("request 1", "request 1")
    assert "a:b" not in said[0].raw("desk", "ari")


def test_requests_may_come_before_the_first_is_answered() -> None:
    said = heard([(">", ANSWER + ANSWER.replace(b"c1", b"c2")), ("<", NO_CONTENT + NO_CONTENT)])
    assert [one.refers for one in said] == ["request 1", "request 2", "request 1", "request 2"]


@pytest.mark.parametrize("size", [1, 5, 4096])
def test_events_come_after_the_upgrade_even_in_its_piece(size: int) -> None:
    events = frames(TextMessage(json.dumps(START)), Ping(), CloseConnection(1000))
    turns = [(">", UPGRADE), ("<", SWITCHED + events)]
    said = heard(pieces(turns, size))
    assert [one.kind for one in said] == ["request", "response", "event", "ping", "close"]
    assert said[2].headers == (("Type", "StasisStart"), ("Body", json.dumps(START)))
    assert said[2].ids == ("c1",)


def test_an_event_in_several_frames_is_one() -> None:
    text = json.dumps(START)
    halves = frames(TextMessage(text[:20], message_finished=False), TextMessage(text[20:]))
    assert [one.kind for one in heard([(">", UPGRADE), ("<", SWITCHED + halves)])][2:] == ["event"]


def test_a_socket_closed_in_mid_event_is_told() -> None:
    talk = HttpTalk()
    whole = frames(TextMessage(json.dumps(START), message_finished=False))
    for way, piece in ((">", UPGRADE), ("<", SWITCHED + whole)):
        list(talk.feed(way, piece))
    assert [dict(one.headers)["Problem"] for one in talk.end("<", "")] == ["the connection ended within an event"]


def test_a_response_cut_off_is_told() -> None:
    talk = HttpTalk()
    list(talk.feed(">", ANSWER))
    list(talk.feed("<", body({"id": "c1"})[:-3]))
    (said,) = talk.end("<", "")
    assert said.kind == "broken"


def test_a_body_without_a_length_ends_with_the_connection() -> None:
    talk = HttpTalk()
    list(talk.feed(">", ANSWER))
    list(talk.feed("<", b'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{"id": "c1"}'))
    (said,) = talk.end("<", "")
    assert dict(said.headers)["Body"] == '{"id": "c1"}'


@pytest.mark.parametrize(
    "turns",
    [
        [(">", b"\x16\x03\x01 this is TLS\r\n\r\n")],
        [(">", b"GET / HTTP/1.1\r\nX: " + b"a" * 10_000_000)],
        [("<", NO_CONTENT)],
        [(">", ANSWER), ("<", b"HTTP/1.1 ???\r\n\r\n")],
        [(">", UPGRADE), ("<", SWITCHED + b"\xff\xff\xff")],
        [(">", UPGRADE), ("<", SWITCHED + frames(TextMessage("x")).replace(b"x", b"\xff"))],
    ],
    ids=["tls", "header-of-10-MB", "response-to-nothing", "no-status", "no-frame", "invalid-utf-8"],
)
def test_what_is_no_http_is_said_to_be_none(turns: Turns) -> None:
    said = heard(turns)
    assert said[-1].kind == "broken"
    assert said[-1].headers[0][1].startswith("not what the protocol allows")
    assert len(said[-1].raw("desk", "ari")) < 10_000


def test_a_huge_event_and_a_huge_body_are_not_kept() -> None:
    huge = "x" * (2 * LONGEST)
    event = heard([(">", UPGRADE), ("<", SWITCHED + frames(TextMessage(huge)))])[-1]
    response = heard([(">", ANSWER), ("<", body(huge))])[-1]
    assert event.kind == "broken"
    assert dict(response.headers)["Text"] == f"({2 * LONGEST + 2} bytes)"


@given(st.lists(st.tuples(st.sampled_from("<>"), st.binary(max_size=40)), max_size=8), st.booleans())
def test_nothing_that_comes_raises(turns: list[tuple[str, bytes]], upgraded: bool) -> None:
    talk = HttpTalk()
    begin = [(">", UPGRADE), ("<", SWITCHED)] if upgraded else []
    for way, piece in [*begin, *turns]:
        if piece:
            list(talk.feed(way, piece))
    for way in "<>":
        list(talk.end(way, ""))


def test_json_is_kept_in_one_line_as_it_is() -> None:
    pretty = b'{\r\n  "name": "a\\"b\\nc"\r\n}'
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(pretty)
    raw = heard([(">", ANSWER), ("<", head + pretty)])[1].raw("desk", "ari")
    assert raw.endswith('Body: {   "name": "a\\"b\\nc" }\r\n')


def test_what_is_no_json_is_kept_as_text() -> None:
    head = b"HTTP/1.1 400 Bad\r\nContent-Length: 100000\r\n\r\n"
    said = heard([(">", ANSWER), ("<", head + b"[" * 100_000)])[1]
    assert dict(said.headers)["Text"].endswith("... (100000 characters)")
