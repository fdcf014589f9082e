"""Playing and replaying: what is judged, what is played again, and what remains when something breaks."""

from __future__ import annotations

import asyncio
from itertools import count
from pathlib import Path

import pytest
from small_runs import MAPS, OLD, OTHER, Player, booted, site

from harness.errors import LabError
from harness.judge import Judged
from harness.model import Finding, Outcome, Place, ScenarioResult, Severity, Waiver
from harness.stages.play import is_doubtful, play, replay, within
from harness.stages.results import Results

WAIVER = Waiver("planned", Place("waivers.yaml", 2), rule="user-event-*")


def judged(*severities: Severity, unstable: int = 0, wants_replay: bool = True) -> Judged:
    findings = tuple(Finding(f"user-event-{s}", s, "call", "a/one", "t") for s in severities)
    return Judged(
        ScenarioResult("a/one", "dialplan", Outcome.DIFFERS, findings=findings), 0, unstable, wants_replay
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


@pytest.mark.parametrize(("seconds", "begun"), [(0.5, 0), (2, 2), (99, 3)])
def test_what_is_begun_in_time(seconds: float, begun: int) -> None:
    clock = count()
    assert list(within(seconds, range(3), lambda: next(clock))) == list(range(begun))


def test_what_differs_is_played_again_alone(tmp_path: Path) -> None:
    player = Player({"a/one": [OLD], "a/two": [OTHER]})
    results = run(tmp_path, player, ["a/one", "a/two"], replays=2)
    assert player.played == [("a/one", 0), ("a/two", 0), ("a/two", 1), ("a/two", 2)]
    assert {id_: result.outcome for id_, result in results.of.items()} == {
        "a/one": Outcome.SAME,
        "a/two": Outcome.DIFFERS,
    }
    assert (results.doubtful, results.problems, results.unattributed) == ((), (), 3)


def test_what_does_not_differ_again_is_believed_no_more(tmp_path: Path) -> None:
    results = run(tmp_path, Player({"a/one": [OTHER, OLD]}), ["a/one"], replays=5)
    assert not any(finding.severity.holds for finding in results.of["a/one"].findings)


def test_what_is_accepted_is_not_played_again(tmp_path: Path) -> None:
    player = Player({"a/one": [OTHER]})
    run(tmp_path, player, ["a/one"], waivers=(WAIVER,))
    assert player.played == [("a/one", 0)]


def test_no_time_for_replays_is_a_problem_of_the_run(tmp_path: Path) -> None:
    player = Player({"a/one": [OTHER], "a/two": [OTHER], "a/three": [OTHER]})
    results = run(tmp_path, player, ["a/one", "a/two", "a/three"], now=1, replays=1, replay_seconds=1)
    assert player.played[3:] == [("a/one", 1)]
    assert results.problems == ("no time to replay 2 scenarios: what differs stands on one play",)
    assert results.of["a/two"].outcome is Outcome.DIFFERS
    assert [plays.id for plays in results.doubtful] == ["a/two", "a/three"]


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
