from harness.judge.normalise.aliases import aliases_of
from harness.testing import trace

TWO_CALLS = """
Event: Newchannel
Channel: Local/9@x-0000000a;1
Uniqueid: 0123456700000001a

Event: Newchannel
Channel: PJSIP/bob-00000001
Uniqueid: 1795445644.10

Event: Newchannel
Channel: PJSIP/bob-00000002
Uniqueid: 1795445644.11

Event: BridgeEnter
BridgeUniqueid: 398c4270-f168-435e-a32d-14fbef0ca55e
BridgeName: <unknown>
Uniqueid: 1795445644.11

Event: BridgeEnter
BridgeUniqueid: 398c4270-f168-435e-a32d-14fbef0ca55e
BridgeName: <unknown>
Uniqueid: 0123456700000001a
"""
ALIASES = aliases_of(trace(TWO_CALLS, roles=(("0123456700000001a", "caller"),), began=1795445000.0))


def test_the_harness_s_own_channel_is_named_by_its_role() -> None:
    assert ALIASES.name("Local/9@x-0000000a;1") == ALIASES.name("0123456700000001a") == "caller"


def test_a_second_channel_of_the_same_name_is_told_apart() -> None:
    assert ALIASES.text("PJSIP/bob-00000001,PJSIP/bob-00000002") == "PJSIP/bob,PJSIP/bob#2"


def test_a_bridge_is_named_by_its_members_in_whatever_order_they_came() -> None:
    assert ALIASES.text('{"bridge_id":"398c4270-f168-435e-a32d-14fbef0ca55e"}') == (
        '{"bridge_id":"bridge(PJSIP/bob#2 + caller)"}'
    )


def test_moments_are_masked_and_numbers_that_only_look_like_one_are_not() -> None:
    assert ALIASES.text("at 1795445644") == "at <epoch>"
    assert ALIASES.text("dial 1712345678") == "dial 1712345678"
    assert ALIASES.text("rec-20261123-145404.wav") == "rec-<stamp>.wav"
    assert ALIASES.text("2026-11-23 14:54:04") == "<moment>"


def test_an_unknown_channel_loses_its_number() -> None:
    assert ALIASES.text("PJSIP/eve-0000002a") == "PJSIP/eve"


def test_text_without_volatile_parts_stays_as_it_is() -> None:
    assert ALIASES.text("Dial(PJSIP/bob,30,tT)") == "Dial(PJSIP/bob,30,tT)"
