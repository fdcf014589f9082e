"""What is more than before is additive; what people notice, and what decides, is not."""

from __future__ import annotations

import pytest

from harness.judge import Maps, Plays, judge
from harness.model import INSTANCES, Finding, Severity
from harness.testing import trace

CHANNEL = "Channel: PJSIP/ann-00000001\nUniqueid: 1.1"


def found(old: str, candidate: str, *, plays: int = 1) -> list[Finding]:
    texts = dict.fromkeys(INSTANCES, old) | {"candidate": candidate}
    traces = {instance: (trace(text, instance=instance),) * plays for instance, text in texts.items()}
    return list(judge(Plays("test/one", traces), Maps()).result.findings)


def severities(old: str, candidate: str) -> set[Severity]:
    return {finding.severity for finding in found(old, candidate)}


PAUSE = "Event: QueueMemberPause\nMemberName: Nora\nPaused: {}\nPausedReason: {}"
ASKED = "Step: ami\nAction: QueueStatus\nActionID: 7"
LISTED = "Event: QueueMember\nActionID: 7\nName: {}\nPenalty: {}\nStateInterface: {}"
TOLD = 'Ari: answer\nOperation: bridges.get\nStatus: 200\nBody: {{"name": "{}", "channels": [{}]}}'


@pytest.mark.parametrize(
    ("old", "candidate"),
    [
        (PAUSE.format(0, ""), PAUSE.format(0, "back from lunch")),
        (TOLD.format("", ""), TOLD.format("b", "")),
        (TOLD.format("b", ""), TOLD.format("b", '"1.1"')),
        ("", "Event: QueueMemberRinginuse\nMemberName: ann"),
        ("", "Event: Unheard\nA: 1"),
        (ASKED, f"{ASKED}\n\n{LISTED.format('a', 1, 'b')}"),
    ],
)
def test_something_where_nothing_was_is_additive(old: str, candidate: str) -> None:
    assert severities(old, candidate) == {Severity.ADDITIVE}
    assert Severity.ADDITIVE not in severities(candidate, old)


def test_a_hangup_that_is_asked_for_once_more_is_told_where_more_than_one_play_shows_it() -> None:
    """Who ends first is chance, and nothing that harms nobody is played again."""
    asked = f"Event: HangupRequest\n{CHANNEL}\nCause: 16"
    assert found("", asked) == []
    (finding,) = found("", asked, plays=4)
    assert finding.severity is Severity.ADDITIVE
    (finding,) = found(asked, "")
    assert finding.severity is Severity.BREAKING


@pytest.mark.parametrize(
    ("old", "candidate"),
    [
        (PAUSE.format(0, ""), PAUSE.format(1, "")),
        (PAUSE.format(0, "lunch"), PAUSE.format(0, "back")),
        ("", f"Event: Playback\n{CHANNEL}\nSound: queue-youarenext"),
        ("", "Event: AgentCalled\nA: 1"),
        ("", f"Event: DialBegin\n{CHANNEL}\nDestChannel: PJSIP/b-00000001\nDialString: b"),
        ("", "Event: Newchannel\nChannel: PJSIP/b-00000001\nUniqueid: 2.2"),
        (f"Event: NewCallerid\n{CHANNEL}\nCallerIDNum: ", f"Event: NewCallerid\n{CHANNEL}\nCallerIDNum: 5"),
        (
            f"Event: VarSet\n{CHANNEL}\nVariable: X\nValue: ",
            f"Event: VarSet\n{CHANNEL}\nVariable: X\nValue: 5",
        ),
        (f"Event: Cdr\n{CHANNEL}\nAccountCode: ", f"Event: Cdr\n{CHANNEL}\nAccountCode: 5"),
    ],
)
def test_what_people_notice_or_a_script_decides_by_is_a_change(old: str, candidate: str) -> None:
    assert any(severity.holds for severity in severities(old, candidate))


def test_what_an_answer_lists_has_no_order() -> None:
    listed = [LISTED.format(name, 1, f"PJSIP/{name}") for name in "abc"]
    assert found("\n\n".join([ASKED, *listed]), "\n\n".join([ASKED, *listed[::-1]])) == []


def test_the_second_answer_is_compared_with_the_second() -> None:
    def twice(first: int, second: int) -> str:
        again = ASKED.replace("7", "8"), LISTED.format("a", second, "b").replace("ActionID: 7", "ActionID: 8")
        return "\n\n".join((ASKED, LISTED.format("a", first, "b"), *again))

    assert len(found(twice(1, 2), twice(2, 1))) == 2


def test_a_variable_that_holds_something_else_in_the_end_has_changed_and_one_that_is_set_again_has_not() -> None:
    def sets(*values: str) -> str:
        return "\n\n".join(f"Event: VarSet\n{CHANNEL}\nVariable: X\nValue: {value}" for value in values)

    (changed,) = found(sets("a"), sets("a", "b"))
    assert (changed.rule, changed.old, changed.candidate) == ("variable-changed", "a", "b")
    assert severities(sets("a"), sets("a", "a")) == severities("", sets("a")) == {Severity.ADDITIVE}


def test_a_time_that_is_measured_where_old_has_but_emptied_it_is_new_and_one_that_is_not_measured_is_lost() -> (
    None
):
    def sets(*values: str) -> str:
        return "\n\n".join(f"Event: VarSet\n{CHANNEL}\nVariable: DIALEDTIME\nValue: {value}" for value in values)

    assert severities(sets(""), sets("", "", "2")) == {Severity.ADDITIVE}
    assert severities(sets("", "2"), sets("")) == {Severity.BREAKING}


def test_a_phone_that_is_told_what_it_dialled_is_for_information() -> None:
    told = (
        f"Event: NewConnectedLine\n{CHANNEL}\nExten: 5550199\nConnectedLineNum: {{}}\nConnectedLineName: <unknown>"
    )
    assert severities("", told.format("5550199")) == {Severity.INFO}
    assert severities("", told.format("104")) == {Severity.REVIEW}
