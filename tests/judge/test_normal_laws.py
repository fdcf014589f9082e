"""Laws of normalising: it depends on the trace alone, and on which id is which, never on what the ids are."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.judge.normalise import normalise
from harness.judge.normalise.facts import Normal
from harness.testing import trace

BEGAN = 1_795_445_000.0
# What makes a channel's name its own, by technology.
NUMBERS = {
    "PJSIP/bob-{}": "{:08x}",
    "Local/9@x-{};1": "{:08x}",
    "IAX2/provider-{}": "{:d}",
    "UnicastRTP/127.0.0.1:4000-{}": "0x7f3c{:04x}00",
    "Dongle/line-{}": "{:08x}",
    "Mobile/ann-{}": "{:04x}",
}
CALL = """
Event: Newchannel
Channel: {a}
Uniqueid: {ua}
Linkedid: {ua}
ChannelStateDesc: Ring

Event: Newchannel
Channel: {b}
Uniqueid: {ub}
Linkedid: {ua}

Event: Newchannel
Channel: Snoop/{ua}-{n:08x}
Uniqueid: {us}

Event: Newexten
Channel: {a}
Uniqueid: {ua}
Context: in
Extension: 9
Priority: 1
Application: NoOp
AppData: {b} and {ub}, {ua}, at {time}, 0x7f{n:06x}

Event: DialBegin
Channel: {a}
Uniqueid: {ua}
DestChannel: {b}
DestUniqueid: {ub}
DialString: bob

Event: BridgeCreate
BridgeUniqueid: {bridge}

Event: BridgeEnter
BridgeUniqueid: {bridge}
Channel: {a}
Uniqueid: {ua}

Event: BridgeEnter
BridgeUniqueid: {bridge}
Channel: {b}
Uniqueid: {ub}

Event: Unheard
Channel: {b}
Uniqueid: {ub}
Peer: {a}
ChanVariable: BRIDGEPEER={a}
ChanVariable: FILE=/tmp/out-{ua}.wav

Agi: asterisk
Channel: {a}
Line: agi_uniqueid: {ua}

Agi: asterisk
Channel: {a}
Line:

Ari: event
Type: PlaybackStarted
Body: {{"playback": {{"id": "{play}", "target_uri": "channel:{ub}"}}, "timestamp": "{time}", "at": {epoch}}}

App: board
Interface: ari
Kind: request
Request: DELETE /ari/playbacks/{play}

App: board
Interface: ari
Kind: response
Request: GET /ari/bridges
Status: 200
Body: [{{"id": "{bridge}", "channels": ["{ua}", "{ub}"], "creationtime": "{time}"}}]

App: board
Interface: ami
Kind: action
Action: Status
ActionID: {n}

App: board
Interface: ami
Kind: event
Event: Status
ActionID: {n}
Channel: {b}
Uniqueid: {ub}
BridgeID: {bridge}

Level: WARNING
Message: Contact 101/sip:101@h;@{hash} of {b} is gone, bridge {bridge}
"""


def ids(seed: int, technologies: tuple[str, str]) -> dict[str, object]:
    """Everything that is made up anew, for one run of the call."""
    chance = random.Random(seed)
    uuid = "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}"
    when = int(BEGAN) + chance.randrange(600)

    def made(technology: str, first: int) -> str:
        return technology.format(NUMBERS[technology].format(chance.randrange(first, first + 1000)))

    return {
        "a": made(technologies[0], 1000),
        "b": made(technologies[1], 3000),
        "ua": f"pbx1-{when}.{chance.randrange(100)}",
        "ub": f"order-{chance.randrange(10**6)}",
        "us": f"pbx1-{when}.{chance.randrange(100, 200)}",
        "n": chance.randrange(16**6),
        "bridge": uuid.format(*(chance.getrandbits(bits) for bits in (32, 16, 16, 16, 48))),
        "play": f"mine-{chance.randrange(10**6)}",
        "hash": f"{chance.getrandbits(128):032x}",
        "time": f"2026-11-23 14:{chance.randrange(60):02}:00",
        "epoch": when,
    }


def normal(values: dict[str, object]) -> Normal:
    return normalise(trace(CALL.format(**values), began=BEGAN))


TECHNOLOGIES = st.tuples(st.sampled_from(sorted(NUMBERS)), st.sampled_from(sorted(NUMBERS)))


@settings(deadline=None)
@given(st.integers(0, 10**6), TECHNOLOGIES)
def test_normalising_twice_is_the_same(seed: int, technologies: tuple[str, str]) -> None:
    assert normal(ids(seed, technologies)) == normal(ids(seed, technologies))


@settings(deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 10**6), TECHNOLOGIES)
def test_a_trace_whose_ids_are_all_renewed_is_the_same(
    one: int, other: int, technologies: tuple[str, str]
) -> None:
    assert normal(ids(one, technologies)) == normal(ids(other, technologies))


@settings(deadline=None)
@given(st.integers(0, 10**6))
def test_swapping_which_id_is_which_keeps_relations(seed: int) -> None:
    values = ids(seed, ("PJSIP/bob-{}", "PJSIP/bob-{}"))
    swapped = values | {"a": values["b"], "b": values["a"]}
    assert normal(values) == normal(swapped)


@pytest.mark.parametrize("header", ["Peer: {a}", "AppData: {b}", "BRIDGEPEER={a}", "channel:{ub}"])
def test_another_relation_is_another_trace(header: str) -> None:
    values = ids(1, ("PJSIP/bob-{}", "PJSIP/bob-{}"))
    twisted = CALL.replace(header, _twisted(header))
    assert normalise(trace(twisted.format(**values), began=BEGAN)) != normal(values)


def _twisted(header: str) -> str:
    """The same header with the other channel in it."""
    start, brace, name = header.partition("{")
    return f"{start}{brace}{name.replace('a', '?').replace('b', 'a').replace('?', 'b')}"
