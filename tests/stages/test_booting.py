"""A share of the run is booted: what else goes on meanwhile, and what is said of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from small_runs import booted, site

from harness.errors import BootError, LabError
from harness.lab import Release
from harness.stages import boot as booting
from harness.stages.boot import Booted, Prepared
from harness.stages.collect import Share

CHECKS = ("preflight/documents",)


@pytest.fixture
def up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Booted:
    """A share without scenarios on two releases, one of which does not say what it has."""
    monkeypatch.setattr(booting, "RESEARCH", frozenset(CHECKS))
    small = booted(tmp_path, None, site(tmp_path), [])
    releases = {name: Release(name, f"ast:{name}", f"sha256:{name}", "22.10.1") for name in ("dumb", "good")}
    return replace(small, prepared=replace(small.prepared, releases=releases))


def test_what_releases_have_is_asked_while_the_trio_boots(up: Booted, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    both, loop = asyncio.Event(), asyncio.new_event_loop()

    def load(release: Release, **_: Any) -> None:
        asked.append(release.spec)
        if len(asked) == 3:  # the baseline of the one that answers
            loop.call_soon_threadsafe(both.set)
        if release.spec == "dumb":
            raise LabError("it does not answer what it has")

    @asynccontextmanager
    async def boot_trio(*_: Any, **__: Any) -> AsyncIterator[None]:
        await asyncio.wait_for(both.wait(), 5)
        yield

    monkeypatch.setattr(booting, "load_facts", load)
    monkeypatch.setattr(booting, "load_baseline", load)
    monkeypatch.setattr(booting, "boot_trio", boot_trio)
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(_boot(up.prepared, Share(checks=CHECKS), []))
    assert sorted(asked) == ["dumb", "good", "good"]


def test_a_trio_that_does_not_boot_waits_for_nothing_more(up: Booted, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    fails = asyncio.Event()

    def load_facts(_: Release, **__: Any) -> None:
        asyncio.run_coroutine_threadsafe(_wait(fails), loop[0]).result(5)

    @asynccontextmanager
    async def boot_trio(*_: Any, **__: Any) -> AsyncIterator[None]:
        loop.append(asyncio.get_running_loop())
        asyncio.get_running_loop().call_later(0.05, fails.set)
        raise BootError("candidate: did not boot")
        yield

    loop: list[asyncio.AbstractEventLoop] = []
    monkeypatch.setattr(booting, "load_facts", load_facts)
    monkeypatch.setattr(booting, "load_baseline", lambda release: asked.append(release.spec))
    monkeypatch.setattr(booting, "boot_trio", boot_trio)

    async def main() -> None:
        with pytest.raises(BootError):
            await _boot(up.prepared, Share(checks=CHECKS), [])
        await fails.wait()
        await asyncio.sleep(0.05)

    asyncio.run(main())
    assert asked == []


def test_lines_of_another_time_say_it(up: Booted, monkeypatch: pytest.MonkeyPatch) -> None:
    @asynccontextmanager
    async def boot_trio(*_: Any, progress: Any, **__: Any) -> AsyncIterator[None]:
        progress("old: fully booted")
        yield

    monkeypatch.setattr(booting, "boot_trio", boot_trio)
    lines: list[str] = []
    asyncio.run(_boot(up.prepared, Share(clock="2026-12-24 23:30:00"), lines))
    asyncio.run(_boot(up.prepared, Share(), lines))
    at = " at 2026-12-24 23:30:00"
    assert lines == [f"old: fully booted{at}", f"up{at}", "old: fully booted", "up"]


async def _boot(prepared: Prepared, share: Share, lines: list[str]) -> None:
    async with booting.boot(prepared, share, lines.append) as found:
        found.say("up")


async def _wait(event: asyncio.Event) -> None:
    await event.wait()
