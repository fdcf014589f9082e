"""Whose packet is it? By ids, by names that are held, by bridges entered later."""

from __future__ import annotations

import asyncio
import time

import pytest

from harness.model import AmiPacket, Seen
from harness.play.conditions import condition
from harness.record.ledger import Ledger
from harness.record.session import Session


def packet(event: str, **headers: str) -> AmiPacket:
    return AmiPacket(time.monotonic(), (("Event", event), *headers.items()))


def session(name: str = "s/one") -> Session:
    return Session(name, "old")


def events(of: Session) -> list[str]:
    return [seen.event for seen in packets(of)]


def packets(of: Session) -> list[AmiPacket]:
    return [seen for seen in of.observations if isinstance(seen, AmiPacket)]


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def one(ledger: Ledger) -> Session:
    one = session()
    ledger.open(one, ids=("00001a", "00001b"), holds=("queue/sales", "phone/101"))
    return one


def newchannel(unique: str, linked: str, channel: str) -> AmiPacket:
    return packet("Newchannel", Channel=channel, Uniqueid=unique, Linkedid=linked)


def test_ids_that_we_chose_lead_to_the_scenario(ledger: Ledger, one: Session) -> None:
    ledger.route(packet("Newexten", Channel="Local/1@x-00000001;1", Uniqueid="00001a", Linkedid="00001a"))
    assert events(one) == ["Newexten"]


def test_a_channel_joins_by_its_linked_id_and_is_known_from_then_on(ledger: Ledger, one: Session) -> None:
    ledger.route(newchannel("99.1", "00001a", "PJSIP/200-00000007"))
    ledger.route(packet("Hangup", Channel="PJSIP/200-00000007", Uniqueid="99.1", Linkedid="changed"))
    assert events(one) == ["Newchannel", "Hangup"]


def test_interleaved_calls_of_two_scenarios_are_told_apart(ledger: Ledger, one: Session) -> None:
    two = session("s/two")
    ledger.open(two, ids=("00002a", "00002b"), holds=())
    for number in range(50):
        ledger.route(packet("VarSet", Uniqueid="00001a", Variable=f"X{number}"))
        ledger.route(packet("VarSet", Uniqueid="00002b", Variable=f"Y{number}"))
    assert [seen.get("Variable") for seen in packets(one)] == [f"X{number}" for number in range(50)]
    assert [seen.get("Variable") for seen in packets(two)] == [f"Y{number}" for number in range(50)]


def test_a_dial_without_a_caller_is_known_by_its_destination(ledger: Ledger, one: Session) -> None:
    ledger.route(packet("DialBegin", DestChannel="PJSIP/200-00000001", DestUniqueid="9.9", DestLinkedid="00001a"))
    assert events(one) == ["DialBegin"]


def test_call_records_are_known_by_their_own_spelling(ledger: Ledger, one: Session) -> None:
    ledger.route(packet("Cdr", UniqueID="00001b", Disposition="ANSWERED"))
    ledger.route(packet("CEL", EventName="HANGUP", UniqueID="7.7", LinkedID="00001a"))
    assert events(one) == ["Cdr", "CEL"]


def test_a_bridge_that_is_made_before_anybody_enters_it_is_found_later(ledger: Ledger, one: Session) -> None:
    ledger.route(packet("BridgeCreate", BridgeUniqueid="b-1", BridgeNumChannels="0"))
    assert events(one) == []
    ledger.route(packet("BridgeEnter", BridgeUniqueid="b-1", Uniqueid="00001b"))
    ledger.route(packet("BridgeDestroy", BridgeUniqueid="b-1"))
    assert events(one) == ["BridgeCreate", "BridgeEnter", "BridgeDestroy"]
    assert ledger.others == []


def test_a_call_from_a_phone_belongs_to_whoever_holds_the_phone(ledger: Ledger, one: Session) -> None:
    ledger.route(newchannel("5.1", "5.1", "PJSIP/101-0000000a"))
    ledger.route(packet("Newexten", Channel="PJSIP/101-0000000a", Uniqueid="5.1", Linkedid="5.1"))
    assert events(one) == ["Newchannel", "Newexten"]


def test_a_record_that_overtakes_the_new_channel_is_not_lost(ledger: Ledger, one: Session) -> None:
    start = packet(
        "CEL", EventName="ATTENDEDTRANSFER", Channel="PJSIP/101-0000000a", UniqueID="5.1", LinkedID="5.1"
    )
    ledger.route(start)
    ledger.route(newchannel("5.1", "5.1", "PJSIP/101-0000000a"))
    assert sorted(events(one)) == ["CEL", "Newchannel"]


def test_what_has_no_channel_belongs_to_whoever_holds_the_thing(ledger: Ledger, one: Session) -> None:
    ledger.route(packet("QueueMemberPause", Queue="sales", MemberName="Marcus"))
    ledger.route(packet("QueueMemberPause", Queue="support", MemberName="Ann"))
    assert events(one) == ["QueueMemberPause"]
    assert len(ledger.others) == 1


def test_a_mailbox_is_held_with_and_without_its_context() -> None:
    for held, named in (("1001", "1001@default"), ("1001@default", "1001@default"), ("1001", "1001")):
        ledger, one = Ledger(), session()
        ledger.open(one, ids=(), holds=(f"mailbox/{held}",))
        ledger.route(packet("MessageWaiting", Mailbox=named, New="1"))
        ledger.route(packet("MessageWaiting", Mailbox="1002@default", New="1"))
        assert [seen.get("Mailbox") for seen in packets(one)] == [named]


def test_what_was_held_is_free_after_the_scenario_and_late_records_still_come(
    ledger: Ledger, one: Session
) -> None:
    ledger.release(one)
    ledger.route(packet("QueueMemberPause", Queue="sales"))
    ledger.route(packet("Cdr", UniqueID="00001a"))
    assert events(one) == ["Cdr"]


def test_who_has_the_instance_alone_gets_everything(ledger: Ledger, one: Session) -> None:
    alone = session("s/alone")
    ledger.open(alone, ids=(), holds=(), alone=True)
    ledger.route(packet("Reload", Module="pbx_config"))
    ledger.route(newchannel("8.8", "8.8", "Local/x@y-00000001;1"))
    ledger.route(packet("Newexten", Uniqueid="00001a"))
    ledger.release(alone)
    ledger.route(packet("Reload", Module="pbx_config"))
    assert events(alone) == ["Reload", "Newchannel"]
    assert events(one) == ["Newexten"]


def test_what_belongs_to_nobody_is_kept_and_counted(ledger: Ledger) -> None:
    ledger.route(packet("DeviceStateChange", Device="PJSIP/300"))
    ledger.route(newchannel("3.3", "3.3", "PJSIP/300-00000001"))
    assert [other.event for other in ledger.others] == ["DeviceStateChange", "Newchannel"]


def test_a_value_with_ends_of_lines_forges_no_header(ledger: Ledger, one: Session) -> None:
    ledger.route(packet("VarSet", Uniqueid="7.7", Value="x\nUniqueid: 00001a\nQueue: sales"))
    ledger.route(packet("QueueMemberPause", Queue="support", MemberName="x\nQueue: sales"))
    assert events(one) == []
    assert len(ledger.others) == 2


def test_books_that_are_closed_leave_no_trace_of_the_ids(ledger: Ledger, one: Session) -> None:
    ledger.route(newchannel("99.1", "00001a", "PJSIP/200-00000007"))
    ledger.forget([one])
    assert ledger.owner_of("99.1") is None
    assert ledger.owner_of("00001a") is None


def test_a_call_id_of_the_log_is_learned_from_the_wire(ledger: Ledger, one: Session) -> None:
    ledger.route(packet("TestEvent", State="CallIDChange", Channel="x", Uniqueid="00001a", CallID="[C-000013b2]"))
    assert ledger.owner_of("C-000013b2") is one


def test_who_waits_is_told_by_the_packet_that_comes(ledger: Ledger, one: Session) -> None:
    wanted = condition(application="Queue")

    async def main() -> Seen:
        waiting = asyncio.create_task(one.wait(wanted.what, wanted.match, within=5))
        await asyncio.sleep(0)
        ledger.route(packet("Newexten", Uniqueid="00001a", Application="Answer"))
        ledger.route(packet("Newexten", Uniqueid="00001a", Application="Queue"))
        return await waiting

    assert asyncio.run(main()) == packets(one)[-1]


def test_a_call_file_s_calls_belong_to_the_scenario_that_wrote_it(ledger: Ledger, one: Session) -> None:
    """Its channels are known by a variable, which comes after the channel itself and is in no trace."""
    other = session("s/other")
    ledger.open(one, ids=("file1",), holds=())
    ledger.open(other, ids=("file2",), holds=())
    first, second = "Local/600@in-0000002a;1", "Local/600@in-0000002a;2"
    ledger.route(newchannel("16.1", "16.1", first))
    ledger.route(newchannel("16.2", "16.1", second))
    mark = {"Variable": "HARNESS_CALL_FILE", "Value": "file1"}
    ledger.route(packet("VarSet", Channel=first, Uniqueid="16.1", Linkedid="16.1", **mark))
    ledger.route(packet("VarSet", Channel=second, Uniqueid="16.2", Linkedid="16.1", **mark))
    ledger.route(packet("Hangup", Channel=second, Uniqueid="16.2", Linkedid="16.1"))
    assert events(one) == ["Newchannel", "Newchannel", "Hangup"]
    assert events(other) == []
    assert ledger.others == []


@pytest.mark.parametrize("none", ["<unknown>", "Unknown", "none", "<none>", "(null)", "<null>", ""])
def test_what_is_no_id_makes_no_two_scenarios_one(ledger: Ledger, one: Session, none: str) -> None:
    two = session("s/two")
    ledger.open(two, ids=("00002a", none), holds=())
    ledger.relate([none], one)
    ledger.route(packet("Hold", Uniqueid="00001a", Linkedid=none))
    ledger.route(packet("Hangup", Uniqueid="00002a", DestUniqueid=none))
    ledger.route(packet("OriginateResponse", ActionID=none, Uniqueid=none, Linkedid=none))
    assert (events(one), events(two)) == (["Hold"], ["Hangup"])
    assert [other.event for other in ledger.others] == ["OriginateResponse"]
    assert ledger.owner_of(none) is None


def test_what_waited_brings_all_that_it_names(ledger: Ledger, one: Session) -> None:
    ledger.route(newchannel("7.1", "7.0", "PJSIP/200-00000001"))
    ledger.route(packet("BridgeEnter", BridgeUniqueid="b", Uniqueid="7.1", Linkedid="7.0"))
    ledger.route(packet("CEL", EventName="ANSWER", UniqueID="7.2", LinkedID="7.0"))
    ledger.route(packet("BridgeDestroy", BridgeUniqueid="b"))
    ledger.route(packet("TestEvent", Channel="PJSIP/200-00000001", Uniqueid="7.1", CallID="[C-0000000a]"))
    ledger.relate(["PJSIP/200-00000001"], one)
    ledger.route(packet("Cdr", UniqueID="7.2"))
    assert events(one) == ["Newchannel", "BridgeEnter", "CEL", "BridgeDestroy", "TestEvent", "Cdr"]
    assert ledger.owner_of("C-0000000a") is one
    assert ledger.others == []


def test_a_chosen_id_is_the_newest_maker_s_late_records_the_former_one_s(ledger: Ledger, one: Session) -> None:
    two = session("s/two")
    first, second = "Local/1@x-00000001;1", "Local/1@x-00000002;1"
    ledger.make(["desk"], one)
    ledger.route(newchannel("desk", "desk", first))
    ledger.release(one)
    ledger.make(["desk"], two)
    ledger.route(packet("Hangup", Channel=first, Uniqueid="desk", Linkedid="desk"))
    ledger.route(packet("CEL", EventName="LINKEDID_END", UniqueID="desk", LinkedID="desk"))
    ledger.route(newchannel("desk", "desk", second))
    ledger.route(packet("Newexten", Channel=second, Uniqueid="desk"))
    ledger.route(packet("Cdr", Channel=first, UniqueID="desk"))
    ledger.route(newchannel("9.9", "desk", "PJSIP/300-00000003"))
    assert events(one) == ["Newchannel", "Hangup", "CEL", "Cdr"]
    assert events(two) == ["Newchannel", "Newexten", "Newchannel"]
    assert ledger.owner_of("desk", first) is one
    assert ledger.owner_of("desk") is ledger.owner_of("9.9") is two


@pytest.mark.parametrize("again", [True, False])
def test_an_id_used_again_waits_for_who_says_that_he_uses_it(ledger: Ledger, one: Session, again: bool) -> None:
    """The request may be read after the event: until then it is nobody's; also in one play."""
    two = one if again else session("s/two")
    ledger.make(["room"], one)
    ledger.route(packet("BridgeCreate", BridgeUniqueid="room"))
    ledger.route(packet("BridgeDestroy", BridgeUniqueid="room"))
    if not again:
        ledger.release(one)
    ledger.route(packet("BridgeCreate", BridgeUniqueid="room"))
    assert events(one) == ["BridgeCreate", "BridgeDestroy"]
    ledger.make(["room"], two)
    assert events(two)[-1:] == ["BridgeCreate"]
    assert ledger.others == []


def test_an_id_that_is_in_use_is_not_taken_by_who_asks_for_it_too(ledger: Ledger, one: Session) -> None:
    two = session("s/two")
    ledger.open(two, ids=(), holds=())
    ledger.make(["desk"], one)
    ledger.make(["desk"], two)  # which Asterisk refuses
    ledger.relate(["desk"], two)
    assert ledger.owner_of("desk") is one


def test_an_action_s_answer_is_of_who_plays_and_sent_it(ledger: Ledger, one: Session) -> None:
    two = session("s/two")
    ledger.open(two, ids=(), holds=())
    ledger.ask("1", one)
    ledger.release(one)
    ledger.route(packet("OriginateResponse", ActionID="1", Uniqueid="5.5"))
    ledger.ask("1", two)
    ledger.route(packet("Hangup", Uniqueid="5.5"))
    assert (events(one), events(two)) == ([], ["OriginateResponse", "Hangup"])


def test_an_action_id_that_two_use_at_once_says_nothing(ledger: Ledger, one: Session) -> None:
    two = session("s/two")
    ledger.open(two, ids=(), holds=())
    ledger.ask("1", one)
    ledger.ask("1", two)
    ledger.route(packet("OriginateResponse", ActionID="1", Uniqueid="5.5"))
    assert (events(one), events(two)) == ([], [])


ORIGINATE = {"Application": "Originate", "AppData": "PJSIP/200,exten,calls,s,1"}


def outgoing(number: str, channel: str, **headers: str) -> AmiPacket:
    own = {"ChannelState": "0", "Uniqueid": number, "Linkedid": number, **headers}
    return packet("Newchannel", Channel=channel, **own)


def test_what_an_application_starts_is_its_scenario_s_to_the_end(ledger: Ledger, one: Session) -> None:
    ledger.route(packet("Newexten", Uniqueid="00001a", **ORIGINATE))
    ledger.route(outgoing("6.0", "PJSIP/201-00000001"))
    ledger.route(outgoing("6.1", "PJSIP/200-00000002", ChannelState="4"))  # it calls us
    ledger.route(outgoing("6.2", "PJSIP/200-00000003", Linkedid="5.5"))  # somebody dials it
    ledger.route(outgoing("6.3", "PJSIP/200-00000004"))
    ledger.route(outgoing("6.4", "PJSIP/200-00000005"))  # nobody expects a second one
    ledger.route(newchannel("6.5", "6.3", "PJSIP/202-00000006"))
    ledger.route(packet("BridgeEnter", BridgeUniqueid="b", Uniqueid="6.5"))
    ledger.route(packet("Cdr", UniqueID="6.3"))
    ledger.route(packet("CEL", EventName="LINKEDID_END", UniqueID="6.5"))
    assert [seen.get("Uniqueid") or seen.get("UniqueID") for seen in packets(one)] == [
        "00001a", "6.3", "6.5", "6.5", "6.3", "6.5"
    ]  # fmt: skip


def test_what_started_before_it_was_said_is_found_if_it_came_since(ledger: Ledger, one: Session) -> None:
    """What a program asks for may be read later than the events of it."""
    ledger.route(outgoing("6.0", "PJSIP/200-00000001"))
    since = time.monotonic()
    ledger.route(outgoing("6.1", "PJSIP/200-00000002"))
    ledger.expect("pjsip/200", one, since=since)
    assert [seen.get("Uniqueid") for seen in packets(one)] == ["6.1"]


def test_calls_of_one_device_are_told_apart_by_ids_and_else_are_nobody_s(ledger: Ledger, one: Session) -> None:
    two, three = session("s/two"), session("s/three")
    for who in (two, three):
        ledger.open(who, ids=(), holds=())
        ledger.expect("pjsip/200", who, since=0.0)
    ledger.route(outgoing("6.1", "PJSIP/200-00000001"))
    ledger.route(outgoing("6.2", "PJSIP/200-00000002"))
    assert (events(two), events(three)) == ([], [])
    ledger.expect("pjsip/200", one, since=0.0)
    ledger.route(packet("TestEvent", Channel="PJSIP/200-00000002", Uniqueid="6.2", CallID="[C-0000000a]"))
    ledger.route(packet("TestEvent", Channel="Local/1@x-00000001;1", Uniqueid="00001a", CallID="[C-0000000a]"))
    assert events(one) == ["Newchannel", "TestEvent", "TestEvent"]
    for who in (one, two, three):
        ledger.release(who)
    assert (events(two), events(three)) == ([], [])
    assert [ledger.starts.doubt_of(who) for who in (one, two, three)] == ["", "pjsip/200", "pjsip/200"]


def test_who_is_left_when_an_id_has_told_gets_the_other_call(ledger: Ledger, one: Session) -> None:
    two = session("s/two")
    for who in (one, two):
        ledger.expect("pjsip/200", who, since=0.0)
    ledger.route(outgoing("6.1", "PJSIP/200-00000001"))
    ledger.route(outgoing("6.2", "PJSIP/200-00000002"))
    ledger.relate(["6.2"], one)
    assert [seen.get("Uniqueid") for seen in (*packets(one), *packets(two))] == ["6.2", "6.1"]
    ledger.release(one)
    assert ledger.starts.doubt_of(one) == ledger.starts.doubt_of(two) == ""


def test_a_call_to_a_held_phone_is_of_who_starts_it(ledger: Ledger, one: Session) -> None:
    two = session("s/two")
    ledger.expect("pjsip/101", two, since=0.0)
    ledger.route(outgoing("6.1", "PJSIP/101-00000001", ChannelState="4"))
    ledger.route(outgoing("6.2", "PJSIP/101-00000002"))
    assert [seen.get("Uniqueid") for seen in (*packets(one), *packets(two))] == ["6.1", "6.2"]


def test_a_call_that_failed_without_a_channel_is_expected_no_more(ledger: Ledger, one: Session) -> None:
    two = session("s/two")
    ledger.open(two, ids=(), holds=())
    ledger.route(packet("Newexten", Uniqueid="00001a", **ORIGINATE))
    ledger.ask("7", one)
    ledger.expect("pjsip/201", one, since=0.0, by="7")
    ledger.expect("pjsip/200", two, since=0.0)
    ledger.route(packet("VarSet", Uniqueid="00001a", Variable="ORIGINATE_STATUS", Value="FAILED"))
    ledger.route(packet("OriginateResponse", ActionID="7", Response="Failure", Uniqueid="<null>"))
    ledger.route(outgoing("6.1", "PJSIP/200-00000001"))
    ledger.route(outgoing("6.2", "PJSIP/201-00000002"))
    assert events(one) == ["Newexten", "VarSet", "OriginateResponse"]
    assert events(two) == ["Newchannel"]


def test_a_channel_given_before_another_s_request_was_read_is_in_doubt(ledger: Ledger, one: Session) -> None:
    two = session("s/two")
    ledger.open(two, ids=(), holds=())
    asked = time.monotonic()
    ledger.expect("pjsip/200", one, since=asked)
    ledger.route(outgoing("6.1", "PJSIP/200-00000001"))
    ledger.expect("pjsip/200", two, since=asked)
    assert ledger.starts.doubt_of(one) == ledger.starts.doubt_of(two) == "pjsip/200"
    ledger.expect("pjsip/200", two, since=time.monotonic())
    assert ledger.starts.doubt_of(two) == ""


def test_what_a_scenario_goes_on_to_say_that_is_full_passes_by_but_for_its_channels(ledger: Ledger) -> None:
    full, other = Session("s/circle", "old", most=1), session("s/two")
    ledger.open(full, ids=("1.1",), holds=())
    ledger.open(other, ids=("2.1",), holds=())
    goes_on = b"Event: Newexten\r\nChannel: Local/1@x-00000001;1\r\nUniqueid: {}\r\nExten: 1"
    mine, others = (goes_on.replace(b"{}", unique) for unique in (b"1.1", b"2.1"))
    assert not ledger.passes_by(mine)
    ledger.route(packet("Newexten", Channel="Local/1@x-00000001;1", Uniqueid="1.1"))
    assert [ledger.passes_by(data) for data in (mine, others, b"Event: FullyBooted")] == [True, False, False]
    for event in (b"Newchannel", b"Hangup"):
        assert not ledger.passes_by(mine.replace(b"Newexten", event))
    assert ledger.passes_by(mine.replace(b"Newexten", b"HangupRequest"))
    ledger.forget([full])
    assert not ledger.passes_by(mine)
