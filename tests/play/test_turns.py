"""Scenarios take turns: what shares something never plays at once, and everybody's turn comes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from harness.play.scenario import Scenario
from harness.play.turns import Turns, in_turn


@dataclass
class Room:
    """Who plays, who has begun so far, and a way to end each play."""

    turns: Turns
    playing: list[str] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)
    ends: dict[str, asyncio.Event] = field(default_factory=dict)
    tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    async def ask(self, name: str, *uses: str, exclusive: bool = False) -> None:
        """A scenario asks for its turn; when this returns it plays, or waits."""
        self.ends[name] = asyncio.Event()
        self.tasks[name] = asyncio.create_task(self._play(name, uses, exclusive))
        await settle()

    async def end(self, name: str) -> None:
        self.ends[name].set()
        await self.tasks[name]
        await settle()

    async def _play(self, name: str, uses: Sequence[str], exclusive: bool) -> None:
        async with self.turns.turn(uses, exclusive=exclusive):
            self.playing.append(name)
            self.begun.append(name)
            await self.ends[name].wait()
            self.playing.remove(name)


async def settle() -> None:
    """Every task has gone as far as it can."""
    for _ in range(20):
        await asyncio.sleep(0)


def test_no_more_play_at_once_than_the_width() -> None:
    async def act() -> None:
        room = Room(Turns(2))
        for name in "abc":
            await room.ask(name)
        assert room.playing == ["a", "b"]
        await room.end("a")
        assert room.playing == ["b", "c"]

    asyncio.run(act())


def test_who_shares_something_waits_and_others_overtake() -> None:
    async def act() -> None:
        room = Room(Turns(9))
        await room.ask("first", "queue/sales", "astdb/night")
        await room.ask("second", "phone/101", "queue/sales")
        await room.ask("other", "phone/102")
        assert room.playing == ["first", "other"]
        await room.end("first")
        assert room.playing == ["other", "second"]

    asyncio.run(act())


def test_an_exclusive_one_plays_alone() -> None:
    async def act() -> None:
        room = Room(Turns(9))
        await room.ask("crowd")
        await room.ask("alone", exclusive=True)
        assert room.playing == ["crowd"]
        await room.end("crowd")
        await room.ask("late")
        await room.ask("alone too", exclusive=True)
        assert room.playing == ["alone"]
        await room.end("alone")
        assert room.playing == ["late"]
        await room.end("late")
        assert room.playing == ["alone too"]

    asyncio.run(act())


def test_an_exclusive_one_does_not_starve_in_a_crowd_that_goes_on() -> None:
    async def act() -> None:
        room = Room(Turns(2))
        await room.ask("a")
        await room.ask("alone", exclusive=True)
        for name in "bcd":
            await room.ask(name)  # there is room, but who was there first plays first
        assert room.playing == ["a"]
        await room.end("a")
        assert room.playing == ["alone"]

    asyncio.run(act())


def test_an_exclusive_one_that_asked_last_does_not_send_the_crowd_out() -> None:
    async def act() -> None:
        room = Room(Turns(1))
        await room.ask("a")
        await room.ask("b")
        await room.ask("alone", exclusive=True)
        await room.end("a")
        assert room.playing == ["b"]

    asyncio.run(act())


def test_who_gives_up_waiting_is_in_nobody_s_way() -> None:
    async def act() -> None:
        room = Room(Turns(9))
        await room.ask("a", "queue/sales")
        await room.ask("alone", "queue/sales", exclusive=True)
        await room.ask("b")
        assert room.playing == ["a"]
        room.tasks["alone"].cancel()
        await settle()
        assert room.playing == ["a", "b"]
        await room.ask("c", "queue/sales")
        await room.end("a")
        assert room.playing == ["b", "c"]

    asyncio.run(act())


def test_a_scenario_that_fails_gives_its_turn_back() -> None:
    async def fail(turns: Turns) -> None:
        async with turns.turn(["queue/sales"], exclusive=True):
            raise RuntimeError

    async def act() -> None:
        room = Room(Turns(1))
        await asyncio.gather(fail(room.turns), return_exceptions=True)
        await room.ask("next", "queue/sales")
        assert room.playing == ["next"]

    asyncio.run(act())


USES = st.sets(st.sampled_from(["queue/a", "queue/b", "phone/1"]))


@given(plays=st.lists(st.tuples(USES, st.booleans(), st.integers(0, 3)), max_size=12), width=st.integers(1, 4))
def test_all_play_and_none_with_whom_it_must_not(plays: list[tuple[set[str], bool, int]], width: int) -> None:
    async def act() -> int:
        turns = Turns(width)
        now: list[tuple[set[str], bool]] = []
        done = 0

        async def play(uses: set[str], exclusive: bool, length: int) -> None:
            nonlocal done
            async with turns.turn(uses, exclusive=exclusive):
                assert len(now) < width
                assert not any(uses & others or exclusive or alone for others, alone in now)
                now.append((uses, exclusive))
                for _ in range(length):
                    await asyncio.sleep(0)
                now.remove((uses, exclusive))
                done += 1

        async with asyncio.timeout(5):
            await asyncio.gather(*(play(*one) for one in plays))
        return done

    assert asyncio.run(act()) == len(plays)


def test_whom_most_wait_for_plays_first_and_exclusive_ones_last() -> None:
    uses = {"free": "", "pair": "b", "busy": "a", "both": "a b", "crowd": "a", "alone": "a b", "free too": ""}
    plays = [(scenario(name, uses[name].split(), exclusive=name == "alone"), 0) for name in uses]
    assert [one.id for one, _ in in_turn(plays)] == ["both", "busy", "crowd", "pair", "free", "free too", "alone"]


def scenario(id_: str, uses: Sequence[str], *, exclusive: bool) -> Scenario:
    async def play(_: object) -> None: ...

    return Scenario(id_, "", Path("x.yaml"), 1, play, uses=frozenset(uses), exclusive=exclusive)
