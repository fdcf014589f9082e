"""The stages that have running instances, in their order, on one trio."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from harness.errors import LabError
from harness.lab import Progress
from harness.stages.ask import ask, ask_again, listen, look_back
from harness.stages.boot import Booted, Prepared, boot
from harness.stages.collect import Share
from harness.stages.play import play, replay
from harness.stages.programs import stop_programs
from harness.stages.results import Results

__all__ = ["STAGES", "Stage", "on_trio"]

Stage = Callable[[Booted, Results], Awaitable[Results]]

STAGES: tuple[Stage, ...] = (ask, look_back, listen, play, replay, ask_again, stop_programs)
"""Each takes what those before it know. `play` and `replay` judge what they play, and skip a share without scenarios."""


async def on_trio(prepared: Prepared, share: Share, say: Progress) -> Results:
    """What came of one share. A trio that does not boot, or breaks, keeps what is known by then."""
    results = Results()
    try:
        async with boot(prepared, share, say) as booted:
            results = replace(results, overlay=booted.trio.overlay)
            for stage in STAGES:
                results = await _attempt(stage, booted, results)
                if results.broken:
                    break
    except LabError as problem:
        results = results.broken_by(problem)
    return results


async def _attempt(stage: Stage, booted: Booted, results: Results) -> Results:
    try:
        return await stage(booted, results)
    except LabError as problem:
        return results.broken_by(problem)
