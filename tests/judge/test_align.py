import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.judge.align import align, changes
from harness.judge.normalise import normalise
from harness.model import ABSENT, Ignore, Thing, Tolerances, Trace
from harness.testing import trace

EXACT = Tolerances()
CALLER = "Channel: PJSIP/101-00000001\nUniqueid: 1.1\nLinkedid: 1.1"


def event(name: str, channel: str = "a", **headers: str) -> str:
    lines = [f"Event: {name}", f"Channel: Local/{channel}@x-0000000a;1", f"Uniqueid: {channel}.1"]
    return "\n".join([*lines, *(f"{key}: {value}" for key, value in headers.items())])


def compare(old: str, new: str, tolerances: Tolerances = EXACT) -> list[tuple[str, str, str]]:
    found = changes(align(normalise(trace(old)), normalise(trace(new)), tolerances.seconds), tolerances)
    return [(change.kind, change.event, change.field) for change in found]


EVENTS = st.lists(
    st.builds(
        event,
        st.sampled_from(["Newstate", "Hangup", "VarSet", "UserEvent", "Cdr", "Unheard"]),
        st.sampled_from(["a", "b"]),
        Cause=st.sampled_from(["0", "16"]),
        Variable=st.sampled_from(["X", "Y"]),
        Value=st.text("xyz", max_size=2),
    ),
    max_size=8,
).map("\n\n".join)


@given(EVENTS)
@settings(deadline=None)
def test_a_trace_compared_with_itself_shows_nothing(text: str) -> None:
    assert compare(text, text) == []


@given(EVENTS, EVENTS)
@settings(deadline=None, max_examples=500)
def test_swapping_sides_swaps_removed_and_added(one: str, other: str) -> None:
    mirror = {"removed": "added", "added": "removed", "changed": "changed", "moved": "moved"}
    forth, back = compare(one, other), compare(other, one)
    assert sorted((mirror[kind], name, field) for kind, name, field in forth) == sorted(back)


def test_interleaved_calls_are_equal() -> None:
    mine = [event("VarSet", "a", Variable="X", Value=str(n)) for n in range(5)]
    theirs = [event("VarSet", "b", Variable="X", Value=str(n)) for n in range(5)]
    mixed = list(zip(mine, theirs, strict=True))
    random.Random(7).shuffle(mixed)
    ordered = sorted(mixed, key=lambda pair: mine.index(pair[0]))
    assert compare("\n\n".join(mine + theirs), "\n\n".join(x for pair in ordered for x in pair)) == []


def test_order_counts_within_one_channel() -> None:
    one, other = event("UserEvent", UserEvent="A"), event("UserEvent", UserEvent="B")
    assert [kind for kind, _, _ in compare(f"{one}\n\n{other}", f"{other}\n\n{one}")] == ["moved"]


def test_order_does_not_count_among_cdr_records() -> None:
    rows = [
        "Event: Cdr\nUniqueID: a.1\nDisposition: ANSWERED\nDestination: 1",
        "Event: Cdr\nUniqueID: a.1\nDisposition: BUSY\nDestination: 2",
    ]
    assert compare("\n\n".join(rows), "\n\n".join(reversed(rows))) == []


def test_a_lost_channel_is_one_difference_and_its_record_another() -> None:
    bob = "\n\n".join(
        [event("Newchannel", "b"), event("Newstate", "b", ChannelStateDesc="Up"), event("Hangup", "b", Cause="16")]
    )
    cdr = "Event: Cdr\nUniqueID: b.1\nChannel: Local/b@x-0000000a;1\nDisposition: ANSWERED"
    assert compare(f"{bob}\n\n{cdr}", "") == [("removed", "Channel", ""), ("removed", "Cdr", "")]


def test_a_channel_that_one_side_has_is_there_on_that_side_only() -> None:
    here, nowhere = normalise(trace(event("Newchannel", "b"))), normalise(trace())
    (lost,) = changes(align(here, nowhere))
    (new,) = changes(align(nowhere, here))
    assert (lost.kind, lost.sides, lost.seen) == ("removed", (Thing(), ABSENT), (0, -1))
    assert (new.kind, new.sides, new.seen) == ("added", (ABSENT, Thing()), (-1, 0))


def test_durations_have_a_tolerance() -> None:
    def cdr(seconds: int) -> str:
        return f"Event: Cdr\nUniqueID: a.1\nBillableSeconds: {seconds}"

    assert compare(cdr(3), cdr(4)) == []
    assert compare(cdr(3), cdr(5)) == [("changed", "Cdr", "BillableSeconds")]
    assert compare(cdr(3), cdr(6), Tolerances(seconds=3)) == []


@pytest.mark.parametrize(
    ("old", "new", "differs"),
    [("3", "4", False), ("3", "5", True), ("3.0", "4.9", True), ("3.2", "4.1", False), ("5", "3", True)],
)
def test_whole_seconds_and_fractions_have_the_same_tolerance(old: str, new: str, differs: bool) -> None:
    rows = [f"Event: Cdr\nUniqueID: a.1\nBillableSeconds: {seconds}" for seconds in (old, new)]
    assert bool(compare(*rows)) is differs


def test_repeated_headers_are_all_compared() -> None:
    one = event("Unheard") + "\nChanVariable: A=1\nChanVariable: B=2"
    other = event("Unheard") + "\nChanVariable: A=1\nChanVariable: B=3"
    assert compare(one, other) == [("changed", "Unheard", "ChanVariable.B")]


def test_an_ignored_field_is_tolerated_and_no_other() -> None:
    one, other = event("Hangup", Cause="16", Extra="a"), event("Hangup", Cause="17", Extra="b")
    ignore = Tolerances(ignore=(Ignore("the provider's", event="Hangup", field="Cause"),))
    assert compare(one, other, ignore) == [("changed", "Hangup", "Extra")]
    about = Tolerances(ignore=(Ignore("the provider's", about="Hangup: Cause"),))
    assert compare(one, other, about) == [("changed", "Hangup", "Extra")]
    elsewhere = Tolerances(ignore=(Ignore("the provider's", about="Hangup: *", subject="PJSIP/*"),))
    assert len(compare(one, other, elsewhere)) == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [("11", "1"), ("1222", "12"), ("2211", "221"), ("1121", "121")],
)
def test_a_variable_that_is_set_anew_to_what_it_holds_is_not_lost(old: str, new: str) -> None:
    """Macro read an application's arguments twice: DB() in them set DB_RESULT twice (played on 16.28)."""
    one, other = ("\n\n".join(event("VarSet", Variable="X", Value=value) for value in side) for side in (old, new))
    found = changes(align(normalise(trace(one)), normalise(trace(other))))
    assert {(change.kind, change.event, change.layer) for change in found} == {("removed", "VarSet X", "path")}
    assert all(change.old == change.candidate for change in found)


def test_a_variable_that_goes_and_comes_back_within_one_priority_is_not_lost() -> None:
    """Two functions in an argument of ExecIf, which Macro read once more (played on 16.28)."""

    def call(*settings: tuple[str, str]) -> str:
        place = "Event: Newexten\nContext: in\nExtension: s\nPriority: {}\nApplication: ExecIf\nAppData: x"
        at = [f"{place.format(number)}\n{CALLER}" for number in (1, 2, 3)]
        sets = {number: [f"Event: VarSet\nVariable: X\nValue: {v}\n{CALLER}" for n, v in settings if n == number]
                for number in "123"}  # fmt: skip
        return "\n\n".join(text for number in "123" for text in (at[int(number) - 1], *sets[number]))

    def layers(*settings: tuple[str, str]) -> set[str]:
        new = call(("1", "3"))
        found = changes(align(normalise(trace(call(*settings))), normalise(trace(new))))
        return {change.layer for change in found if change.event == "VarSet X"}

    assert layers(("1", "3"), ("2", ""), ("2", "3")) == {"path"}
    assert "effect" in layers(("1", "3"), ("2", ""), ("3", "3"))
    assert "effect" in layers(("1", "3"), ("2", ""), ("2", "4"))


@pytest.mark.parametrize(("old", "new"), [("12", "1"), ("121", "12"), ("1", ""), ("11", "")])
def test_a_value_that_does_not_come_any_more_is_lost_or_another(old: str, new: str) -> None:
    one, other = ("\n\n".join(event("VarSet", Variable="X", Value=value) for value in side) for side in (old, new))
    found = changes(align(normalise(trace(one)), normalise(trace(other))))
    assert "effect" in {change.layer for change in found}


def test_the_harness_s_own_leg_does_not_count() -> None:
    talk = event("Newexten", Context="harness-leg", Extension="talk", Priority="1", Application="Milliwatt")
    assert compare("", talk) == []


def test_normalising_depends_on_nothing_but_the_trace() -> None:
    seen: Trace = trace(event("Hangup", Cause="16"))
    assert normalise(seen) == normalise(seen)


def test_the_tolerance_is_one_second_where_none_is_named() -> None:
    assert align(normalise(trace()), normalise(trace())).seconds == Tolerances().seconds == 1.0


def test_of_two_that_went_one_moved_when_one_came_elsewhere() -> None:
    one, other, third = (event("UserEvent", UserEvent=name) for name in "ABC")
    found = compare("\n\n".join((one, one, other, third)), "\n\n".join((other, third, one)))
    assert sorted(kind for kind, _, _ in found) == ["moved", "removed"]


LEG = "Channel: Local/a@x-0000000a;1"
BOARD = "App: board\nInterface: {}\nKind: {}\n"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        [f"Event: Playback\n{LEG}\nSound: {sounds}\nLanguage: en" for sounds in ("hello", "goodbye")],
        [f"Agi: script\n{LEG}\nLine: {line}" for line in ("ANSWER", "HANGUP")],
        [f"Agi: asterisk\n{LEG}\nLine: 200 result={result}" for result in (0, 1)],
        [f"Name: queue sales\nMember: {member}" for member in ("ann", "bob")],
        [f"Ari: answer\nOperation: channels.get\nStatus: {status}" for status in (200, 404)],
        [f'Ari: event\nType: StasisEnd\nBody: {{"x": {number}}}' for number in (1, 2)],
        [BOARD.format("ami", "action") + f"Action: {action}" for action in ("Status", "QueueSummary")],
        [BOARD.format("ari", "request") + f"Request: GET /ari/{what}" for what in ("bridges", "channels")],
        [BOARD.format("ari", "response") + f"Request: GET /ari/x\nStatus: {status}" for status in (200, 404)],
        [BOARD.format("ari", "event") + f'Type: StasisEnd\nBody: {{"x": {number}}}' for number in (1, 2)],
        [BOARD.format("process", "ended") + f"Code: {code}" for code in (0, 1)],
        [event("VarSet", Variable="X", Value=value) for value in "12"],
        [event("Hold", Music=music) for music in "12"],
    ],
)
def test_order_counts_in_what_is_said_heard_and_asked_for(one: str, other: str) -> None:
    assert compare(f"{one}\n\n{other}", f"{one}\n\n{other}") == []
    assert [kind for kind, _, _ in compare(f"{one}\n\n{other}", f"{other}\n\n{one}")] == ["moved"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        [f"Level: WARNING\nMessage: {message}" for message in ("No such queue", "Unable to write")],
        [event("DialEnd", DestChannel=f"PJSIP/{callee}-0000000b", DialStatus="BUSY") for callee in ("ann", "bob")],
        [event("DialState", DestChannel=f"PJSIP/{callee}-0000000b") for callee in ("ann", "bob")],
        [BOARD.format("ami", "broken") + f"Problem: {problem}" for problem in ("no end", "no start")],
        [BOARD.format("process", "traceback") + f"Text: {error}" for error in ("KeyError", "ValueError")],
    ],
)
def test_order_does_not_count_among_lines_of_the_log_and_phones_that_ring_at_once(one: str, other: str) -> None:
    assert compare(f"{one}\n\n{other}", f"{other}\n\n{one}") == []
    assert [kind for kind, _, _ in compare(f"{one}\n\n{other}", one)] == ["removed"]
