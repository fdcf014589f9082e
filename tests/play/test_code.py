"""What a scenario's own code may do, and how little of it others notice."""

from __future__ import annotations

import asyncio
import signal
import time
import unittest
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import harness
from harness.model import Ending
from harness.play.code import Code, take_tasks_step_by_step
from harness.play.raised import ending_of
from harness.play.scenario import Play, Scenario
from harness.play.watchdog import PatientClock, watching

FILE = Path(__file__)
NOBODY: Any = None  # these scenarios ask nothing of Asterisk


async def skips(_: object) -> None:
    pytest.skip("no carrier in the lab")


async def skips_as_unittest(_: object) -> None:
    raise unittest.SkipTest("no carrier in the lab")


async def fails(_: object) -> None:
    pytest.fail("nobody answers")


async def is_expected_to_fail(_: object) -> None:
    pytest.xfail("known")


async def exits_pytest(_: object) -> None:
    pytest.exit("enough")


async def exits(_: object) -> None:
    raise SystemExit(0)


async def interrupts(_: object) -> None:
    raise KeyboardInterrupt


async def is_closed(_: object) -> None:
    raise GeneratorExit


async def is_cancelled(_: object) -> None:
    raise asyncio.CancelledError


async def awaits_what_is_cancelled(_: object) -> None:
    task = asyncio.create_task(asyncio.sleep(9))
    task.cancel()
    await task


async def exits_in_a_task(_: object) -> None:
    await asyncio.create_task(exits(_))


async def compares_in_vain(_: object) -> None:
    assert [1] == [2]


async def is_wrong(_: object) -> None:
    raise ValueError("no number")


async def swallows(_: object) -> None:
    while True:
        with suppress(BaseException):
            await asyncio.sleep(9)


async def swallows_in_a_task(_: object) -> None:
    await asyncio.gather(swallows(_), swallows(_))


async def sleeps(_: object) -> None:
    time.sleep(60)  # noqa: ASYNC251 # what it is a test of


async def sleeps_in_a_task(_: object) -> None:
    await asyncio.wait_for(sleeps(_), 9)


async def spins(_: object) -> None:
    while True:
        pass


async def sleeps_whatever_comes(_: object) -> None:
    while True:
        try:
            time.sleep(60)  # noqa: ASYNC251 # as above
        except BaseException:
            continue


async def waits(_: object) -> None:
    await asyncio.sleep(1.2)


async def cleans_up(_: object) -> None:
    try:
        await asyncio.sleep(9)
    finally:
        await asyncio.sleep(0.01)
        CLEANED.append("up")


async def leaves_a_task(_: object) -> None:
    LEFT.append(asyncio.create_task(swallows(_)))
    await asyncio.sleep(0)


CLEANED: list[str] = []
LEFT: list[asyncio.Task[None]] = []


async def ended(play: Play, *, deadline: float = 5.0) -> tuple[Ending, str]:
    scenario = Scenario("test_code.py/x", "x", FILE, 1, play, deadline=deadline)
    code = Code(scenario)
    try:
        async with asyncio.timeout(deadline):
            await code.play(NOBODY)
    except TimeoutError:
        return Ending.OVERDUE, code.late
    except Exception as problem:
        return ending_of(problem, scenario)
    return Ending.PLAYED, ""


def all_ended(*plays: Play, patience: float = 0.3, deadline: float = 5.0) -> list[tuple[Ending, str]]:
    """All at once, in one loop."""

    async def main() -> list[tuple[Ending, str]]:
        take_tasks_step_by_step(asyncio.get_running_loop())
        with watching({FILE}, patience=patience):
            return await asyncio.gather(*(ended(play, deadline=deadline) for play in plays))

    return asyncio.run(main())


@pytest.mark.parametrize("play", [skips, skips_as_unittest])
def test_who_skips_is_skipped_with_the_reason(play: Play) -> None:
    assert all_ended(play) == [(Ending.SKIPPED, "no carrier in the lab")]


@pytest.mark.parametrize(
    ("play", "words"),
    [
        (fails, "nobody answers (test_code.py:"),
        (exits_pytest, "Exit: enough (test_code.py:"),
        (exits, "SystemExit: 0 (test_code.py:"),
        (interrupts, "KeyboardInterrupt (test_code.py:"),
        (is_closed, "GeneratorExit (test_code.py:"),
        (is_cancelled, "CancelledError (test_code.py:"),
        (awaits_what_is_cancelled, "CancelledError (test_code.py:"),
        (exits_in_a_task, "SystemExit: 0 (test_code.py:"),
        (compares_in_vain, "assert [1] == [2]"),
        (is_wrong, "ValueError: no number (test_code.py:"),
    ],
)
def test_what_a_scenario_raises_ends_it_alone(play: Play, words: str) -> None:
    (ending, problem), other = all_ended(play, waits)
    assert ending is Ending.UNMET
    assert problem.startswith(words)
    assert other == (Ending.PLAYED, "")


@pytest.mark.parametrize("play", [swallows, swallows_in_a_task])
def test_who_swallows_cancellation_is_left_where_it_stands(play: Play) -> None:
    ((ending, problem),) = all_ended(play, deadline=0.2)
    assert ending is Ending.OVERDUE
    assert problem.startswith("not finished after 0.2 s (test_code.py:")
    assert "await asyncio." in problem


@pytest.mark.parametrize("play", [sleeps, sleeps_in_a_task, spins, sleeps_whatever_comes])
def test_who_does_not_give_way_is_stopped_and_costs_nobody_time(play: Play) -> None:
    (ending, problem), other = all_ended(play, waits, deadline=3.0)
    assert ending is Ending.UNMET
    assert problem.startswith("it does not give way: nothing else could go on")
    assert "(test_code.py:" in problem
    assert other == (Ending.PLAYED, "")


def test_blocks_that_are_watched_may_overlap_in_any_order() -> None:
    async def watched(*, after: float, seconds: float) -> None:
        await asyncio.sleep(after)
        with watching({FILE}, patience=0.3):
            await asyncio.sleep(seconds)

    async def main() -> list[tuple[Ending, str]]:
        before = signal.getsignal(signal.SIGURG)
        take_tasks_step_by_step(asyncio.get_running_loop())
        first = asyncio.create_task(watched(after=0, seconds=0.2))
        second = asyncio.create_task(watched(after=0.1, seconds=4))
        await first
        found = [await ended(sleeps)]
        second.cancel()
        await asyncio.wait({second})
        assert signal.getsignal(signal.SIGURG) == before
        return found

    ((ending, problem),) = asyncio.run(main())
    assert ending is Ending.UNMET
    assert problem.startswith("it does not give way")


async def works_a_little(_: object) -> None:
    time.sleep(0.2)  # noqa: ASYNC251 # what it is a test of


def test_many_that_have_a_little_to_do_hold_up_nobody_each() -> None:
    """As on a busy machine: the loop is long in steps of scenarios, and in none of them for long."""
    assert all_ended(*[works_a_little] * 10, patience=1.0) == [(Ending.PLAYED, "")] * 10


def test_what_the_harness_does_for_a_scenario_is_not_broken_off() -> None:
    """It would break off in the middle of a packet that others wait for as well."""
    there: dict[str, Any] = {}
    source = "import time\ndef send():\n    time.sleep(1.5)\n"
    exec(compile(source, str(Path(harness.__file__).parent / "sends.py"), "exec"), there)

    async def sends(_: object) -> None:
        there["send"]()

    assert all_ended(sends) == [(Ending.PLAYED, "")]


def test_a_step_that_is_too_late_is_told_with_its_line() -> None:
    asterisk: Any = SimpleNamespace(promises=SimpleNamespace(place="menu.yaml:12"))

    async def steps(_: object) -> None:
        await asyncio.sleep(9)

    async def main() -> str:
        code = Code(Scenario("menu/x", "x", Path("menu.yaml"), 1, steps, deadline=2.0))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await code.play(asterisk)
        return code.late

    assert asyncio.run(main()) == "not finished after 2 s (menu.yaml:12)"


def test_who_is_too_late_has_a_moment_to_clean_up() -> None:
    CLEANED.clear()
    ((ending, _),) = all_ended(cleans_up, deadline=0.1)
    assert (ending, CLEANED) == (Ending.OVERDUE, ["up"])


def test_a_task_that_is_left_behind_is_over_with_the_scenario() -> None:
    LEFT.clear()
    assert all_ended(leaves_a_task, waits) == [(Ending.PLAYED, "")] * 2
    assert LEFT[0].done()


def test_the_clock_stands_still_while_no_beat_comes() -> None:
    now = 100.0
    clock = PatientClock(lambda: now)
    clock.beat()
    for now, told in ((100.5, 100.5), (101.0, 101.0), (104.0, 101.0), (109.0, 101.0)):
        assert clock.time() == told, now
    clock.beat()
    now = 110.0
    assert clock.time() == 102.0
    clock.stop()
    now = 200.0
    assert clock.time() == 192.0
