"""A scenario that has no end: where it goes in a circle, and that nothing of it is compared."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.asterisk.dialplan.show import parse_dialplan
from harness.judge import Maps, Plays, judge
from harness.judge.circle import circle_words
from harness.model import Ending, InstanceName, Outcome, Place, Trace
from harness.testing import trace

SHOWN = """\
[ Context 'in' created by 'pbx_config' ]
  '100' =>          1. Answer()                                   [extensions.conf:3]
     [again]        2. Playback(mine/not-here)                    [extensions.conf:4]
                    3. Goto(again)                                [extensions.conf:5]
  '200' =>          1. Dial(Local/300@in)                         [extensions.conf:6]
  '300' =>          1. Dial(Local/200@in)                         [extensions.conf:7]
"""
MAPS = Maps(parse_dialplan(SHOWN, folder="old/"), parse_dialplan(SHOWN, folder="candidate/"))
LEG = "Event: Newexten\nContext: harness-leg\nExtension: talk\nPriority: 1\n\n"
NOT_HERE = "Level: WARNING\nMessage: File mine/not-here does not exist in any format\n\n"


def ran(extension: str, priority: int) -> str:
    return f"Event: Newexten\nContext: in\nExtension: {extension}\nPriority: {priority}\n\n"


PROMPT = ran("100", 1) + (LEG + ran("100", 2) + NOT_HERE + ran("100", 3)) * 40
CALLS = "".join(ran("200", 1) + ran("300", 1) for _ in range(40))
EVENTS = "Event: UserEvent\nUserEvent: Again\n\n" * 40


def endless(text: str, instance: InstanceName = "old") -> Trace:
    return replace(trace(text, instance=instance), ending=Ending.ENDLESS, problem="made 10,000 events in 1.2 s")


def test_the_circle_begins_where_the_priorities_that_repeat_were_first() -> None:
    words = circle_words(endless(PROMPT), MAPS)
    assert words == (
        "goes in a circle at old/extensions.conf:4 (100@in): 40 times; made 10,000 events in 1.2 s"
        " (limits: events); Asterisk's log says: File mine/not-here does not exist in any format"
    )


def test_two_calls_in_a_circle_have_a_place() -> None:
    assert "at old/extensions.conf:6 (200@in): 40 times" in circle_words(endless(CALLS), MAPS)


def test_a_dialplan_that_is_not_known_names_extension_and_priority() -> None:
    assert "at 100@in, priority 2: 40 times" in circle_words(endless(PROMPT), Maps())


def test_what_is_no_circle_of_the_dialplan_says_what_comes_without_end() -> None:
    assert circle_words(endless(EVENTS), MAPS).endswith("most of them UserEvent")


@pytest.mark.parametrize("candidate", ["", PROMPT])
def test_on_the_old_release_it_is_the_scenario_that_fails(candidate: str) -> None:
    plays = Plays(
        "s/one",
        {
            "old": (endless(PROMPT),),
            "again": (endless(PROMPT, "again"),),
            "candidate": (endless(candidate, "candidate") if candidate else trace(instance="candidate"),),
        },
    )
    judged = judge(plays, MAPS)
    assert judged.result.outcome is Outcome.FAILED
    assert "goes in a circle at old/extensions.conf:4" in judged.result.problem
    assert not judged.wants_replay


def test_on_the_candidate_alone_it_is_one_finding_with_its_place() -> None:
    went = trace(ran("100", 1))
    traces: dict[InstanceName, tuple[Trace, ...]] = {
        "old": (went,),
        "again": (replace(went, instance="again"),),
        "candidate": (endless(PROMPT, "candidate"),),
    }
    judged = judge(Plays("s/one", traces), MAPS)
    (finding,) = judged.result.findings
    assert (finding.rule, finding.severity) == ("goes-in-a-circle", "breaking")
    assert finding.where == Place("candidate/extensions.conf", 4)
    assert finding.cause == "Asterisk's log says: File mine/not-here does not exist in any format"
    assert not judged.wants_replay
