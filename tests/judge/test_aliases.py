import pytest

from harness.judge.normalise.aliases import Aliases, aliases_of
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


def test_a_long_text_and_a_short_one_stay_as_they_are() -> None:
    assert ALIASES.text("a" * 300) == "a" * 300
    assert ALIASES.text("1.1-0x") == "1.1-0x"


def test_text_without_volatile_parts_stays_as_it_is() -> None:
    assert ALIASES.text("Dial(PJSIP/bob,30,tT)") == "Dial(PJSIP/bob,30,tT)"


def new(channel: str, unique: str) -> str:
    return f"Event: Newchannel\nChannel: {channel}\nUniqueid: {unique}"


def aliases(*blocks: str, began: float = 0.0) -> Aliases:
    return aliases_of(trace("\n\n".join(blocks), began=began))


@pytest.mark.parametrize(
    ("channel", "alias"),
    [
        ("UnicastRTP/127.0.0.1:4000-0x7f3c8800", "UnicastRTP/127.0.0.1:4000"),
        ("MulticastRTP/0x7f3c8800", "MulticastRTP/<pointer>"),
        ("Snoop/1795445644.10-00000001", "Snoop/PJSIP/bob"),
        ("Surrogate/PJSIP/bob-0000000a", "Surrogate/PJSIP/bob"),
        ("IAX2/provider-1234", "IAX2/provider"),
        ("Recorder/ARI-00000001;1", "Recorder/ARI;1"),
        ("CBAnn/100-00000001;2", "CBAnn/100;2"),
        ("Dongle2/line-0000001f", "Dongle2/line"),
        ("Message/ast_msg_queue", "Message/ast_msg_queue"),
    ],
)
def test_channels_of_every_technology_are_named_without_their_number(channel: str, alias: str) -> None:
    found = aliases(new("PJSIP/bob-0000000a", "1795445644.10"), new(channel, "1795445644.11"))
    assert found.name(channel) == found.name("1795445644.11") == found.text(channel) == alias


def test_relations_between_channels_of_one_name_survive() -> None:
    found = aliases(new("IAX2/provider-11", "1795445644.1"), new("IAX2/provider-7", "1795445644.2"))
    assert found.text("IAX2/provider-7") == found.text("1795445644.2") == "IAX2/provider#2"


def test_a_number_that_counts_no_calls_stays() -> None:
    found = aliases(new("IAX2/provider-1234", "1795445644.1"))
    for text in (
        "-1234",
        "position-1234",
        "Dial(IAX2/provider-1234/555,30)",
        "Dial(IAX2/provider-9)",
        "",
        "PJSIP/site-1234",
        "menu/x-20260101",
    ):
        assert found.text(text) == text


def test_ids_that_a_program_has_chosen_are_roles_wherever_they_stand() -> None:
    found = aliases(new("PJSIP/bob-0000000a", "order-17"))
    assert found.text("/ari/channels/order-17/play") == "/ari/channels/PJSIP/bob/play"
    assert found.text("channel:order-17") == "channel:PJSIP/bob"
    assert found.text("order-171") == "order-171"
    assert found.name("Snoop/order-17-00000001") == "Snoop/PJSIP/bob"


def test_a_name_in_front_of_an_id_stays() -> None:
    found = aliases(new("PJSIP/bob-0000000a", "pbx1-1795445644.1"))
    assert found.text("out-pbx1-1795445644.1.wav") == "out-PJSIP/bob.wav"
    assert found.text("in-1795445644.2.wav") == "in-<unique>.wav"


def test_a_bridge_that_nobody_enters_has_a_name_as_well() -> None:
    found = aliases("Event: BridgeCreate\nBridgeUniqueid: line-1\nBridgeName: line of 1795445644.1")
    assert found.name("line-1") == "bridge(line of <unique>)"


def test_a_playback_is_named_by_who_hears_it() -> None:
    def playback(id_: str) -> str:
        body = f'{{"playback": {{"id": "{id_}", "target_uri": "channel:1.1"}}}}'
        return f"Ari: event\nType: PlaybackStarted\nBody: {body}"

    found = aliases(new("PJSIP/bob-0000000a", "1.1"), playback("p-xyzzy"), playback("p-abcde"))
    assert (found.text("p-xyzzy"), found.text("p-abcde")) == ("playback(PJSIP/bob)", "playback(PJSIP/bob)#2")


def test_hashes_in_the_names_of_contacts_are_masked() -> None:
    assert ALIASES.text(f"101;@{'d' * 32}") == "101;@<hash>"


def test_moments_of_another_time_are_no_moments_of_this_run() -> None:
    assert ALIASES.text("closed until 2027-01-02 08:00:00") == "closed until 2027-01-02 08:00:00"
    assert ALIASES.text("call 20123456789012, rec-20240101-120000") == "call 20123456789012, rec-20240101-120000"
    assert ALIASES.text("at 2026-11-23T14:54:04.123+0000") == "at <moment>"


PAGES = """
Event: Newexten
Application: {application}
AppData: {data}

Event: ConfbridgeStart
Conference: 2062243344
BridgeUniqueid: aaf10b08-bd47-46e0-9ada-3e065eaecccd

Event: Newchannel
Channel: CBAnn/2062243344-00000003;2
Uniqueid: 1795445644.12

Event: BridgeCreate
BridgeUniqueid: aaf10b08-bd47-46e0-9ada-3e065eaecccd
BridgeName: 2062243344
"""


def test_the_conference_of_a_page_has_a_random_number_and_that_of_the_dialplan_its_own() -> None:
    page = aliases_of(trace(PAGES.format(application="Page", data="PJSIP/101&PJSIP/102,dq")))
    assert page.text("2062243344") == "page"
    for number in (3, 4):  # one that was seen to be made, and another one
        assert page.text(f"CBAnn/2062243344-0000000{number};2,PJSIP/101") == "CBAnn/page;2,PJSIP/101"
    assert page.text("aaf10b08-bd47-46e0-9ada-3e065eaecccd") == "bridge(page)"
    room = aliases_of(trace(PAGES.format(application="ConfBridge", data="2062243344,staff")))
    assert room.text("aaf10b08-bd47-46e0-9ada-3e065eaecccd") == "bridge(2062243344)"
    both = PAGES.format(application="ConfBridge", data="2062243344") + PAGES.format(
        application="Page", data="PJSIP/101"
    )
    assert aliases_of(trace(both)).text("2062243344") == "2062243344"
