"""Who may play now: scenarios that share state take turns, exclusive ones have the instances to themselves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

__all__ = ["Turns"]


class Turns:
    """At most `width` scenarios at once, and never two that name the same thing."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._held: set[str] = set()
        self._playing = 0
        self._alone = False
        self._waiting_alone = 0
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def turn(self, uses: Collection[str], *, exclusive: bool = False) -> AsyncIterator[None]:
        """Wait for a turn, and have it until the block ends."""
        async with self._changed:
            self._waiting_alone += exclusive
            await self._changed.wait_for(lambda: self._free(uses, exclusive))
            self._waiting_alone -= exclusive
            self._held.update(uses)
            self._playing += 1
            self._alone = exclusive
        try:
            yield
        finally:
            async with self._changed:
                self._held.difference_update(uses)
                self._playing -= 1
                self._alone = False
                self._changed.notify_all()

    def _free(self, uses: Collection[str], exclusive: bool) -> bool:
        if self._alone or (exclusive and self._playing):
            return False
        if self._waiting_alone and not exclusive:
            return False
        return self._playing < self._width and self._held.isdisjoint(uses)
