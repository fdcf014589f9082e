"""What the page of a run costs: writing it, over the play; its size; and opening it in a browser."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from playwright.sync_api import sync_playwright

from harness.judge import Maps
from harness.lab import Release, Trio
from harness.lab.housekeeping.progress import silent
from harness.model import Report, ScenarioResult, Side, Tolerances, Verdict
from harness.play import open_scheduler
from harness.site import Site
from harness.stages.ask import ask_dialplans
from harness.stages.boot import Booted, Prepared
from harness.stages.collect import Share
from harness.stages.conclude import conclude
from harness.stages.kept import Kept, KeptScenario, write_kept
from harness.stages.page import write_page
from harness.stages.results import Results
from tests.bench.lines import Line, at_most

__all__ = ["maps_of", "page_lines"]

_CHROMIUM = shutil.which("chromium")


async def maps_of(trio: Trio, site: Site, releases: Mapping[str, Release], folder: Path) -> Maps:
    """The dialplans that the trio has loaded: a page counts which of their priorities were played."""
    async with open_scheduler(trio) as scheduler:
        prepared = Prepared(site, releases, folder, date.today())  # noqa: DTZ011 # no waiver is looked at
        booted = Booted(prepared, Share(), trio, scheduler, silent)
        return (await ask_dialplans(booted, Results())).maps


def page_lines(folder: Path, results: Sequence[ScenarioResult], maps: Maps, play: float) -> Iterator[Line]:
    """The lines for what was played in `play` seconds; its traces are in the folder already."""
    scenarios = tuple(KeptScenario(one.id, one.title, one.where, Tolerances()) for one in results)
    write_kept(folder, Kept(scenarios=scenarios, maps=maps))
    sides = (Side("debian:bullseye"), Side("debian:bullseye"), Side("debian:sid"))
    report = conclude(
        Report(Verdict.INCONCLUSIVE, "bench", *sides, results=tuple(results)), (), today="2026-01-01"
    )
    began = time.perf_counter()
    page = write_page(report, folder)
    seconds = time.perf_counter() - began
    many = f"{len(results):,} scenarios"
    yield at_most(
        f"writing the page of {many}, over the play",
        seconds / play,
        0.2,
        more=f"{seconds:.2f} s over {play:.2f} s",
    )
    yield at_most(f"the page of {many}", page.stat().st_size / 1e6, 20, unit=" MB")
    yield _opening(page, f"opening the page of {many} in Chromium")


def _opening(page: Path, name: str) -> Line:
    if _CHROMIUM is None:
        return Line(name, "not measured: chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox"])
        tab = browser.new_page()
        began = time.perf_counter()
        tab.goto(page.as_uri(), wait_until="load")
        tab.evaluate("() => new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)))")
        seconds = time.perf_counter() - began
        browser.close()
    return at_most(name, seconds, 3, unit=" s")
