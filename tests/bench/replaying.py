"""What replays cost: scenarios of which some differ, played by the run's own stages, with replays and without."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from harness.lab import Release, Trio
from harness.play import Scenario, open_scheduler
from harness.play.asterisk import Asterisk
from harness.site import Site
from harness.stages.boot import Booted, Prepared
from harness.stages.collect import Share
from harness.stages.play import play
from harness.stages.replay import replay
from harness.stages.results import Results

__all__ = ["replay_cost"]

_SCENARIOS, _DIFFER = 1000, 20


async def replay_cost(
    trio: Trio, site: Site, releases: Mapping[str, Release], folder: Path
) -> tuple[float, float, int]:
    """Seconds of the play alone and of its replays, and how many scenarios are undecided or lost in the end."""
    every = _SCENARIOS // _DIFFER
    scenarios = tuple(_scenario(site, n, differs=n % every == 0) for n in range(_SCENARIOS))
    async with open_scheduler(trio) as scheduler:
        prepared = Prepared(site, releases, folder, date.today())  # noqa: DTZ011 # no waiver is looked at
        booted = Booted(prepared, Share(scenarios=scenarios), trio, scheduler, _silent)
        began = time.perf_counter()
        played = await play(booted, Results())
        until = time.perf_counter()
        results = await replay(booted, played)
        seconds = time.perf_counter() - until
    differ = sum(bool(result.findings) for result in results.of.values())
    return until - began, seconds, abs(differ - _DIFFER) + len(results.problems)


def _scenario(site: Site, number: int, *, differs: bool) -> Scenario:
    async def call(asterisk: Asterisk) -> None:
        target = "run@s02-busy" if differs and asterisk.instance == "candidate" else "run@short"
        leg = await asterisk.call(target)
        await leg.wait("ended")

    return Scenario(f"replay/{number:04d}", "", site.root / "known.yaml", 1, call, deadline=60.0)


def _silent(_line: str) -> None:
    """Progress is not what is measured."""
