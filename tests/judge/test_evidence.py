"""What `again` and replays prove: a race on old is never a regression."""

from collections.abc import Iterable, Sequence

import pytest

from harness.judge import evidence
from harness.judge.align import stream_changes
from harness.judge.evidence import Sifted, sift
from harness.judge.normalise import normalise
from harness.judge.normalise.facts import Normal
from harness.judge.pairing import Pair
from harness.model import Change, Tolerances, held_value
from harness.testing import trace

EXACT = Tolerances()


def hangup(cause: str) -> Normal:
    return normalise(trace(f"Event: Hangup\nChannel: Local/a@x-0000000a;1\nUniqueid: a.1\nCause: {cause}"))


def variable(value: str, name: str = "X") -> Normal:
    whose = "Channel: Local/a@x-0000000a;1\nUniqueid: a.1"
    return normalise(trace(f"Event: VarSet\n{whose}\nVariable: {name}\nValue: {value}"))


def sifted_once(old: Normal, again: Normal, candidate: Normal) -> Sifted:
    return sift([old], [again], [candidate], EXACT)


def logged(*lines: str) -> Normal:
    return normalise(trace("\n\n".join(f"Level: WARNING\nMessage: {line}" for line in lines)))


def test_a_change_that_again_shows_as_well_is_noise() -> None:
    sifted = sifted_once(variable("5"), variable("7"), variable("9"))
    assert (len(sifted.kept), len(sifted.noise), len(sifted.unstable)) == (0, 1, 0)


def test_a_line_of_the_log_that_comes_and_goes_says_nothing_of_others() -> None:
    once = "Unable to find codec"
    sifted = sifted_once(logged(), logged(once), logged("No application 'Macro' for 7"))
    assert [held_value(change.candidate, "Message") for change in sifted.kept] == ["No application 'Macro' for 7"]


def test_what_is_deprecated_is_said_once_so_who_does_not_say_it_proves_nothing() -> None:
    quiet, warned = logged(), logged("CALLERPRES is deprecated.")
    assert sifted_once(warned, warned, quiet).kept == ()
    assert sift([warned, quiet], [quiet] * 2, [quiet] * 2, EXACT).kept == ()


def test_what_the_candidate_says_once_is_told_although_no_replay_shows_it() -> None:
    quiet, warned = logged(), logged("CALLERPRES is deprecated.")
    for sifted in (
        sifted_once(quiet, quiet, warned),
        sift([quiet] * 2, [quiet] * 2, [warned, quiet, quiet], EXACT),
    ):
        assert [(d.kind, d.event) for d in sifted.kept] == [("added", "log deprecated")]


def test_noise_never_cancels_how_a_call_ended() -> None:
    sifted = sifted_once(hangup("16"), hangup("17"), hangup("66"))
    assert (len(sifted.kept), len(sifted.noise), len(sifted.unstable)) == (0, 0, 1)


def test_what_old_shows_as_well_now_and_then_is_unstable_and_no_regression() -> None:
    olds = [hangup(cause) for cause in ("16", "17", "16", "16", "17", "16")]
    sifted = sift(olds[::2], olds[1::2], [hangup("17")] * 6, EXACT)
    assert sifted.kept == ()
    assert [change.event for change in sifted.unstable] == ["Hangup"]


def test_what_old_never_shows_is_kept_although_old_wavers() -> None:
    olds = [hangup(cause) for cause in ("16", "0", "16", "16", "0", "16")]
    sifted = sift(olds[::2], olds[1::2], [hangup("66")] * 3, EXACT)
    assert [(change.event, change.candidate) for change in sifted.kept] == [("Hangup", "66")]


def test_a_failure_that_the_candidate_shows_only_sometimes_wavers() -> None:
    sifted = sift([hangup("16")] * 3, [hangup("16")] * 3, [hangup(c) for c in ("16", "66", "16")], EXACT)
    assert [(doubt.change.candidate, doubt.shows.candidate) for doubt in sifted.wavering] == [
        ("66", (False, True, False))
    ]


def test_a_value_that_is_another_on_every_play_is_noise() -> None:
    olds = [variable(str(n)) for n in range(6)]
    sifted = sift(olds[::2], olds[1::2], [variable(str(n)) for n in range(10, 13)], EXACT)
    assert sifted.kept == ()
    assert len(sifted.noise) == 1


def test_a_change_that_does_not_come_again_on_replay_is_not_believed() -> None:
    olds = [variable("1"), variable("1"), variable("2")]
    sifted = sift(olds[::2], olds[1::2], [variable("2")] * 2, EXACT)
    assert sifted.kept == ()


def test_two_causes_that_both_mean_a_normal_end_are_one() -> None:
    for old, new in (("16", "0"), ("0", "16")):
        assert sifted_once(hangup(old), hangup(old), hangup(new)).kept == ()
        assert sifted_once(hangup(old), hangup(new), hangup(new)).unstable == ()
    assert [d.candidate for d in sifted_once(hangup("16"), hangup("0"), hangup("66")).kept] == ["66"]


def test_another_order_that_a_busy_machine_makes_now_and_then_is_noise_and_a_lost_record_is_none() -> None:
    def records(*names: str) -> Normal:
        form = "Event: CEL\nEventName: {}\nChannel: Local/a@x-0000000a;1\nUniqueID: a.1"
        return normalise(trace("\n\n".join(form.format(name) for name in names)))

    usual, turned, lost = records("ANSWER", "HANGUP"), records("HANGUP", "ANSWER"), records("ANSWER")
    crowd = (False, True, True, True)
    same = [usual] * 4
    for one, wavering in ((turned, 0), (lost, 1)):
        sifted = sift(same, same, [one, usual, usual, usual], EXACT, alone=crowd)
        assert (len(sifted.kept), len(sifted.wavering)) == (0, wavering)
        assert sift(same, same, [one] * 4, EXACT, alone=crowd).kept != ()


def test_a_channel_that_is_not_described_now_and_then_had_ended_and_one_that_never_is_counts() -> None:
    def complete(*headers: str) -> Normal:
        lines = ("Event: AgentComplete", "Queue: q", "Channel: Local/a@x-0000000a;1", "Uniqueid: a.1", *headers)
        return normalise(trace("\n".join(lines)))

    usual, bare = complete("DestContext: x", "DestExten: 1"), complete()
    crowd = (False, True, True, True)
    sifted = sift([usual] * 4, [usual] * 4, [bare, usual, usual, usual], EXACT, alone=crowd)
    assert (sifted.kept, sifted.wavering) == ((), ())
    assert len(sift([usual] * 4, [usual] * 4, [bare] * 4, EXACT, alone=crowd).kept) == 2


def test_a_connected_line_that_is_not_told_now_and_then_fell_into_the_hangup_and_another_one_is_a_difference() -> (
    None
):
    def told(*numbers: str) -> Normal:
        whose = "Channel: Local/a@x-0000000a;1\nUniqueid: a.1"
        lines = [f"Event: NewConnectedLine\n{whose}\nConnectedLineNum: {number}" for number in numbers]
        return normalise(trace("\n\n".join((*lines, f"Event: Hangup\n{whose}"))))

    usual, untold, other = told("104"), told(), told("105")
    same, crowd = [usual] * 4, (False, True, True, True)
    for one, wavering in ((untold, 0), (other, 1)):
        sifted = sift(same, same, [one, usual, usual, usual], EXACT, alone=crowd)
        assert (len(sifted.kept), len(sifted.wavering)) == (0, wavering)
        assert sift(same, same, [one] * 4, EXACT, alone=crowd).kept != ()


def test_a_frame_that_a_hangup_cuts_off_now_and_then_says_nothing_and_another_complaint_does() -> None:
    quiet, crowd = logged(), (False, True, True, True)
    for line, wavering in (("Failed to write frame", 0), ("No application 'Macro' for 7", 1)):
        sifted = sift([quiet] * 4, [quiet] * 4, [logged(line), quiet, quiet, quiet], EXACT, alone=crowd)
        assert (len(sifted.kept), len(sifted.wavering)) == (0, wavering)
        assert len(sift([quiet] * 4, [quiet] * 4, [logged(line)] * 4, EXACT, alone=crowd).kept) == 1


def test_a_line_that_a_busy_machine_makes_in_a_crowd_alone_says_nothing_and_one_that_stays_does() -> None:
    quiet, waits = (
        logged(),
        logged("Exceptionally long voice queue length (97 voice / 97 total) queuing to Local/a"),
    )
    alone = (False, True, False, False)
    for line, wavering in ((waits, 0), (logged("No application 'Macro' for 7"), 1)):
        sifted = sift([quiet] * 4, [quiet] * 4, [line, quiet, quiet, quiet], EXACT, alone=alone)
        assert (len(sifted.kept), len(sifted.wavering)) == (0, wavering)
    assert len(sift([quiet] * 4, [quiet] * 4, [waits] * 4, EXACT, alone=alone).kept) == 1


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[Pair]:
    """All facts that were compared, in pairs."""
    every: list[Pair] = []

    def counted(pairs: Sequence[Pair], seconds: float) -> Iterable[Change]:
        every.extend(pairs)
        return stream_changes(pairs, seconds)

    monkeypatch.setattr(evidence, "stream_changes", counted)
    return every


def test_plays_that_tell_the_same_are_compared_with_others_once(compared: list[Pair]) -> None:
    old, new = ([variable(value) for _ in range(6)] for value in "57")
    found = sift(old, old[:3], new, EXACT)
    (where,) = (where for where in old[0].streams if where[1] == "variable X")
    assert compared == [(*old[0].streams[where], *new[0].streams[where])]
    assert [(change.old, change.candidate) for change in found.kept] == [("5", "7")]


def test_streams_that_tell_the_same_are_compared_once_though_the_plays_differ_elsewhere(
    compared: list[Pair],
) -> None:
    def play(x: str, y: str) -> Normal:
        whose = "Event: VarSet\nChannel: Local/a@x-0000000a;1\nUniqueid: a.1"
        return normalise(trace(f"{whose}\nVariable: X\nValue: {x}\n\n{whose}\nVariable: Y\nValue: {y}"))

    found = sift([play("5", "1")], [play("5", "2")], [play("7", "3")], EXACT)
    told = [(one.event, one.fields[-1][1], other.fields[-1][1]) for one, other in compared if one and other]
    assert sorted(told) == [
        ("VarSet X", "5", "7"), ("VarSet Y", "1", "2"), ("VarSet Y", "1", "3"), ("VarSet Y", "2", "3"),
    ]  # fmt: skip
    assert [change.event for change in found.kept] == ["VarSet X"]


def test_the_application_that_a_hangup_ends_is_of_an_instant_and_how_the_call_ended_is_not() -> None:
    def record(application: str, disposition: str = "ANSWERED") -> Normal:
        lines = ("Event: Cdr", "Channel: Local/a@x-0000000a;1", "UniqueID: a.1", f"Disposition: {disposition}")
        return normalise(trace("\n".join((*lines, f"LastApplication: {application}"))))

    usual, later, other = record("Answer"), record("Echo"), record("Answer", "NO ANSWER")
    same, crowd = [usual] * 4, (False, True, True, True)
    for one, wavering in ((later, 0), (other, 1)):
        sifted = sift(same, same, [one, usual, usual, usual], EXACT, alone=crowd)
        assert (len(sifted.kept), len(sifted.wavering)) == (0, wavering)
    assert len(sift(same, same, [later] * 4, EXACT, alone=crowd).kept) == 1


def test_how_far_a_variable_that_follows_the_bridge_has_come_is_of_an_instant_and_another_variable_is_not() -> (
    None
):
    crowd = (False, True, True, True)
    for name, wavering in (("BRIDGEPEER", 0), ("RESULT", 1)):
        usual, other = variable("", name), variable("PJSIP/103", name)
        sifted = sift([usual] * 4, [usual] * 4, [other, usual, usual, usual], EXACT, alone=crowd)
        assert (len(sifted.kept), len(sifted.wavering)) == (0, wavering)
        assert len(sift([usual] * 4, [usual] * 4, [other] * 4, EXACT, alone=crowd).kept) == 1


def test_an_agent_whose_caller_has_gone_is_told_of_without_him_now_and_then_and_that_is_of_an_instant() -> None:
    def complete(*headers: str) -> Normal:
        return normalise(trace("\n".join(("Event: AgentComplete", "Queue: q", *headers))))

    usual, without = complete("Channel: Local/a@x-0000000a;1", "Uniqueid: a.1"), complete()
    crowd = (False, True, True, True)
    sifted = sift([usual] * 4, [usual] * 4, [without, usual, usual, usual], EXACT, alone=crowd)
    assert (sifted.kept, sifted.wavering) == ((), ())
    assert len(sift([usual] * 4, [usual] * 4, [without] * 4, EXACT, alone=crowd).kept) == 2


def test_a_duration_that_is_longer_in_a_crowd_alone_and_not_again_is_of_a_busy_machine() -> None:
    usual, longer = (variable(milliseconds, "ANSWEREDTIME_MS") for milliseconds in ("1283", "3315"))
    for candidates, alone, wavering in (
        ([longer, usual, usual, usual], (False, True, False, False), 0),
        ([longer, usual, usual], (False, True, False), 1),  # it may come again
        ([longer, usual, usual, usual, longer], (False, True, False, False, True), 1),  # alone as well
    ):
        olds = [usual] * len(candidates)
        sifted = sift(olds, olds, candidates, EXACT, alone=alone)
        assert (len(sifted.kept), len(sifted.wavering)) == (0, wavering)
        assert bool(sifted.doubts) is bool(wavering)
    olds = [usual] * 4
    assert len(sift(olds, olds, [longer] * 4, EXACT, alone=(False, True, False, False)).kept) == 1
    for crowd in (3, 6):  # each time in a crowd, and never alone
        candidates, alone = [longer, usual] * crowd + [usual], ((False, True) * crowd) + (True,)
        olds = [usual] * len(candidates)
        assert len(sift(olds, olds, candidates, EXACT, alone=alone).wavering) == 1
