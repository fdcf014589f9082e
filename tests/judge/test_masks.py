"""What is masked on one surface is masked on all, and what only looks like it on none."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from harness.judge.align import align, changes
from harness.judge.normalise import normalise
from harness.model import ABSENT, Change, Seconds
from harness.testing import trace

CHANNEL = "Channel: PJSIP/a-00000001\nUniqueid: 1.1"


def between(old: str, new: str) -> list[Change]:
    one, other = normalise(trace(old)), normalise(trace(new))
    assert changes(align(one, one)) == ()
    return list(changes(align(one, other)))


def said(interface: str, kind: str, *headers: str) -> str:
    return "\n".join(("App: board", f"Interface: {interface}", f"Kind: {kind}", *headers))


def set_on_ami(name: str, value: str) -> str:
    return f"Event: VarSet\n{CHANNEL}\nVariable: {name}\nValue: {value}"


def set_on_ari(name: str, value: str) -> str:
    body = f'{{"variable": "{name}", "value": "{value}", "channel": {{"id": "1.1"}}}}'
    return f"Ari: event\nType: ChannelVarset\nBody: {body}"


def set_for_a_program(name: str, value: str) -> str:
    body = f'{{"variable": "{name}", "value": "{value}", "channel": {{"id": "1.1"}}}}'
    return said("ari", "event", "Type: ChannelVarset", f"Body: {body}")


def read_by_ami(name: str, value: str) -> str:
    step = "Step: action\nAction: Getvar\nActionID: 7"
    return f"{step}\n\nResponse: Success\nActionID: 7\nVariable: {name}\nValue: {value}"


def read_by_a_program(name: str, value: str) -> str:
    asked = said("ami", "action", "Action: Getvar", "ActionID: 7", f"Variable: {name}")
    return f"{asked}\n\n" + said(
        "ami", "response", "Response: Success", "ActionID: 7", f"Variable: {name}", f"Value: {value}"
    )


def read_by_ari(name: str, value: str) -> str:
    path = "Request: GET /ari/channels/1.1/variable"
    asked = said("ari", "request", path, f"query.variable: {name}")
    return f"{asked}\n\n" + said("ari", "response", path, "Status: 200", f'Body: {{"value": "{value}"}}')


def read_by_a_scenario(name: str, value: str) -> str:
    step = f'Step: ari\nOperation: channels.getChannelVar\nParameters: {{"variable": "{name}"}}'
    return f'{step}\n\nAri: answer\nOperation: channels.getChannelVar\nStatus: 200\nBody: {{"value": "{value}"}}'


def read_by_agi(name: str, value: str) -> str:
    line = "Channel: PJSIP/a-00000001\nLine"
    return f"Agi: script\n{line}: GET VARIABLE {name}\n\nAgi: asterisk\n{line}: 200 result=1 ({value})"


def asked_afterwards(name: str, value: str) -> str:
    return f"Name: function {name}\nValue: {value}"


def of_a_channel(name: str, value: str) -> str:
    return f"Event: Unheard\n{CHANNEL}\nChanVariable: A=1\nChanVariable: {name}={value}"


SURFACES = [
    set_on_ami,
    set_on_ari,
    set_for_a_program,
    read_by_ami,
    read_by_a_program,
    read_by_ari,
    read_by_a_scenario,
    read_by_agi,
    asked_afterwards,
    of_a_channel,
]
Surface = Callable[[str, str], str]


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("RTPAUDIOQOS", "ssrc=1;lp=0", "ssrc=2;lp=7"),
        ("RTPAUDIOQOSLOSSBRIDGED", "minrxlost=0", "minrxlost=1"),
        ("BRIDGEPVTCALLID", "abc@10.0.0.1", "xyz@10.0.0.1"),
        ("ANSWEREDTIME", "7", "8"),
        ("RINGTIME_MS", "1000", "1700"),
        ("OTHER", "PJSIP/b-0000000a", "PJSIP/b-0000000b"),
        ("OTHER", "1795445644.10", "1795445699.71"),
    ],
)
def test_what_is_volatile_is_no_difference_anywhere(surface: Surface, name: str, old: str, new: str) -> None:
    assert between(surface(name, old), surface(name, new)) == []


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("RTPxQOS", "1", "2"),
        ("MONITORED_BY", "ann", "bob"),
        ("ARG1", "ann", "bob"),
        ("LOCAL(times)", "1", "2"),
        ("MYTIME", "7", "8"),
        ("Wait", "model a", "model s"),
        ("Duration", "7", "8"),
    ],
)
def test_what_only_looks_like_it_is_an_effect_everywhere(surface: Surface, name: str, old: str, new: str) -> None:
    found = between(surface(name, old), surface(name, new))
    assert [difference.layer for difference in found] == ["effect"] * len(found)
    assert found


@pytest.mark.parametrize("surface", [set_on_ami, set_on_ari, set_for_a_program])
def test_statistics_that_come_or_go_are_no_finding(surface: Surface) -> None:
    assert between("", surface("RTPAUDIOQOSMES", "x")) == between(surface("RTPAUDIOQOSMES", "x"), "") == []


@pytest.mark.parametrize("surface", [set_on_ami, set_on_ari, set_for_a_program])
def test_what_a_subroutine_is_given_is_the_same_from_macro_and_gosub(surface: Surface) -> None:
    nested = [("ARG1", "ann"), ("ARG1", "room"), ("ARG1", "ann"), ("ARG1", "")]  # given back and taken away
    macro = [surface(name, value) for name, value in nested]
    gosub = [surface("LOCAL(ARG1)", "ann"), surface("LOCAL(ARG1)", "room"), surface("ARG1", "")]
    assert between("\n\n".join(macro), "\n\n".join(gosub)) == []
    other = "\n\n".join(gosub).replace("room", "lobby")
    assert [d.layer for d in between("\n\n".join(macro), other)] == ["effect"]


def test_headers_of_a_user_event_are_the_sites_whatever_they_are_called() -> None:
    def event(value: str) -> str:
        own = f"CallID: {value}\nUptime: {value}\nWait: {value}"
        return f"Event: UserEvent\nPrivilege: user,all\n{CHANNEL}\nUserEvent: Order\n{own}"

    assert {d.field for d in between(event("1"), event("2"))} == {"CallID", "Uptime", "Wait"}


def test_dropped_lines_of_an_output_are_missed_and_clocks_in_it_are_not() -> None:
    def answer(*lines: str) -> str:
        step = "Step: action\nAction: Command\nActionID: 7"
        output = "\n".join(f"Output: {line}" for line in lines)
        return f"{step}\n\nResponse: Success\nActionID: 7\n{output}"

    one = answer("System uptime: 3 seconds", "PJSIP/101", "PJSIP/102")
    assert between(one, answer("System uptime: 1 minute, 2 seconds", "PJSIP/101", "PJSIP/102")) == []
    (found,) = between(one, answer("System uptime: 4 seconds", "PJSIP/102"))
    assert (found.field, found.old, found.candidate) == ("Output", "PJSIP/101", ABSENT)
    assert between(answer("a", "b"), answer("b", "a"))


def test_lists_without_an_order_are_sets() -> None:
    def answer(body: str) -> str:
        return f"Ari: answer\nOperation: bridges.list\nStatus: 200\nBody: {body}"

    one = '[{"id": "a", "channels": ["1", "2"]}, {"id": "b", "channels": []}]'
    other = '[{"id": "b", "channels": []}, {"channels": ["2", "1"], "id": "a"}]'
    assert between(answer(one), answer(other)) == []
    assert [d.field for d in between(answer(one), answer('[{"id": "a", "channels": ["1", "2"]}]'))] == ["body"]
    members = "Event: Unheard\nContacts: {}"
    assert between(members.format("a,b"), members.format("b,a")) == []
    assert between(members.format("a,b"), members.format("b"))


def test_a_list_with_an_order_keeps_it() -> None:
    def start(args: str) -> str:
        return f'Ari: event\nType: StasisStart\nBody: {{"args": {args}, "channel": {{"id": "1.1"}}}}'

    assert {d.field for d in between(start('["a", "b"]'), start('["b", "a"]'))} == {"args"}


@pytest.mark.parametrize(
    ("old", "new"), [("16", '"16"'), ("1", "true"), ("null", '"null"'), ("0", "false"), ("1", "2")]
)
def test_leaves_of_json_keep_their_types(old: str, new: str) -> None:
    event = 'Ari: event\nType: ChannelUserevent\nBody: {{"cause": {}}}'
    (found,) = between(event.format(old), event.format(new))
    assert found.field == "cause"
    assert (repr(found.old), repr(found.candidate)) == (repr(json.loads(old)), repr(json.loads(new)))


@pytest.mark.parametrize("depth", [50, 600, 990, 20_000])
def test_a_body_of_any_depth_is_compared(depth: int) -> None:
    def answer(heart: str) -> str:
        return f"Ari: answer\nOperation: channels.get\nStatus: 200\nBody: {'[' * depth}{heart}{']' * depth}"

    assert between(answer("1"), answer("1")) == []
    assert [d.field for d in between(answer("1"), answer("2"))] == ["body"]


def ari_answer(body: str) -> str:
    return f"Ari: answer\nOperation: x.get\nStatus: 200\nBody: {body}"


@pytest.mark.parametrize(
    ("form", "old", "new"),
    [
        ("Event: BridgeEnter\nBridgeUniqueid: b\nBridgeTechnology: {}", "simple_bridge", "native_rtp"),
        ("Event: BridgeInfoComplete\nBridgeTechnology: {}", "simple_bridge", "native_rtp"),
        ('{{"id": "b", "bridge_type": "mixing", "technology": "{}"}}', "simple_bridge", "native_rtp"),
        (f"Event: Hangup\n{CHANNEL}\nCause: 16\nCause-txt: {{}}", "Normal Clearing", "Normal"),
        ('{{"cause": 16, "cause_txt": "{}"}}', "Normal Clearing", "Normal"),
        ("Event: Unheard\nTimestamp: {}", "1.2", "3.4"),
        ('{{"timestamp": "{}"}}', "a", "b"),
    ],
)
def test_how_it_is_done_inside_and_when_is_masked_but_not_that_it_is_told(form: str, old: str, new: str) -> None:
    form = form if form.startswith(("Event", "Ari")) else ari_answer(form)
    assert between(form.format(old), form.format(new)) == []


def test_a_masked_leaf_or_header_that_is_gone_is_missed() -> None:
    (leaf,) = between(ari_answer('{"a": 1, "timestamp": "x"}'), ari_answer('{"a": 1}'))
    (header,) = between("Event: Unheard\nA: 1\nTimestamp: x", "Event: Unheard\nA: 1")
    assert (leaf.kind, leaf.field, header.kind, header.field) == ("removed", "timestamp", "removed", "Timestamp")


@pytest.mark.parametrize("operation", ["channels.rtpstatistics", "GET /ari/channels/1.1/rtp_statistics"])
def test_statistics_of_the_network_are_masked_wherever_they_are_asked_for(operation: str) -> None:
    answer = f"Ari: answer\nOperation: {operation}\nStatus: 200\nBody: {{}}"
    assert between(answer.format('{"rtt": 0.1}'), answer.format('{"rtt": 0.2}')) == []


def test_the_technology_of_an_endpoint_is_no_matter_of_bridges() -> None:
    endpoint = '{{"technology": "{}", "resource": "101"}}'
    assert between(ari_answer(endpoint.format("PJSIP")), ari_answer(endpoint.format("SIP")))


def test_durations_in_json_are_durations() -> None:
    body = '{"recording": {"name": "a", "duration": 7}, "channel": {"id": "1.1"}}'
    (fact,) = normalise(trace(f"Ari: event\nType: RecordingFinished\nBody: {body}")).streams[
        "1.1", "ari RecordingFinished"
    ]
    assert fact.durations == (("recording.duration", Seconds(7.0)),)


@pytest.mark.parametrize(
    "form",
    [
        f"Event: Hangup\n{CHANNEL}\nCause: {{}}",
        f"Event: HangupRequest\n{CHANNEL}\nCause: {{}}",
        f'Event: CEL\nEventName: HANGUP\n{CHANNEL}\nUniqueID: 1.1\nExtra: {{{{"hangupcause": {{}}}}}}',
        'Ari: event\nType: ChannelDestroyed\nBody: {{"cause": {}}}',
        said("ari", "event", "Type: ChannelHangupRequest", 'Body: {{"cause": {}}}'),
    ],
)
def test_who_hangs_up_into_an_application_ends_with_either_cause(form: str) -> None:
    assert between(form.format(0), form.format(16)) == []
    assert between(form.format(0), form.format(1))
    assert between(form.format(16), form.format(1))


def test_lines_of_the_log_have_no_order() -> None:
    one, other = "Level: ERROR\nMessage: a", "Level: WARNING\nMessage: b"
    assert between(f"{one}\n\n{other}", f"{other}\n\n{one}") == []


def test_what_happens_in_conferences_and_queues_has_sequences_of_its_own() -> None:
    streams = normalise(trace(f"Event: ConfbridgeJoin\n{CHANNEL}\n\nEvent: QueueCallerJoin\n{CHANNEL}")).streams
    assert {("PJSIP/a", "conference"), ("PJSIP/a", "queue")} < streams.keys()


def test_a_fact_knows_the_observation_that_says_it() -> None:
    normal = normalise(trace(f"Step: call\n\n{set_on_ami('X', '1')}\n\n{said('ami', 'event', 'Event: VarSet')}"))
    assert normal.streams["PJSIP/a", "variable X"][0].seen == 1
    assert normal.streams["board", "app hears VarSet"][0].seen == -1


def test_the_language_of_a_sound_counts() -> None:
    sound = "Event: Playback\nChannel: PJSIP/a-00000001\nSound: beep\nLanguage: {}"
    (found,) = between(sound.format("en"), sound.format("de"))
    assert (found.field, found.old, found.candidate) == ("Language", "en", "de")


@pytest.mark.parametrize(
    ("name", "mask"), [("RTPAUDIOQOS", "<statistics>"), ("SIPCALLID", "<call>"), ("MINE", "17 of 18")]
)
def test_a_mask_says_what_stands_there(name: str, mask: str) -> None:
    streams = normalise(trace(asked_afterwards(name, "17 of 18"))).streams.values()
    assert [fact.fields for facts in streams for fact in facts if fact.surface == "state"] == [(("Value", mask),)]
