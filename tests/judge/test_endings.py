"""How plays end on old, again and candidate: every cell of the table, and none is the same by falling through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import product

import pytest

from harness.judge import Maps, Plays, gate, judge
from harness.judge.endings import Cell, endings_of
from harness.model import Ending, InstanceName, Outcome, Trace, Verdict
from harness.testing import trace

LETTERS = dict(zip("puoncsehm", Ending, strict=True))
GONE = {Ending.CRASHED, Ending.HUNG}
FAILS = (Ending.UNMET, Ending.OVERDUE, Ending.ENDLESS)
Three = tuple[Ending, Ending, Ending]


def play(ending: Ending, instance: InstanceName = "old", number: int = 0) -> Trace:
    problem = "" if ending is Ending.PLAYED else "waited for an answer"
    return replace(trace(instance=instance), ending=ending, problem=problem, play=number, alone=number > 0)


def plays(old: str, again: str, candidate: str) -> Plays:
    """A letter a play: `p` played, `u` unmet, `o` overdue, `n` unplayable, `c` crashed, `s` skipped, `e` endless,
    `h` hung, `m` at its memory limit.
    """
    of: Mapping[InstanceName, str] = {"old": old, "again": again, "candidate": candidate}
    traces = {
        name: tuple(play(LETTERS[letter], name, number) for number, letter in enumerate(letters))
        for name, letters in of.items()
    }
    return Plays("test/one", traces)


def expected(old: Ending, again: Ending, candidate: Ending) -> Cell:
    """The table in other words, for one play of each."""
    if {*GONE, Ending.STARVED} & {old, again}:
        return Cell.UNPLAYABLE
    if candidate in GONE:
        return Cell.CRASH
    if Ending.SKIPPED in (old, again, candidate):
        return Cell.SKIPPED if old is again is candidate else Cell.SKIPPED_ON_ONE
    if {Ending.UNPLAYABLE, Ending.STARVED} & {old, again, candidate}:
        return Cell.UNPLAYABLE
    if old in FAILS and again in FAILS:
        return Cell.WRONG
    if candidate in FAILS:
        return Cell.FAILS
    return Cell.COMPARE if old is again is Ending.PLAYED else Cell.UNSTABLE_ON_OLD


@pytest.mark.parametrize("three", list(product(Ending, repeat=3)), ids=lambda three: "-".join(three))
def test_every_cell_has_a_name(three: Three) -> None:
    old, again, candidate = three
    traces: Mapping[InstanceName, tuple[Trace, ...]] = {
        "old": (play(old),),
        "again": (play(again, "again"),),
        "candidate": (play(candidate, "candidate"),),
    }
    assert endings_of(traces).cell is expected(*three)


@pytest.mark.parametrize("three", list(product("puoncsehm", repeat=3)), ids="".join)
def test_nothing_but_played_three_times_is_the_same(three: tuple[str, str, str]) -> None:
    """No finding is no proof: `same` is what was played everywhere."""
    assert (judge(plays(*three), Maps()).result.outcome is Outcome.SAME) == (three == ("p", "p", "p"))


@pytest.mark.parametrize(
    ("old", "again", "candidate", "outcome", "rules"),
    [
        ("u", "p", "u", Outcome.DIFFERS, ["expectation-failed"]),
        ("o", "p", "o", Outcome.DIFFERS, ["expectation-failed"]),
        ("p", "u", "o", Outcome.DIFFERS, ["expectation-failed"]),
        ("p", "u", "p", Outcome.UNSTABLE_ON_OLD, []),
        ("u", "p", "p", Outcome.UNSTABLE_ON_OLD, []),
        ("p", "p", "u", Outcome.DIFFERS, ["expectation-failed"]),
        ("u", "o", "p", Outcome.FAILED, []),
        ("e", "e", "e", Outcome.FAILED, []),
        ("e", "e", "p", Outcome.FAILED, []),
        ("p", "p", "e", Outcome.DIFFERS, ["goes-in-a-circle"]),
        ("e", "p", "p", Outcome.UNSTABLE_ON_OLD, []),
        ("u", "o", "u", Outcome.FAILED, []),
        ("u", "u", "c", Outcome.DIFFERS, ["asterisk-crashed"]),
        ("n", "p", "c", Outcome.DIFFERS, ["asterisk-crashed"]),
        ("p", "p", "h", Outcome.DIFFERS, ["asterisk-hangs"]),
        ("c", "p", "c", Outcome.NOT_COMPARED, []),
        ("h", "p", "p", Outcome.NOT_COMPARED, []),
        ("p", "p", "m", Outcome.NOT_COMPARED, []),
        ("p", "p", "n", Outcome.NOT_COMPARED, []),
        ("s", "s", "s", Outcome.SKIPPED, []),
        ("s", "s", "p", Outcome.NOT_COMPARED, []),
        ("p", "p", "s", Outcome.NOT_COMPARED, []),
        ("s", "p", "s", Outcome.NOT_COMPARED, []),
        ("s", "s", "c", Outcome.DIFFERS, ["asterisk-crashed"]),
    ],
)
def test_what_one_play_each_comes_to(
    old: str, again: str, candidate: str, outcome: Outcome, rules: list[str]
) -> None:
    result = judge(plays(old, again, candidate), Maps()).result
    assert (result.outcome, [finding.rule for finding in result.findings]) == (outcome, rules)


@pytest.mark.parametrize(
    ("old", "again", "candidate", "cell"),
    [
        ("pppp", "pppp", "pppp", Cell.COMPARE),
        ("pppp", "pppp", "uppp", Cell.COMPARE),
        ("pppp", "pppp", "uuuu", Cell.FAILS),
        ("uppppp", "pppppp", "uouuuu", Cell.FAILS),  # one of twelve against six of six
        ("uuuppp", "pppuuu", "uuuuuu", Cell.UNSTABLE_ON_OLD),  # half of them against all: that may be chance
        ("uppp", "pppp", "pppp", Cell.UNSTABLE_ON_OLD),
        ("uppp", "pppp", "upup", Cell.UNSTABLE_ON_OLD),
        ("uppppp", "pppppp", "uoupuu", Cell.FAILS),  # neither release always, and the candidate far more often
        ("pppp", "pppp", "puuu", Cell.COMPARE),  # its failures are what is compared
        ("puuu", "pooo", "pppp", Cell.NOT_AGAIN),
        ("puuu", "puup", "pppp", Cell.UNSTABLE_ON_OLD),
        ("pu", "pp", "pp", Cell.UNSTABLE_ON_OLD),  # a replay of either instance counts
        ("pp", "pu", "pp", Cell.UNSTABLE_ON_OLD),
        ("pu", "pu", "pp", Cell.NOT_AGAIN),
        ("uuuu", "uuuu", "pppp", Cell.WRONG),
        ("pppp", "pppp", "pcnn", Cell.CRASH),
        ("pppp", "pppn", "pppp", Cell.UNPLAYABLE),
        ("pppp", "pcpp", "pcpp", Cell.UNPLAYABLE),
        ("pppp", "pppp", "ppps", Cell.SKIPPED_ON_ONE),
        ("pp", "pp", "mm", Cell.CRASH),  # twice is no chance
        ("pp", "pp", "mp", Cell.UNPLAYABLE),
        ("pm", "pp", "mm", Cell.UNPLAYABLE),
    ],
)
def test_what_replays_come_to(old: str, again: str, candidate: str, cell: Cell) -> None:
    assert endings_of(plays(old, again, candidate).traces).cell is cell


def test_a_failure_is_told_in_spite_of_a_failing_play_on_old() -> None:
    """Both fail in the same words: compared as traces they would be equal."""
    judged = judge(plays("u", "p", "u"), Maps())
    (finding,) = judged.result.findings
    assert (finding.title, finding.old, finding.candidate) == (
        "waited for an answer",
        "played",
        "waited for an answer",
    )
    assert judged.wants_replay


def test_what_is_unstable_says_why_and_is_played_again() -> None:
    judged = judge(plays("p", "u", "p"), Maps())
    assert judged.result.problem == "on the old release, now and then: waited for an answer"
    assert judged.wants_replay


def test_what_fails_on_the_candidate_in_the_crowd_only_is_unstable_there() -> None:
    result = judge(plays("pppp", "pppp", "uppp"), Maps()).result
    assert (result.outcome, result.problem) == (
        Outcome.UNSTABLE_ON_CANDIDATE,
        "in 1 of 1 plays with other scenarios, in none of 3 alone, and in none of 8 on the old release:"
        " waited for an answer",
    )


def test_a_candidate_that_stood_still_while_six_scenarios_played_is_not_promoted() -> None:
    """Overdue on the candidate alone, twelve good plays of old each, and all replays are good."""
    judgements = [judge(plays("pppppp", "pppppp", "oppppp"), Maps()) for _ in range(6)]
    assert {one.result.outcome for one in judgements} == {Outcome.UNSTABLE_ON_CANDIDATE}
    gated = gate([one.result for one in judgements], (), today="2026-11-28")
    assert gated.verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("candidate", ["upuppp", "ppuppu", "uppppp", "pppppu", "puupuu", "uuuuuu"])
def test_a_candidate_that_loses_calls_is_never_promoted(candidate: str) -> None:
    result = judge(plays("pppppp", "pppppp", candidate), Maps()).result
    assert gate([result], (), today="2026-11-28").verdict is not Verdict.PROMOTE


@pytest.mark.parametrize("missing", ["old", "again", "candidate"])
def test_no_play_at_all_proves_nothing(missing: str) -> None:
    end = endings_of({name: t for name, t in plays("p", "p", "p").traces.items() if name != missing})
    assert (end.cell, end.problem) == (Cell.UNPLAYABLE, f"was not played on {missing}")


def test_what_cannot_be_played_again_says_what_a_replay_said() -> None:
    crowded = plays("pu", "uu", "pp")
    first = replace(crowded.traces["again"][0], problem="in the crowd")
    traces = {**crowded.traces, "again": (first, crowded.traces["again"][1])}
    end = endings_of(traces)
    assert (end.cell, end.problem) == (Cell.NOT_AGAIN, "waited for an answer")
