"""Whether what was played came to the limits of an instance: scripts that fork without end, or take all memory."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from harness.stages.results import Results

if TYPE_CHECKING:
    from harness.stages.boot import Booted

__all__ = ["look_at_limits"]


async def look_at_limits(booted: Booted, results: Results) -> Results:
    """With each limit that was reached: what was played then proves little."""
    instances = booted.trio.instances.values()
    reached = await asyncio.gather(*(asyncio.to_thread(instance.limits_reached) for instance in instances))
    return results.with_problems(*(words for each in reached for words in each))
