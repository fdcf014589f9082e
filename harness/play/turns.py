"""Who may play now: scenarios that share state take turns, exclusive ones have the instances to themselves."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager

from harness.play.scenario import Scenario

__all__ = ["Turns", "in_turn"]


def in_turn(plays: Sequence[tuple[Scenario, int]]) -> Sequence[tuple[Scenario, int]]:
    """First those for whom the most others have to wait: at the end nobody would be left to play beside them.

    Exclusive ones last, so that the crowd need not be sent out and in again.
    """
    wanted = Counter(thing for scenario, _ in plays for thing in scenario.uses)

    def place(play: tuple[Scenario, int]) -> tuple[bool, int]:
        scenario, _ = play
        return scenario.exclusive, -sum(wanted[thing] - 1 for thing in scenario.uses)

    return sorted(plays, key=place)


class Turns:
    """At most `width` scenarios at once, and never two that name the same thing.

    An exclusive one waits for all who asked before it, and who asks after it waits for it.
    """

    def __init__(self, width: int) -> None:
        self._width = width
        self._in_use: set[str] = set()
        self._playing = 0
        self._exclusive_plays = False
        self._numbers = itertools.count()
        self._waiting: dict[int, None] = {}
        self._waiting_exclusive: dict[int, None] = {}
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def turn(self, uses: Collection[str], *, exclusive: bool = False) -> AsyncIterator[None]:
        """Wait for a turn, and have it until the block ends."""
        async with self._changed:
            await self._wait(uses, exclusive)
            self._in_use.update(uses)
            self._playing += 1
            self._exclusive_plays = exclusive
        try:
            yield
        finally:
            async with self._changed:
                self._in_use.difference_update(uses)
                self._playing -= 1
                self._exclusive_plays = False
                self._changed.notify_all()

    async def _wait(self, uses: Collection[str], exclusive: bool) -> None:
        number = next(self._numbers)
        self._waiting[number] = None
        if exclusive:
            self._waiting_exclusive[number] = None
        try:
            await self._changed.wait_for(lambda: self._is_free(number, uses, exclusive))
        finally:  # who gives up waiting is in nobody's way any more
            del self._waiting[number]
            self._waiting_exclusive.pop(number, None)
            self._changed.notify_all()

    def _is_free(self, number: int, uses: Collection[str], exclusive: bool) -> bool:
        if exclusive:
            return not self._playing and number == next(iter(self._waiting))
        first_exclusive = next(iter(self._waiting_exclusive), number)
        if self._exclusive_plays or first_exclusive < number:
            return False
        return self._playing < self._width and self._in_use.isdisjoint(uses)
