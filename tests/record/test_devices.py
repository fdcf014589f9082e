"""The state of a device belongs to the scenario that moved it, though no event says so."""

from __future__ import annotations

from harness.asterisk.ami import headers_of
from harness.model import AmiPacket
from harness.record.ledger import Ledger
from harness.record.session import Session


def packet(text: str) -> AmiPacket:
    return AmiPacket(0.0, headers_of(text.replace("\n", "\r\n")))


def state(device: str) -> AmiPacket:
    return packet(f"Event: DeviceStateChange\nDevice: {device}\nState: INUSE")


def channel(unique: str, name: str) -> AmiPacket:
    return packet(f"Event: Newchannel\nChannel: {name}\nUniqueid: {unique}\nLinkedid: {unique}")


def runs(unique: str, application: str, data: str) -> AmiPacket:
    return packet(f"Event: Newexten\nUniqueid: {unique}\nApplication: {application}\nAppData: {data}")


def told(session: Session) -> int:
    return sum(seen.event in ("DeviceStateChange", "ExtensionStatus") for seen in packets(session))


def packets(session: Session) -> list[AmiPacket]:
    return [seen for seen in session.observations if isinstance(seen, AmiPacket)]


def two() -> tuple[Ledger, Session, Session]:
    ledger, one, other = Ledger(), Session("test/one", "old"), Session("test/two", "old")
    ledger.open(one, ids=["1795475240.1"], holds=["phone/105"])
    ledger.open(other, ids=["1795475240.2"], holds=[])
    return ledger, one, other


def test_a_phone_is_that_of_who_holds_it() -> None:
    ledger, one, other = two()
    ledger.route(state("PJSIP/105"))
    ledger.route(packet("Event: ExtensionStatus\nExten: 105\nContext: in\nHint: PJSIP/105\nStatusText: InUse"))
    assert (told(one), told(other)) == (2, 0)


def test_a_device_is_that_of_whose_call_is_on_it_also_a_moment_after() -> None:
    ledger, one, other = two()
    ledger.route(channel("1795475240.2", "PJSIP/trunk-00000001"))
    ledger.route(state("PJSIP/trunk"))
    ledger.release(other)
    ledger.route(state("PJSIP/trunk"))
    assert (told(one), told(other)) == (0, 2)


def test_a_device_on_which_two_scenarios_are_is_nobodys() -> None:
    ledger, one, other = two()
    ledger.route(channel("1795475240.1", "PJSIP/trunk-00000001"))
    ledger.route(channel("1795475240.2", "PJSIP/trunk-00000002"))
    ledger.route(state("PJSIP/trunk"))
    assert (told(one), told(other)) == (0, 0)
    assert len(ledger.others) == 1


def test_a_device_that_several_use_without_taking_turns_is_in_no_trace_whenever_each_had_it() -> None:
    ledger, one, _ = two()
    ledger.route(channel("1795475240.1", "PJSIP/trunk-00000001"))
    ledger.route(state("PJSIP/trunk"))
    ledger.release(one)
    ledger.route(channel("1795475240.2", "PJSIP/trunk-00000002"))
    ledger.route(state("PJSIP/trunk"))
    ledger.route(state("PJSIP/105"))
    assert ledger.shared_devices == {"PJSIP/trunk"}
    left = [seen for seen in one.trace(shared=ledger.shared_devices).observations if isinstance(seen, AmiPacket)]
    assert [seen.event for seen in left] == ["Newchannel"]


def test_a_phone_is_nobodys_if_somebody_calls_it_who_does_not_hold_it() -> None:
    ledger, _, _ = two()
    ledger.route(channel("1795475240.1", "PJSIP/105-00000001"))
    assert not ledger.shared_devices
    ledger.route(channel("1795475240.2", "PJSIP/105-00000002"))
    assert ledger.shared_devices == {"PJSIP/105"}


def test_those_who_take_turns_share_nothing() -> None:
    ledger, one, other = two()
    ledger.route(channel("1795475240.1", "PJSIP/105-00000001"))
    ledger.release(one)
    ledger.open(other, ids=(), holds=("phone/105", "mailbox/201"))
    ledger.route(channel("1795475240.2", "PJSIP/105-00000002"))
    ledger.route(runs("1795475240.2", "VoiceMail", "201@sales"))
    assert not ledger.shared_devices


def test_a_state_that_the_dialplan_sets_is_that_of_its_call() -> None:
    ledger, one, other = two()
    ledger.route(channel("1795475240.2", "PJSIP/101-00000001"))
    ledger.route(runs("1795475240.2", "Set", "DEVICE_STATE(Custom:night)=INUSE"))
    ledger.route(state("Custom:night"))
    assert (told(one), told(other)) == (0, 1)


def test_a_mailbox_is_that_of_whose_call_leaves_a_message() -> None:
    ledger, _, other = two()
    ledger.route(channel("1795475240.2", "PJSIP/101-00000001"))
    ledger.route(runs("1795475240.2", "VoiceMail", "201&202@sales,u"))
    for mailbox in ("201@default", "202@sales", "203@default"):
        ledger.route(packet(f"Event: MessageWaiting\nMailbox: {mailbox}\nWaiting: 1\nNew: 1\nOld: 0"))
    assert [seen.get("Mailbox") for seen in packets(other) if seen.event == "MessageWaiting"] == [
        "201@default",
        "202@sales",
    ]


def test_what_is_over_owns_no_device() -> None:
    ledger, _, other = two()
    ledger.route(channel("1795475240.2", "PJSIP/trunk-00000001"))
    ledger.release(other)
    ledger.forget([other])
    ledger.route(state("PJSIP/trunk"))
    assert told(other) == 0


def test_a_queue_s_own_device_of_a_member_is_no_phone() -> None:
    ledger, one, other = two()
    ledger.route(state("Queue:sales_pause_PJSIP/105"))
    assert (told(one), told(other)) == (0, 0)
