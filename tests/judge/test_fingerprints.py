"""Fingerprints hold what is stable: two runs of a site give the same ones."""

from __future__ import annotations

import pytest

from harness.judge import Maps, Plays, judge
from harness.model import Finding
from harness.testing import trace

HEAD = "Channel: Local/9@x-0000000a;1\nUniqueid: 1.1"
GONE = "Level: WARNING\nMessage: No application '{}' for extension ({}, {}, {})"


def findings(old: list[str], again: list[str], candidate: list[str], scenario: str = "test/one") -> list[Finding]:
    traces = {
        "old": tuple(map(trace, old)),
        "again": tuple(map(trace, again)),
        "candidate": tuple(map(trace, candidate)),
    }
    return list(judge(Plays(scenario, traces), Maps()).result.findings)


def marks(old: str, candidate: str, **more: str) -> set[str]:
    return {f.fingerprint for f in findings([old], [more.pop("again", old)], [candidate], **more)}


def order(**fields: str) -> str:
    return "\n".join(("Event: UserEvent", HEAD, "UserEvent: Order", *(f"{k}: {v}" for k, v in fields.items())))


def ran(priority: int) -> str:
    return f"Event: Newexten\n{HEAD}\nContext: in\nExtension: 9\nPriority: {priority}\nApplication: NoOp\n\n"


def test_a_cause_is_known_by_its_place_and_not_by_the_priority() -> None:
    one, other = (marks("", GONE.format("Macro", "in", "9", priority)) for priority in (3, 7))
    assert one == other
    assert one.isdisjoint(marks("", GONE.format("Macro", "in", "8", 3)))
    assert one.isdisjoint(marks("", GONE.format("Macro", "out", "9", 3)))
    assert one.isdisjoint(marks("", GONE.format("Monitor", "in", "9", 3)))


def test_a_cause_in_two_scenarios_is_the_same_where_the_log_says_the_place() -> None:
    line = GONE.format("Macro", "in", "9", 3)
    assert marks("", line, scenario="a/one") == marks("", line, scenario="b/two")


def test_a_cause_without_a_place_does_not_depend_on_what_ran_last_anywhere() -> None:
    missing = "Level: ERROR\nMessage: Function CALLERPRES not registered"
    elsewhere = ran(1).replace("Context: in", "Context: out")
    assert {
        f.fingerprint for f in findings([ran(1)], [ran(1)], [ran(1) + missing]) if f.rule == "function-missing"
    } == {
        f.fingerprint
        for f in findings([elsewhere], [elsewhere], [elsewhere + missing])
        if f.rule == "function-missing"
    }


def test_where_it_happened_is_no_part_of_a_difference() -> None:
    sides = [[ran(priority) + order(Way=way) for way in ("open", "closed")] for priority in (1, 5)]
    assert marks(*sides[0]) == marks(*sides[1])


def test_what_a_lost_thing_held_counts_and_what_is_random_in_it_does_not() -> None:
    lost = [
        marks(order(Way="open", Token=f"t{run}"), "", again=order(Way="open", Token=f"u{run}")) for run in "12"
    ]
    assert lost[0] == lost[1]
    assert lost[0].isdisjoint(marks(order(Way="closed", Token="t1"), "", again=order(Way="closed", Token="u1")))


def test_a_value_that_the_candidate_makes_up_each_time_does_not_count() -> None:
    runs = [
        {f.fingerprint for f in findings([order(Id="7")] * 4, [order(Id="7")] * 4, [order(Id=i) for i in ids])}
        for ids in ("abcd", "efgh")
    ]
    assert runs[0] == runs[1]
    assert len(runs[0]) == 1


@pytest.mark.parametrize("cause", ["0", "16"])
def test_causes_that_mean_the_same_are_the_same(cause: str) -> None:
    hangup = f"Event: Hangup\n{HEAD}\nCause: {{}}"
    assert marks(hangup.format(cause), hangup.format("66")) == marks(hangup.format("16"), hangup.format("66"))
    assert marks(hangup.format(cause), hangup.format("66")) != marks(hangup.format("17"), hangup.format("66"))


def test_numbers_and_ids_in_a_line_of_the_log_do_not_count() -> None:
    line = "Level: ERROR\nMessage: Thread {} failed for {}"
    assert marks("", line.format(17, "9f3ac1d2")) == marks("", line.format(4, "0be77aa1"))
    assert marks("", line.format(17, "9f3ac1d2")) != marks("", line.format(17, "nobody"))


def test_durations_in_a_lost_record_do_not_count() -> None:
    cdr = "Event: Cdr\nUniqueID: 1.1\nDisposition: ANSWERED\nDuration: {}"
    assert marks(cdr.format(3), "") == marks(cdr.format(8), "")


def test_the_way_through_the_dialplan_is_no_part_of_what_a_record_is_about() -> None:
    cel = "Event: CEL\nEventName: APP_END\nUniqueID: 1.1\nContext: {}\nAppData: {}\nCallerIDnum: 101"
    assert marks(cel.format("macro-in", "a"), "") == marks(cel.format("sub-in", "b"), "")
    assert marks(cel.format("in", "a"), "") != marks(cel.format("in", "a").replace("101", "102"), "")


def test_an_id_in_the_name_of_an_event_does_not_count() -> None:
    def event(token: str) -> str:
        return f"Event: VarSet\n{HEAD}\nVariable: TOKEN_{token}\nValue: 1"

    one, again, other = (event(token) for token in ("9f3ac1d2", "0be77aa1", "77ff01ab"))
    assert findings([one], [again], [other]) == []
    assert marks(one, "") == marks(other, "")


@pytest.mark.parametrize(("one", "other"), [("4125550171", "4125550199"), ("deadbeef", "deadbead"), ("a1", "a2")])
def test_numbers_that_people_dial_and_words_are_no_ids(one: str, other: str) -> None:
    assert marks(order(Id=one), "") != marks(order(Id=other), "")
    assert marks(order(Id="1"), order(Id=one)) != marks(order(Id="1"), order(Id=other))


def test_all_other_ways_in_one_scenario_are_one_and_each_effect_is_its_own() -> None:
    one, other = marks(ran(1) + ran(2), ran(1) + ran(3)), marks(ran(1), ran(1) + ran(4) + ran(5))
    assert one == other
    assert len(one) == 1
    assert one.isdisjoint(marks(ran(1) + ran(2), ran(1) + ran(3), scenario="test/two"))
    assert marks(order(), order(New="1")).isdisjoint(marks(order(), order(Other="1")))
