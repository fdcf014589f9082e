"""Playing and replaying: what is judged, what is played again, and what remains when something breaks."""

from __future__ import annotations

import asyncio
from itertools import count
from pathlib import Path

from small_runs import MAPS, OLD, OTHER, Player, booted, scenario, site

from harness.errors import LabError
from harness.judge import Judged
from harness.judge.decision import NextPlay
from harness.model import Ending, Finding, Outcome, Place, ScenarioResult, Severity, Waiver
from harness.stages.play import is_doubtful, play
from harness.stages.replay import Pass, passes, replay
from harness.stages.results import Results

WAIVER = Waiver("planned", Place("waivers.yaml", 2), rule="user-event-*")


def judged(*severities: Severity, unstable: int = 0, wants_replay: bool = True) -> Judged:
    findings = tuple(Finding(f"user-event-{s}", s, "call", "a/one", "t") for s in severities)
    return Judged(
        ScenarioResult("a/one", "dialplan", Outcome.DIFFERS, findings=findings),
        unstable=unstable,
        next=NextPlay.ALONE if wants_replay else NextPlay.ENOUGH,
    )


def run(root: Path, player: Player, ids: list[str], *, waivers: tuple[Waiver, ...] = (), **more: float) -> Results:
    now = more.pop("now", 0)
    clock = count(0, now)
    trio = booted(root, player, site(root, waivers=waivers, **more), ids, now=lambda: next(clock))

    async def both() -> Results:
        return await replay(trio, await play(trio, Results(maps=MAPS)))

    return asyncio.run(both())


def test_what_holds_is_doubtful_unless_it_is_accepted() -> None:
    holds = judged(Severity.BREAKING)
    assert is_doubtful(holds, ())
    assert not is_doubtful(holds, (WAIVER,))
    assert is_doubtful(judged(Severity.BREAKING, Severity.REVIEW), (Waiver("x", WAIVER.source, rule="*-review"),))


def test_what_is_certain_or_does_not_hold_is_not_doubtful() -> None:
    assert not is_doubtful(judged(Severity.BREAKING, wants_replay=False), ())
    assert not is_doubtful(judged(Severity.ADDITIVE), ())


def test_what_is_unstable_is_doubtful_even_if_it_is_accepted() -> None:
    assert is_doubtful(judged(Severity.BREAKING, unstable=1), (WAIVER,))
    assert is_doubtful(judged(unstable=1), ())


def asked(root: Path, *, width: int = 200, **asks: NextPlay) -> list[tuple[str, str]]:
    """The passes of a round: who is asked, and who else plays. One scenario for each letter of `abcdef`."""
    every = [scenario(root, letter) for letter in "abcdef"]
    found = passes(every, asks, width=width)
    return [("".join(s.id for s in one.asked), "".join(s.id for s in one.company)) for one in found]


def test_a_round_is_each_that_has_to_be_alone_and_then_the_others_side_by_side(tmp_path: Path) -> None:
    asks = {"a": NextPlay.ANY, "c": NextPlay.ALONE, "d": NextPlay.ENOUGH, "e": NextPlay.ANY, "f": NextPlay.ALONE}
    assert asked(tmp_path, **asks) == [("c", ""), ("f", ""), ("ae", "")]


def test_a_crowd_is_as_large_as_the_first_one_was(tmp_path: Path) -> None:
    assert asked(tmp_path, b=NextPlay.CROWD) == [("b", "acdef")]
    assert asked(tmp_path, b=NextPlay.CROWD, c=NextPlay.ANY, width=3) == [("c", ""), ("b", "ac")]
    assert asked(tmp_path, b=NextPlay.CROWD, c=NextPlay.CROWD, width=1) == [("bc", "")]


def test_those_side_by_side_are_so_few_that_they_are_no_crowd(tmp_path: Path) -> None:
    every = [scenario(tmp_path, f"a/{number:02d}") for number in range(45)]
    found = passes(every, {one.id: NextPlay.ANY for one in every}, width=200)
    assert [len(one.asked) for one in found] == [20, 20, 5]


def test_a_person_reads_what_is_played_again(tmp_path: Path) -> None:
    a, b, c = (scenario(tmp_path, id_) for id_ in "abc")
    assert Pass((a,)).words == "Replaying a alone"
    assert Pass((a, b)).words == "Replaying 2 scenarios side by side"
    assert Pass((a,), (b, c)).words == "Replaying 1 scenario among 2 others"


def test_what_differs_is_played_again_until_it_is_decided(tmp_path: Path) -> None:
    player = Player({"a/one": [OLD], "a/two": [OTHER]})
    results = run(tmp_path, player, ["a/one", "a/two"])
    assert player.played == [("a/one", 0), ("a/two", 0), ("a/two", 1), ("a/two", 2), ("a/two", 3)]
    assert {id_: result.outcome for id_, result in results.of.items()} == {
        "a/one": Outcome.SAME,
        "a/two": Outcome.DIFFERS,
    }
    assert (results.doubtful, results.problems, results.unattributed) == ((), (), 3)


def test_no_more_replays_than_the_site_allows(tmp_path: Path) -> None:
    player = Player({"a/one": [OTHER], "a/two": [OLD]})
    results = run(tmp_path, player, ["a/one", "a/two"], replays=1)
    assert player.played == [("a/one", 0), ("a/two", 0), ("a/one", 1)]
    assert (results.doubtful, results.of["a/one"].outcome) == ((), Outcome.DIFFERS)


def test_what_does_not_come_again_alone_is_played_again_in_a_crowd(tmp_path: Path) -> None:
    player = Player({"a/one": [OTHER, OLD], "a/two": [OLD], "a/three": [OLD]})
    results = run(tmp_path, player, ["a/one", "a/two", "a/three"])
    crowd = [("a/one", 2), ("a/two", 0), ("a/three", 0)]
    assert player.played[3:7] == [("a/one", 1), *crowd]
    assert player.played[-3:] == [("a/one", 5), *crowd[1:]]
    (finding,) = results.of["a/one"].findings
    assert (results.of["a/one"].outcome, finding.severity) == (Outcome.DIFFERS, Severity.REVIEW)
    kept = sorted(path.name for path in (tmp_path / "traces").glob("a__two*"))
    assert kept == ["a__two.again.jsonl", "a__two.candidate.jsonl", "a__two.old.jsonl"]


def test_scenarios_that_always_differ_are_replayed_side_by_side(tmp_path: Path) -> None:
    """Twenty that differ cost little."""
    ids = [f"a/{letter}" for letter in "abcd"]
    player = Player({id_: [OTHER] for id_ in ids})
    run(tmp_path, player, ids)
    assert player.passes == [4, 4, 4, 4]


def test_what_is_accepted_is_not_played_again(tmp_path: Path) -> None:
    player = Player({"a/one": [OTHER]})
    run(tmp_path, player, ["a/one"], waivers=(WAIVER,))
    assert player.played == [("a/one", 0)]


def test_no_time_for_replays_is_a_problem_of_the_run(tmp_path: Path) -> None:
    player = Player({"a/one": [OTHER], "a/two": [OTHER], "a/three": [OTHER]})
    results = run(tmp_path, player, ["a/one", "a/two", "a/three"], now=1, replay_seconds=1, concurrency=1)
    assert player.played[3:] == [("a/one", 1)]
    assert results.problems == (
        "no time to replay 3 scenarios until it is decided what differs: a/one, a/three, a/two",
    )
    assert results.of["a/two"].outcome is Outcome.DIFFERS


def test_what_was_judged_before_the_trio_broke_stays_judged(tmp_path: Path) -> None:
    problem = LabError("the disk is full")
    problem.add_note("sda1")
    player = Player({"a/one": [OLD], "a/two": [OLD]}, breaks_at=1, error=problem)
    player.broken = ("candidate: Asterisk ended\nits log",)
    results = run(tmp_path, player, ["a/one", "a/two"])
    assert list(results.of) == ["a/one"]
    assert results.problems == ("candidate: Asterisk ended\nits log", "the disk is full\nsda1")
    assert (results.broken, results.unattributed) == (True, 3)


def test_a_trio_that_breaks_while_it_replays_keeps_the_first_play(tmp_path: Path) -> None:
    player = Player({"a/one": [OTHER]}, breaks_at=2, error=LabError("gone"))
    results = run(tmp_path, player, ["a/one"])
    assert (results.of["a/one"].outcome, results.problems, results.broken) == (Outcome.DIFFERS, ("gone",), True)


def test_what_was_lost_beside_a_call_in_a_circle_is_played_once_more(tmp_path: Path) -> None:
    player = Player({"a/circle": [OLD], "a/two": [OLD], "a/three": [OLD]})
    player.endings = {"a/circle": [Ending.ENDLESS], "a/two": [Ending.UNPLAYABLE, Ending.PLAYED]}
    results = run(tmp_path, player, ["a/circle", "a/two", "a/three"])
    assert player.played == [("a/circle", 0), ("a/two", 0), ("a/three", 0), ("a/two", 0)]
    assert {id_: result.outcome for id_, result in results.of.items()} == {
        "a/circle": Outcome.FAILED,
        "a/two": Outcome.SAME,
        "a/three": Outcome.SAME,
    }


def test_what_was_lost_for_another_reason_is_not_tried_again(tmp_path: Path) -> None:
    player = Player({"a/one": [OLD], "a/two": [OLD]})
    player.endings = {"a/two": [Ending.UNPLAYABLE, Ending.PLAYED]}
    assert run(tmp_path, player, ["a/one", "a/two"]).of["a/two"].outcome is Outcome.NOT_COMPARED
    player = Player({"a/circle": [OLD], "a/two": [OLD]})
    player.endings = {"a/circle": [Ending.ENDLESS], "a/two": [Ending.UNPLAYABLE, Ending.PLAYED]}
    player.broken = ("old: Asterisk ended",)
    assert run(tmp_path, player, ["a/circle", "a/two"]).of["a/two"].outcome is Outcome.NOT_COMPARED
