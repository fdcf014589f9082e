"""A phone that goes from chan_sip to chan_pjsip is told once; what is lost beneath is seen."""

from __future__ import annotations

from harness.judge import Maps, Plays, judge
from harness.model import INSTANCES, Severity
from harness.testing import trace


def call(technology: str, number: str = "101", state: str = "Up", dialled: str = "") -> str:
    own = f"Channel: {technology}/{number}-00000001\nUniqueid: 2.2"
    dest = f"DestChannel: {technology}/{number}-00000001\nDestUniqueid: 2.2"
    caller = "Channel: Local/9@x-0000000a;2\nUniqueid: 1.2"
    return "\n\n".join(
        (
            f"Event: Newchannel\n{own}\nChannelStateDesc: Down",
            f"Event: DialBegin\n{caller}\n{dest}\nDialString: {dialled or number}",
            f"Event: Newstate\n{own}\nChannelStateDesc: {state}",
            f"Event: UserEvent\n{caller}\nUserEvent: Way\nDevice: {technology}/{number}\nBy: {technology}",
            f"Event: Hangup\n{own}\nCause: 16",
        )
    )


def found(old: str, candidate: str) -> list[tuple[str, str]]:
    texts = dict.fromkeys(INSTANCES, old) | {"candidate": candidate}
    traces = {instance: (trace(text, instance=instance),) for instance, text in texts.items()}
    result = judge(Plays("test/one", traces), Maps()).result
    return [
        (finding.rule, finding.title) for finding in result.findings if finding.severity is not Severity.ADDITIVE
    ]


RENAMED = ("technology-renamed", "SIP is PJSIP now: PJSIP/101 in place of SIP/101")


def test_the_name_alone_is_told_once_and_for_information() -> None:
    assert found(call("SIP"), call("PJSIP")) == [RENAMED]


def test_a_trunk_s_name_has_the_number_on_the_other_side() -> None:
    (only,) = found(call("SIP", "out", dialled="out/5550199"), call("PJSIP", "out", dialled="5550199@out"))
    assert only[0] == "technology-renamed"


def test_what_is_lost_beneath_the_name_is_seen() -> None:
    rules = [rule for rule, _ in found(call("SIP"), call("PJSIP", state="Busy"))]
    assert sorted(rules) == ["state-changed", "technology-renamed"]


def test_a_phone_that_the_candidate_does_not_speak_of_is_lost() -> None:
    assert "channel-lost" in {rule for rule, _ in found(call("SIP"), call("PJSIP", number="102"))}


def test_the_way_back_and_a_site_that_has_both_are_no_other_name() -> None:
    assert "technology-renamed" not in {rule for rule, _ in found(call("PJSIP"), call("SIP"))}
    both = f"{call('SIP')}\n\n{call('PJSIP').replace('2.2', '3.3')}"
    assert found(both, both) == []
    assert "technology-renamed" not in {rule for rule, _ in found(both, call("PJSIP"))}


def test_a_variable_with_what_was_dialled_has_one_form() -> None:
    def dialled(technology: str, string: str) -> str:
        own = f"Channel: {technology}/out-00000001\nUniqueid: 2.2"
        return f"{call(technology, 'out')}\n\nEvent: VarSet\n{own}\nVariable: DIALEDPEERNUMBER\nValue: {string}"

    (only,) = found(dialled("SIP", "out/5550199"), dialled("PJSIP", "5550199@out"))
    assert only[0] == "technology-renamed"


def test_a_name_that_is_what_a_state_is_told_of_has_one_form() -> None:
    def lamps(technology: str) -> str:
        return f"{call(technology)}\n\nName: states\n{technology}/101: RINGING"

    assert found(lamps("SIP"), lamps("PJSIP")) == [RENAMED]
