"""What passes between a program and ARI, read: requests, responses, events, and whatever is none of these."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsproto.connection import Connection, ConnectionType
from wsproto.events import CloseConnection, Ping, TextMessage

from harness.asterisk.ari import body_bytes
from harness.model import AriAnswer, AriEvent, AriRequest
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


def answer(said: Said) -> AriAnswer:
    assert isinstance(said.said, AriAnswer)
    return said.said


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
    request, first, second = said[0].said, answer(said[1]), answer(said[3])
    assert isinstance(request, AriRequest)
    assert (request.method, request.path) == ("POST", "/ari/channels/c1/answer")
    assert request.headers == (("Host", "127.0.0.1:8088"), ("Content-Length", "0"))
    assert said[0].ids == ("c1",)
    assert (first.to, first.status, first.body) == ("POST /ari/channels/c1/answer", 204, None)
    assert second.body == {"id": "c1", "state": "Up"}
    assert ("Content-Type", "application/json") in second.headers
    assert body_bytes(second.body, second.odd) == b'{"id": "c1", "state": "Up"}'
    assert said[3].ids == ("c1",)
    assert (said[0].refers, said[1].refers) == ("request 1", "request 1")


def test_requests_may_come_before_the_first_is_answered() -> None:
    said = heard([(">", ANSWER + ANSWER.replace(b"c1", b"c2")), ("<", NO_CONTENT + NO_CONTENT)])
    assert [one.refers for one in said] == ["request 1", "request 2", "request 1", "request 2"]


@pytest.mark.parametrize("size", [1, 5, 4096])
def test_events_come_after_the_upgrade_even_in_its_piece(size: int) -> None:
    events = frames(TextMessage(json.dumps(START)), Ping(), CloseConnection(1000))
    turns = [(">", UPGRADE), ("<", SWITCHED + events)]
    said = heard(pieces(turns, size))
    assert [one.kind for one in said] == ["request", "response", "event", "ping", "close"]
    event = said[2].said
    assert isinstance(event, AriEvent)
    assert (event.kind, event.body) == ("StasisStart", START)
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
    assert [dict(one.details)["Problem"] for one in talk.end("<", "")] == ["the connection ended within an event"]


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
    assert answer(said).body == {"id": "c1"}


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
    assert said[-1].details[0][1].startswith("not what the protocol allows")
    assert len(str(said[-1])) < 10_000


def test_a_huge_event_and_a_huge_body_are_not_kept() -> None:
    huge = "x" * (2 * LONGEST)
    event = heard([(">", UPGRADE), ("<", SWITCHED + frames(TextMessage(huge)))])[-1]
    response = heard([(">", ANSWER), ("<", body(huge))])[-1]
    assert event.kind == "broken"
    assert answer(response).body == f"({2 * LONGEST + 2} bytes)"


@given(st.lists(st.tuples(st.sampled_from("<>"), st.binary(max_size=40)), max_size=8), st.booleans())
def test_nothing_that_comes_raises(turns: list[tuple[str, bytes]], upgraded: bool) -> None:
    talk = HttpTalk()
    begin = [(">", UPGRADE), ("<", SWITCHED)] if upgraded else []
    for way, piece in [*begin, *turns]:
        if piece:
            list(talk.feed(way, piece))
    for way in "<>":
        list(talk.end(way, ""))


def test_json_is_kept_as_it_came() -> None:
    pretty = b'{\r\n  "name": "a\\"b\\nc"\r\n}'
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(pretty)
    said = answer(heard([(">", ANSWER), ("<", head + pretty)])[1])
    assert said.body == {"name": 'a"b\nc'}
    assert said.odd == pretty


def test_what_is_no_json_is_a_text() -> None:
    head = b"HTTP/1.1 400 Bad\r\nContent-Length: 100000\r\n\r\n"
    said = answer(heard([(">", ANSWER), ("<", head + b"[" * 100_000)])[1])
    assert said.body == "[" * 100_000


def test_five_megabytes_of_a_hostile_value_are_all_there() -> None:
    hostile = "\r\n\r\nHTTP/1.1 200 OK\r\nid: c9: \0" + "x" * 5_000_000
    said = heard([(">", ANSWER), ("<", body({"id": "c1", "name": hostile}))])
    assert [one.kind for one in said] == ["request", "response"]
    assert answer(said[1]).body == {"id": "c1", "name": hostile}


def test_a_target_that_path_and_query_do_not_give_back_is_kept() -> None:
    odd = ANSWER.replace(b"c1/answer?api_key=a%3Ab", b"c%2f1/answer?x=%ff")
    request = heard([(">", odd)])[0].said
    assert isinstance(request, AriRequest)
    assert (request.path, request.target) == ("/ari/channels/c/1/answer", "/ari/channels/c%2f1/answer?x=%ff")


@pytest.mark.parametrize("text", ["x", "a/", "a-", "/-", "<", "1."])
def test_what_a_hostile_text_names_is_looked_for_in_no_time(text: str) -> None:
    huge = (text * 5_000_000)[:5_000_000].encode()
    head = b"HTTP/1.1 400 Bad\r\nContent-Length: %d\r\n\r\n" % len(huge)
    begun = time.process_time()
    said = heard([(">", ANSWER), ("<", head + huge)])
    assert answer(said[1]).body == huge.decode()
    assert time.process_time() - begun < 3


def request(line: str, content: bytes = b"") -> Said:
    (said,) = heard(
        [(">", b"%b HTTP/1.1\r\n%bContent-Length: %d\r\n\r\n" % (line.encode(), HOST, len(content)) + content)]
    )
    return said


@pytest.mark.parametrize(
    ("line", "makes", "ids"),
    [
        (
            "POST /ari/channels?endpoint=PJSIP/1&channelId=desk&otherChannelId=desk2&callerId=7",
            ("desk", "desk2"),
            (),
        ),
        ("POST /ari/channels/desk?endpoint=PJSIP/1", ("desk",), ()),
        ("POST /ari/channels/create?channelId=desk&originator=c1", ("desk",), ("c1",)),
        ("POST /ari/channels/externalMedia?channelId=desk", ("desk",), ()),
        ("POST /ari/channels/c1/snoop/desk", ("desk",), ("c1",)),
        ("POST /ari/channels/c1/play?playbackId=tune", ("tune",), ("c1",)),
        ("POST /pbx/ari/bridges/b1/play/tune", ("tune",), ("b1",)),
        ("POST /ari/bridges/room", ("room",), ()),
        ("POST /ari/bridges/room/addChannel?channel=desk,desk2", (), ("room", "desk", "desk2")),
        ("POST /ari/channels/c1/redirect?endpoint=PJSIP/1", (), ("c1",)),
        ("DELETE /ari/playbacks/tune", (), ("tune",)),
        ("GET /ari/sounds/tune", (), ()),
    ],
)
def test_what_a_request_makes_is_told_from_what_it_acts_on(
    line: str, makes: tuple[str, ...], ids: tuple[str, ...]
) -> None:
    said = request(line)
    assert (said.makes, said.ids) == (makes, ids)
    assert said.starts == ""


def test_parameters_may_stand_in_the_body() -> None:
    said = request("POST /ari/channels", b'{"channelId": "desk", "originator": "c1", "variables": {"id": "x"}}')
    assert (said.makes, said.ids) == (("desk",), ("c1",))


def test_a_call_without_an_id_is_known_by_its_device() -> None:
    assert request("POST /ari/channels?endpoint=Local/9@in/n&app=x").starts == "local/9@in"


@pytest.mark.parametrize(
    ("line", "answer", "ids", "adopts"),
    [
        ("POST /ari/channels", {"id": "c1"}, ("c1",), True),
        ("GET /ari/bridges/b1", {"id": "b1", "channels": ["c1"]}, ("b1", "c1"), False),
        ("GET /ari/channels", [{"id": "c1"}, {"id": "c2"}], (), False),
        ("GET /ari/sounds/tune", {"id": "tune"}, (), False),
        ("GET /ari/applications/x", {"name": "x", "channel_ids": ["c1"]}, (), False),
    ],
)
def test_a_body_has_ids_where_it_is_a_call_s(
    line: str, answer: object, ids: tuple[str, ...], adopts: bool
) -> None:
    asked = f"{line} HTTP/1.1\r\n".encode() + HOST + b"Content-Length: 0\r\n\r\n"
    said = heard([(">", asked), ("<", body(answer))])[1]
    assert (said.ids, said.adopts) == (ids, adopts)
