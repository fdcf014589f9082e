"""Waiting for a condition on something that says when it has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

__all__ = ["Changes"]


class Changes:
    """Told of each change; who waits for a condition looks again each time."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def tell(self) -> None:
        """Something has changed."""
        self._next.set()
        self._next = asyncio.Event()

    async def until(self, holds: Callable[[], bool], *, within: float) -> bool:
        """Whether the condition came to hold within so many seconds."""
        try:
            async with asyncio.timeout(within):
                while not holds():
                    await self._next.wait()
        except TimeoutError:
            return False
        return True
