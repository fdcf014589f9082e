"""What a value is counts, not what it looks like; and a change knows where it was seen."""

from __future__ import annotations

import pytest

from harness.judge import Judged, Maps, Plays, judge
from harness.judge.align import align, changes
from harness.judge.normalise import normalise
from harness.model import ABSENT, Change, Finding, Seconds, Severity, Thing
from harness.testing import trace

HEAD = "Channel: Local/9@x-0000000a;1\nUniqueid: 1.1"


def between(old: str, candidate: str) -> tuple[Change, ...]:
    return changes(align(normalise(trace(old)), normalise(trace(candidate))))


def judged(old: str, candidate: str, again: str | None = None) -> Judged:
    again = old if again is None else again
    return judge(
        Plays("test/one", {"old": (trace(old),), "again": (trace(again),), "candidate": (trace(candidate),)}),
        Maps(),
    )


def finding(old: str, candidate: str) -> Finding:
    (found,) = judged(old, candidate).result.findings
    return found


LOOKS_MEASURED = [
    ("Event: UserEvent\n{head}\nUserEvent: Order\nModel: {value}", "model a", "model s", "user-event-changed"),
    ("Event: UserEvent\n{head}\nUserEvent: Order\nModel: {value}", "3 s", "9 s", "user-event-changed"),
    ("Event: NewCallerid\n{head}\nCallerIDName: {value}", "Ann", "Mr s", "caller-id-changed"),
    ("Event: VarSet\n{head}\nVariable: TEXT\nValue: {value}", "hello", "wait 5 s", "variable-changed"),
    ("Event: Cdr\nUniqueID: 1.1\nAccountCode: {value}", "ann", "0 s", "cdr-field-changed"),
]


@pytest.mark.parametrize(("event", "old", "candidate", "rule"), LOOKS_MEASURED)
def test_a_text_is_no_duration(event: str, old: str, candidate: str, rule: str) -> None:
    found = finding(event.format(head=HEAD, value=old), event.format(head=HEAD, value=candidate))
    assert (found.rule, found.severity) == (rule, Severity.BREAKING)


@pytest.mark.parametrize(("event", "old", "candidate", "rule"), LOOKS_MEASURED)
def test_the_values_of_a_text_are_in_the_fingerprint(event: str, old: str, candidate: str, rule: str) -> None:
    marks = {
        finding(event.format(head=HEAD, value=old), event.format(head=HEAD, value=other)).fingerprint
        for other in (candidate, "another s", "another")
    }
    assert len(marks) == 3


def test_measured_times_are_not_in_the_fingerprint() -> None:
    cdr = "Event: Cdr\nUniqueID: 1.1\nDuration: {}"
    found = [finding(cdr.format(3), cdr.format(seconds)) for seconds in (9, 30)]
    assert {f.rule for f in found} == {"duration-changed"}
    assert len({f.fingerprint for f in found}) == 1


def test_a_duration_that_is_none_any_more_is_another_value() -> None:
    cdr = "Event: Cdr\nUniqueID: 1.1\nDuration: {}"
    (change,) = between(cdr.format(3), cdr.format("long"))
    assert (change.kind, change.field, change.old, change.candidate) == ("changed", "Duration", Seconds(3), "long")
    assert finding(cdr.format(3), cdr.format("long")).rule == "cdr-field-changed"


def test_absent_is_not_empty() -> None:
    event = f"Event: UserEvent\n{HEAD}\nUserEvent: Order\nId: 7"
    (emptied,) = between(event, event.replace("Id: 7", "Id: "))
    (gone,) = between(event, event.replace("\nId: 7", ""))
    assert (emptied.kind, emptied.candidate) == ("changed", "")
    assert (gone.kind, gone.old, gone.candidate) == ("removed", "7", ABSENT)


def _answer(body: str) -> str:
    return f"Ari: answer\nOperation: bridges.create\nStatus: 200\nBody: {body}"


@pytest.mark.parametrize(
    ("old", "candidate"),
    [("16", '"16"'), ("null", '""'), ("null", '"null"'), ("true", "1"), ("true", '"true"'), ("0", "false")],
)
def test_json_of_another_type_is_another_value(old: str, candidate: str) -> None:
    sides = [_answer(f'{{"a": {value}}}') for value in (old, candidate)]
    for found in (finding(*sides), finding(*sides[::-1])):
        assert (found.rule, found.severity) == ("ari-type-changed", Severity.BREAKING)
        assert found.old != found.candidate


def test_one_and_one_point_nought_are_the_same_number() -> None:
    assert between(_answer('{"a": 1}'), _answer('{"a": 1.0}')) == ()


def test_a_change_knows_both_observations_and_both_places() -> None:
    def ran(priority: int, value: str) -> str:
        where = f"Context: in\nExtension: 9\nPriority: {priority}\nApplication: NoOp"
        return f"Event: Newexten\n{HEAD}\n{where}\n\nEvent: VarSet\n{HEAD}\nVariable: X\nValue: {value}"

    noise = "Event: PresenceStatus\nA: 1\n\n"
    (found,) = [change for change in between(ran(1, "a"), noise + ran(2, "b")) if change.layer == "effect"]
    assert (found.seen, found.spots) == ((1, 2), (("in", "9", "1"), ("in", "9", "2")))


def test_what_one_side_has_alone_was_seen_there_alone() -> None:
    event = f"Event: UserEvent\n{HEAD}\nUserEvent: Order\nId: 7"
    ((lost,), (new,)) = between(event, ""), between("", event)
    assert (lost.seen, lost.old, lost.candidate) == ((0, -1), Thing((("UserEvent", "Order"), ("Id", "7"))), ABSENT)
    assert (new.seen, new.old) == ((-1, 0), ABSENT)


def test_a_finding_says_what_differs() -> None:
    found = finding(
        f"Event: VarSet\n{HEAD}\nVariable: X\nValue: 1", f"Event: VarSet\n{HEAD}\nVariable: X\nValue: 2"
    )
    assert (found.event, found.field, found.subject, found.seen) == ("VarSet X", "Value", "Local/9@x;1", (0, 0))
