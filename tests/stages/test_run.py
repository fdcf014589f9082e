"""The list of stages: what remains when one of them fails, and how a selection is shared among trios."""

from __future__ import annotations

import asyncio
import errno
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from small_runs import OLD, Player, booted, scenario, site

from harness.errors import BootError, ImageError, LabError
from harness.judge import Plays
from harness.lab import Ending
from harness.model import Outcome, OverlayLine, ScenarioResult
from harness.site import App
from harness.site.model import Limits
from harness.stages import run as stages
from harness.stages.boot import Booted
from harness.stages.collect import Collected, Share, select
from harness.stages.results import Results

LINE = OverlayLine("manager.conf", "enabled = yes", "the harness listens")


def check(id_: str) -> ScenarioResult:
    return ScenarioResult(id_, "preflight", Outcome.SAME)


@pytest.fixture
def trio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Booted:
    """A trio that is up, for two scenarios."""
    up = booted(tmp_path, Player({"a/one": [OLD], "a/two": [OLD]}), site(tmp_path), ["a/one", "a/two"])
    up.trio.overlay = (LINE,)  # type: ignore[misc] # see small_runs

    @asynccontextmanager
    async def boot(*_: Any) -> AsyncIterator[Booted]:
        yield up

    monkeypatch.setattr(stages, "boot", boot)
    return up


def results_of(trio: Booted) -> Results:
    return asyncio.run(stages.on_trio(trio.prepared, trio.share, trio.say))


def staged(monkeypatch: pytest.MonkeyPatch, *put: stages.Stage) -> None:
    """The stages `play` and `replay`, with others before them."""
    monkeypatch.setattr(stages, "STAGES", (*put, *(s for s in stages.STAGES if s.__name__ in ("play", "replay"))))


def test_each_stage_is_given_what_the_ones_before_it_know(trio: Booted, monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask(_: Booted, results: Results) -> Results:
        assert results.overlay == (LINE,)
        return results.with_results(check("preflight/x"))

    staged(monkeypatch, ask)
    results = results_of(trio)
    assert list(results.of) == ["preflight/x", "a/one", "a/two"]
    assert (results.overlay, results.problems) == ((LINE,), ())


def test_a_stage_that_breaks_keeps_what_was_known_and_ends_the_trio(
    trio: Booted, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ask(_: Booted, results: Results) -> Results:
        return results.with_results(check("preflight/x"))

    async def look_back(_: Booted, results: Results) -> Results:
        problem = LabError("an instance does not answer")
        problem.add_note("its log")
        raise problem

    staged(monkeypatch, ask, look_back)
    results = results_of(trio)
    assert list(results.of) == ["preflight/x"]
    assert results.problems == ("an instance does not answer\nits log",)
    assert results.overlay == (LINE,)


def test_a_trio_that_does_not_boot_is_a_problem_with_its_log(
    trio: Booted, monkeypatch: pytest.MonkeyPatch
) -> None:
    @asynccontextmanager
    async def boot(*_: Any) -> AsyncIterator[Booted]:
        problem = BootError("candidate: did not boot")
        problem.add_note("ERROR no module")
        raise problem
        yield trio

    monkeypatch.setattr(stages, "boot", boot)
    results = results_of(trio)
    assert (dict(results.of), results.problems) == ({}, ("candidate: did not boot\nERROR no module",))


@pytest.mark.parametrize(
    ("instance", "by_itself", "holds"),
    [("candidate", True, True), ("candidate", False, False), ("old", True, False)],
)
def test_a_candidate_that_ends_by_itself_while_it_boots_is_breaking(
    trio: Booted, monkeypatch: pytest.MonkeyPatch, instance: str, by_itself: bool, holds: bool
) -> None:
    @asynccontextmanager
    async def boot(*_: Any) -> AsyncIterator[Booted]:
        problem = BootError("ended with exit code 2 while booting")
        problem.instance, problem.by_itself = instance, by_itself
        raise problem
        yield trio

    monkeypatch.setattr(stages, "boot", boot)
    results = results_of(trio)
    rules = [finding.rule for result in results.of.values() for finding in result.findings]
    assert rules == ["candidate-does-not-boot"] * holds
    assert results.problems == ("ended with exit code 2 while booting",)


def test_an_instance_that_died_is_a_problem_beside_the_results(
    trio: Booted, monkeypatch: pytest.MonkeyPatch
) -> None:
    trio.scheduler.broken = ("candidate: Asterisk ended",)  # type: ignore[union-attr, misc] # see small_runs
    staged(monkeypatch)
    results = results_of(trio)
    assert (list(results.of), results.problems) == (["a/one", "a/two"], ("candidate: Asterisk ended",))


def test_what_the_candidates_memory_limit_cost_is_played_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    starved = "Ending: starved\nProblem: reached its memory limit"
    player = Player({"a/one": [starved, starved], "a/two": [starved, OLD], "a/three": [OLD]})
    up = booted(tmp_path, player, site(tmp_path), ["a/one", "a/two", "a/three"])

    @asynccontextmanager
    async def boot(_prepared: Any, share: Any, _say: Any) -> AsyncIterator[Booted]:
        yield replace(up, share=share)

    monkeypatch.setattr(stages, "boot", boot)
    staged(monkeypatch)
    results = asyncio.run(stages._on_trios(up.prepared, up.share, up.say, Ending()))  # `run` builds images
    assert player.played == [("a/one", 0), ("a/two", 0), ("a/three", 0), ("a/one", 1), ("a/two", 1)]
    outcomes = {id_: result.outcome for id_, result in results.of.items()}
    assert outcomes == {"a/one": Outcome.DIFFERS, "a/two": Outcome.NOT_COMPARED, "a/three": Outcome.SAME}
    (finding,) = results.of["a/one"].findings
    assert finding.rule == "asterisk-out-of-memory"


def test_nothing_is_played_where_no_scenario_is_selected(tmp_path: Path) -> None:
    preflight = booted(tmp_path, None, site(tmp_path), [])
    for stage in (stages.play, stages.replay):
        assert asyncio.run(stage(preflight, Results(problems=("x",)))) == Results(problems=("x",))


def test_a_selection_is_shared_by_clock_and_checks_are_for_now(tmp_path: Path) -> None:
    orders, wall = App("orders", ("run",)), App("wall", ("run",))
    a, b, c = (scenario(tmp_path, id_) for id_ in ("a", "b", "c"))
    night = "2026-12-24 23:30:00"
    b = replace(b, clock=night, uses=frozenset({"app/wall"}))
    every = Collected(
        replace(site(tmp_path), apps=(orders, wall)), (b, a, c), ("preflight/x", "apps/orders", "apps/wall")
    )
    chosen = select(every, scenarios={"a", "b"}, checks={"preflight/x", "apps/wall"}, day=date(2026, 11, 28))
    now, late = chosen.shares
    assert (now.clock, now.scenarios, now.checks) == ("", (a,), ("apps/wall", "preflight/x"))
    assert now.programs == (orders, wall)
    assert (late.clock, late.scenarios, late.checks) == (night, (b,), ())
    assert every.with_one_trio == replace(every, site=replace(every.site, limits=Limits(trios=1)))
    assert late.programs == (wall,)
    assert chosen.left_out == ("apps/orders", "c")


def test_checks_alone_take_one_trio_without_programs(tmp_path: Path) -> None:
    every = Collected(replace(site(tmp_path), apps=(App("orders", ("run",)),)), (), ("preflight/x",))
    (only,) = select(every, scenarios=(), checks={"preflight/x"}, day=date(2026, 11, 28)).shares
    assert (only.clock, only.scenarios, only.checks, only.programs) == ("", (), ("preflight/x",), ())


@pytest.mark.parametrize(
    ("path", "says"), [("/x/y", "/x/y"), (None, f"a temporary file in {tempfile.gettempdir()}")]
)
def test_a_full_disk_is_a_problem_with_its_place(
    trio: Booted, monkeypatch: pytest.MonkeyPatch, path: str | None, says: str
) -> None:
    async def ask(_: Booted, results: Results) -> Results:
        raise OSError(errno.ENOSPC, "No space left on device", path)

    staged(monkeypatch, ask)
    (problem,) = results_of(trio).problems
    assert problem.startswith(says)
    assert problem.endswith("cannot be written (No space left on device)")


def test_an_error_of_the_machine_that_is_none_of_the_disk_stays_one(
    trio: Booted, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ask(_: Booted, results: Results) -> Results:
        raise ConnectionResetError(errno.ECONNRESET, "reset")

    staged(monkeypatch, ask)
    with pytest.raises(ConnectionResetError):
        results_of(trio)


def test_a_run_that_is_cancelled_keeps_what_is_known(trio: Booted, monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask(_: Booted, results: Results) -> Results:
        return results.with_results(check("preflight/x"))

    async def wait(_: Booted, results: Results) -> Results:
        raise asyncio.CancelledError

    staged(monkeypatch, ask, wait)
    results = results_of(trio)
    assert (list(results.of), results.broken) == (["preflight/x"], True)


def shares_of(trio: Booted, *clocks: str) -> list[Share]:
    return [replace(trio.share, clock=clock) for clock in clocks]


def on_all(trio: Booted, shares: list[Share], *, trios: int) -> Results:
    site = replace(trio.site, limits=replace(trio.site.limits, trios=trios))
    return Ending().run(stages._on_all_trios(replace(trio.prepared, site=site), shares, trio.say, Ending()))


@pytest.mark.parametrize("trios", [1, 2, 3])
def test_so_many_trios_are_up_at_once_as_the_site_allows(
    trio: Booted, monkeypatch: pytest.MonkeyPatch, trios: int
) -> None:
    up, most = 0, 0

    async def on_trio(_prepared: Any, share: Share, _say: Any, *, plays: Any) -> Results:
        nonlocal up, most
        assert plays is None or not up
        await asyncio.sleep(0.01)
        if plays:
            plays()
        up += 1
        most = max(most, up)
        await asyncio.sleep(0.1)
        up -= 1
        return Results().with_results(check(share.clock))

    monkeypatch.setattr(stages, "on_trio", on_trio)
    results = on_all(trio, shares_of(trio, "a", "b", "c"), trios=trios)
    assert (list(results.of), most) == (["a", "b", "c"], trios)


def test_a_signal_keeps_what_is_known_of_each_trio_and_begins_no_other(
    trio: Booted, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = []

    async def on_trio(_prepared: Any, share: Share, _say: Any, *, plays: Any) -> Results:
        begun.append(share.clock)
        if plays:
            plays()
        try:
            if len(begun) == 2:
                signal.raise_signal(signal.SIGTERM)
            await asyncio.sleep(20)
        except asyncio.CancelledError:
            await asyncio.sleep(0)
            return Results(broken=True).with_results(check(share.clock))
        raise AssertionError("it is cancelled")

    monkeypatch.setattr(stages, "on_trio", on_trio)
    with Ending() as ending:
        shares = shares_of(trio, "a", "b", "c")
        results = ending.run(stages._on_all_trios(trio.prepared, shares, trio.say, ending))
    assert (begun, list(results.of), ending.signal) == (["a", "b"], ["a", "b"], "SIGTERM")


def test_what_no_trio_can_do_without_ends_the_others_and_is_raised(
    trio: Booted, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = []

    async def on_trio(_prepared: Any, share: Share, _say: Any, *, plays: Any) -> Results:
        if plays:
            plays()
        if share.clock == "b":
            raise ImageError("has no libfaketime")
        try:
            await asyncio.sleep(20)
        finally:
            ended.append(share.clock)
        return Results()

    monkeypatch.setattr(stages, "on_trio", on_trio)
    with pytest.raises(ImageError, match="libfaketime"):
        on_all(trio, shares_of(trio, "a", "b"), trios=2)
    assert ended == ["a"]


def test_others_begin_when_the_first_one_plays_or_has_failed(
    trio: Booted, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = []

    async def on_trio(_prepared: Any, share: Share, _say: Any, *, plays: Any) -> Results:
        await asyncio.sleep(0.01)
        assert share.clock == "a" or begun == ["a"]
        begun.append(share.clock)
        return Results()  # it never came to play

    monkeypatch.setattr(stages, "on_trio", on_trio)
    on_all(trio, shares_of(trio, "a", "b"), trios=2)
    assert begun == ["a", "b"]


def test_it_is_told_when_a_trio_plays(trio: Booted, monkeypatch: pytest.MonkeyPatch) -> None:
    order = []

    async def ask(_: Booted, results: Results) -> Results:
        order.append("asked")
        return results

    staged(monkeypatch, ask)
    asyncio.run(stages.on_trio(trio.prepared, trio.share, trio.say, plays=lambda: order.append("plays")))
    assert order == ["asked", "plays"]


def test_a_share_that_has_to_end_boots_no_other_trio(trio: Booted, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = []

    async def on_trio(_prepared: Any, share: Share, _say: Any, **_: Any) -> Results:
        begun.append(share.clock)
        try:
            await asyncio.sleep(20)
        except asyncio.CancelledError:
            return Results(starved={"a/one": Plays("a/one", {})})
        raise AssertionError("it is cancelled")

    async def main() -> Results:
        share = asyncio.create_task(stages._on_trios(trio.prepared, trio.share, trio.say, Ending()))
        await asyncio.sleep(0)
        share.cancel()
        return await share

    monkeypatch.setattr(stages, "on_trio", on_trio)
    assert asyncio.run(main()).starved
    assert len(begun) == 1
