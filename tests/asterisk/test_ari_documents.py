"""ARI's bodies and events: whatever comes is kept byte for byte, and only what stands where calls do is an id."""

from __future__ import annotations

import pytest

from harness.asterisk.ari import body_bytes, ids_in, ids_made, ids_of, leaves, read_body, read_event
from harness.asterisk.secrets import json_without_secrets
from harness.model import Json


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[1]", b'{"type": 7}', b'{"channel": {"id": ["x"]}}', b"\x00", b"7", b"\xff", b"null", b" 1 "]
    + [b"[" * deep + b"]" * deep for deep in (100, 101, 900, 5000, 100_000)],
    ids=lambda data: repr(data[:20]),
)
def test_an_event_of_any_shape_is_kept(data: bytes) -> None:
    event = read_event(data)
    assert body_bytes(event.body, event.odd) == data
    assert all(isinstance(id_, str) for id_ in ids_in(event.body))
    assert json_without_secrets(event.body) == event.body


def test_ids_of_channels_bridges_and_targets_are_found() -> None:
    body = {
        "channel": {"id": "1.1"},
        "bridge": {"id": "b", "channels": ["1.2"]},
        "playback": {"target_uri": "channel:1.3"},
    }
    assert list(ids_in(body)) == ["1.1", "b", "1.2", "1.3"]


@pytest.mark.parametrize(
    ("event", "ids"),
    [
        ({"channel": {"id": "1", "name": "PJSIP/1-0000002a"}, "replace_channel": {"id": "2"}},
         ["1", "PJSIP/1-0000002a", "2"]),
        ({"type": "Dial", "caller": {"id": "1"}, "peer": {"id": "2"}, "forwarded": {"id": "3"}}, ["1", "2", "3"]),
        ({"bridge": {"id": "b", "video_source_id": "1"}, "bridge_from": {"id": "c"}}, ["b", "1", "c"]),
        ({"playback": {"id": "p", "media_uri": "sound:x", "target_uri": "bridge:b"}}, ["p", "b"]),
        ({"recording": {"name": "n", "target_uri": "channel:1"}}, ["1"]),
        ({"transferer_first_leg": {"id": "1"}, "destination_bridge": "b", "is_external": False}, ["1", "b"]),
        ({"refer_to": {"connected_channel": {"id": "1"}, "bridge": {"id": "b"}}}, ["1", "b"]),
        ({"id": "x", "asterisk_id": "a", "application": "y"}, []),
        ({"sound": {"id": "tt-monkeys"}, "device_state": {"name": "Stasis:x", "id": "x"}}, []),
        ({"channel": "full", "log": {"channel": "full", "id": "x"}}, []),
        ({"message": {"id": "x", "from": "pjsip:101", "variables": {"id": "y"}}}, []),
        ({"userevent": {"channel": {"id": "y"}}, "channel": {"id": "1", "channelvars": {"id": "z"}}}, ["1"]),
        ({"peer": {"peer_status": "Reachable"}, "endpoint": {"channel_ids": ["1"], "id": "x"}}, []),
        ({"channel": {"id": ""}, "bridge": {"channels": "1"}, "playback": {"target_uri": "sound:x"}}, []),
    ],
    ids=str,
)  # fmt: skip
def test_only_what_stands_where_calls_do_is_an_id(event: dict[str, Json], ids: list[str]) -> None:
    assert list(ids_in(event)) == ids


def test_what_an_operation_makes_may_have_an_id_of_the_client_s_choice() -> None:
    given: dict[str, Json] = {"channelId": "c", "otherChannelId": "d", "playbackId": "p", "callerId": "101"}
    assert ids_made("channels.originate", given) == ("c", "d")
    assert ids_made("channels.play", given) == ("p",)
    assert ids_made("bridges.createWithId", {"bridgeId": "b"}) == ("b",)
    assert ids_made("channels.snoopChannelWithId", {"snoopId": "s", "channelId": "c"}) == ("s",)
    assert ids_made("channels.originate", {"channelId": ""}) == ()
    assert ids_made("channels.hangup", given) is ids_made("playbacks.stop", given) is ids_made("x", {}) is None


def test_numbers_and_texts_stay_apart() -> None:
    assert leaves({"a": 5, "b": "5", "c": [True, "x", None], "d": {}}) == (
        ("a", "5"),
        ("b", '"5"'),
        ("c[0]", "true"),
        ("c[1]", "x"),
        ("c[2]", "null"),
        ("d", "{}"),
    )


@pytest.mark.parametrize(
    ("data", "body", "odd"),
    [
        (b"", None, b""),
        (b"{}", {}, b""),
        (b'{"a":1}', {"a": 1}, b""),
        (b'{"a": 1}', {"a": 1}, b'{"a": 1}'),
        (b"null", None, b"null"),
        (b"no JSON", "no JSON", b"no JSON"),
        (b'"a text"', "a text", b""),
    ],
)
def test_a_body_keeps_its_bytes_only_where_they_are_not_its_own(data: bytes, body: Json, odd: bytes) -> None:
    assert read_body(data) == (body, odd)
    assert body_bytes(*read_body(data)) == data


@pytest.mark.parametrize("opened", [b"[", b'{"a":'], ids=["lists", "objects"])
def test_a_body_that_is_nested_deeper_than_any_of_asterisk_is_a_text(opened: bytes) -> None:
    closed = b"]" if opened == b"[" else b"}"
    inner = b"1" if opened == b"[" else b"{}"
    for deep, is_text in ((90, False), (120, True)):
        body, _ = read_body(opened * deep + inner + closed * deep)
        assert isinstance(body, str) is is_text


def test_many_things_side_by_side_are_no_depth() -> None:
    assert read_body(b"[" + b",".join([b"[1]"] * 500) + b"]")[0] == [[1]] * 500


def test_an_event_says_its_type_its_application_and_when_it_came() -> None:
    event = read_event(b'{"type":"StasisStart","application":"desk"}', 4.5)
    assert (event.at, event.kind, event.application) == (4.5, "StasisStart", "desk")
    assert event.body == {"type": "StasisStart", "application": "desk"}
    assert (read_event(b"[]").kind, read_event(b"[]").application, read_event(b"[]").at) == ("", "", 0.0)


def test_ids_of_a_list_are_those_of_each_thing_in_it() -> None:
    named = {"id": "1", "name": "PJSIP/101-0000000a"}
    bridge = {"id": "b", "channels": ["2"], "video_source_id": "3", "name": "no channel"}
    assert [*ids_of([named, bridge, 7])] == ["1", "PJSIP/101-0000000a", "b", "2", "3"]
    assert [*ids_of({"name": "n", "target_uri": "bridge:b"})] == ["b"]
    assert [*ids_of("1")] == []


def test_a_recording_is_made_without_an_id() -> None:
    assert ids_made("channels.record", {"name": "n", "channelId": "c"}) == ()


def test_leaves_are_named_by_the_way_to_them() -> None:
    body: Json = {"a": {"b": [{"c": "x"}, []]}, "d": 1.5}
    assert leaves(body) == (("a.b[0].c", "x"), ("a.b[1]", "[]"), ("d", "1.5"))
    assert leaves(["x"], "top") == (("top[0]", "x"),)
    assert leaves("x") == (("", "x"),)
