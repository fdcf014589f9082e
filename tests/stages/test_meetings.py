"""Who met in a queue is told where a result wavers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from small_runs import OLD, Player, booted, scenario, site

from harness.model import Outcome, ScenarioResult
from harness.stages.collect import Share
from harness.stages.meetings import Visit, tell_meetings, visit_of
from harness.stages.play import play
from harness.stages.results import Results
from harness.testing import trace

SALES = frozenset({"queue/sales"})


def problems(
    root: Path,
    visits: Mapping[str, Visit],
    *,
    outcome: Outcome = Outcome.UNSTABLE_ON_OLD,
    uses: Mapping[str, frozenset[str]] | None = None,
) -> dict[str, str]:
    """What the results of these scenarios say, of which `a` has this outcome."""
    outcomes = {id_: outcome if id_ == "a" else Outcome.SAME for id_ in visits}
    scenarios = tuple(replace(scenario(root, id_), uses=(uses or {}).get(id_, frozenset())) for id_ in visits)
    trio = replace(booted(root, None, site(root), []), share=Share(scenarios=scenarios))
    results = Results().with_results(
        *(ScenarioResult(id_, "dialplan", one, problem="16 or 17" * (id_ == "a")) for id_, one in outcomes.items())
    )
    told = asyncio.run(tell_meetings(trio, replace(results, visits=visits)))
    return {id_: result.problem for id_, result in told.of.items()}


@pytest.mark.parametrize("outcome", [Outcome.UNSTABLE_ON_OLD, Outcome.UNSTABLE_ON_CANDIDATE])
def test_a_result_that_wavers_names_whom_it_met(tmp_path: Path, outcome: Outcome) -> None:
    visits = {"a": Visit(SALES, 10, 20), "b": Visit(SALES | {"conference/8"}, 19, 30), "c": Visit(SALES, 20, 25)}
    said = problems(tmp_path, visits, outcome=outcome)
    assert said == {
        "a": "16 or 17; its calls meet those of b in queue/sales: add `uses: [queue/sales]` to each",
        "b": "",
        "c": "",
    }


@pytest.mark.parametrize("outcome", [Outcome.SAME, Outcome.DIFFERS, Outcome.NOT_COMPARED])
def test_nothing_is_told_of_what_is_steady(tmp_path: Path, outcome: Outcome) -> None:
    visits = {"a": Visit(SALES, 10, 20), "b": Visit(SALES, 10, 20)}
    assert problems(tmp_path, visits, outcome=outcome)["a"] == "16 or 17"


def test_who_takes_turns_has_not_met(tmp_path: Path) -> None:
    visits = {"a": Visit(SALES, 10, 20), "b": Visit(SALES, 10, 20)}
    both: dict[str, frozenset[str]] = {"a": SALES, "b": SALES}
    assert problems(tmp_path, visits, uses=both)["a"] == "16 or 17"
    assert "meet those of b" in problems(tmp_path, visits, uses={"a": SALES})["a"]


def test_a_visit_is_what_a_play_entered_and_when() -> None:
    events = (
        "Event: QueueCallerJoin\nQueue: sales\n\nEvent: ConfbridgeJoin\nConference: 800\n\n"
        "Event: ParkedCall\nParkinglot: default\n\nEvent: QueueMemberStatus\nQueue: desk"
    )
    visit = visit_of(replace(trace(events), began=100.0, seconds=2.5))
    assert visit == Visit(frozenset({"queue/sales", "conference/800", "parking/default"}), 100.0, 102.5)


def test_visits_are_noted_while_it_is_played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    joins = f"{OLD}\n\nEvent: QueueCallerJoin\nChannel: Local/1@in-00000001;2\nUniqueid: 1.2\nQueue: sales"
    monkeypatch.setattr("small_runs.OLD", joins)  # what the old release shows
    player = Player({"a/one": [joins], "a/two": [joins]})
    results = asyncio.run(play(booted(tmp_path, player, site(tmp_path), ["a/one", "a/two"]), Results()))
    assert {id_: visit.things for id_, visit in results.visits.items()} == {"a/one": SALES, "a/two": SALES}
