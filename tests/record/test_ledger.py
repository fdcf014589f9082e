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
