"""A status on a channel that was hung up counts only where the dialplan reads it afterwards."""

from __future__ import annotations

import pytest

from harness.asterisk.dialplan.show import parse_dialplan
from harness.judge import Maps, Plays, judge
from harness.model import INSTANCES
from harness.testing import trace

CHANNEL = "Channel: PJSIP/ann-00000001\nUniqueid: 1.1"


def runs(extension: str, priority: int, application: str, data: str, context: str = "in") -> str:
    place = f"Context: {context}\nExtension: {extension}\nPriority: {priority}"
    return f"Event: Newexten\n{CHANNEL}\n{place}\nApplication: {application}\nAppData: {data}"


def status(value: str, name: str = "PLAYBACKSTATUS") -> str:
    return f"Event: VarSet\n{CHANNEL}\nVariable: {name}\nValue: {value}"


PLAYS = runs("100", 1, "Playback", "hello")
SAYS, READS = runs("h", 1, "NoOp", "bye"), runs("h", 2, "NoOp", "")
HANDLED = runs("100", 1, "Set", "CHANNEL(hangup_handler_push)=bye,s,1"), runs("s", 1, "NoOp", "x", "bye")
DIALPLAN = """[ Context 'in' created by 'pbx_config' ]
  'h' =>            1. NoOp(bye)                                  [extensions.conf:5]
                    2. NoOp(${PLAYBACKSTATUS})                    [extensions.conf:6]
  '100' =>          1. Playback(hello)                            [extensions.conf:3]
                    2. Hangup()                                   [extensions.conf:4]
[ Context 'bye' created by 'pbx_config' ]
  's' =>            1. NoOp(x)                                    [extensions.conf:9]
"""
MAPS = Maps(parse_dialplan(DIALPLAN), parse_dialplan(DIALPLAN))


SPEAKS = Maps(parse_dialplan(DIALPLAN.replace("NoOp(bye)", "NoOp(${SIPURI})")), MAPS.candidate)


def rules(*before_and_after: str, name: str = "PLAYBACKSTATUS", maps: Maps = MAPS) -> list[str]:
    before, after = before_and_after
    texts = dict.fromkeys(INSTANCES, "FAILED") | {"candidate": "SUCCESS"}
    traces = {
        instance: (trace(f"{before}\n\n{status(value, name)}\n\n{after}", instance=instance),)
        for instance, value in texts.items()
    }
    return [finding.rule for finding in judge(Plays("test/one", traces), maps).result.findings]


@pytest.mark.parametrize("after", ["", SAYS])
def test_what_nothing_reads_is_for_information(after: str) -> None:
    assert rules(PLAYS, after) == ["status-unread"]


@pytest.mark.parametrize("after", [READS, f"{SAYS}\n\n{READS}", runs("100", 2, "Hangup", "")])
def test_what_the_h_extension_reads_and_what_is_set_while_the_call_goes_on_counts(after: str) -> None:
    assert rules(PLAYS, after) == ["variable-changed"]


def test_a_hangup_handler_is_what_runs_after_the_call() -> None:
    pushed, after = HANDLED
    assert rules(f"{pushed}\n\n{PLAYS}", after) == ["status-unread"]


def test_what_runs_after_the_call_is_taken_to_read_it_where_the_dialplan_is_not_known() -> None:
    assert rules(PLAYS, SAYS, maps=Maps()) == ["variable-changed"]


def test_what_the_dialplan_sets_itself_counts() -> None:
    assert rules(runs("h", 1, "Set", "MYSTATUS=x"), "", name="MYSTATUS") == ["variable-changed"]
    assert rules(PLAYS, "", name="VOICEMAIL_PLAYBACKSTATUS") == ["status-unread"]


def test_how_a_dial_ended_counts_in_any_case() -> None:
    assert rules(PLAYS, "", name="DIALSTATUS") == ["variable-changed"]


@pytest.mark.parametrize(("maps", "rule"), [(MAPS, "variable-of-technology-unread"), (SPEAKS, "variable-lost")])
def test_what_chan_sip_sets_by_itself_is_lost_where_the_dialplan_speaks_of_it(maps: Maps, rule: str) -> None:
    texts = dict.fromkeys(INSTANCES, status("here", "SIPURI")) | {"candidate": ""}
    traces = {instance: (trace(text, instance=instance),) for instance, text in texts.items()}
    assert [finding.rule for finding in judge(Plays("test/one", traces), maps).result.findings] == [rule]
