"""Releases are prepared once a run; a trio is booted for each share of it, and is gone at the end of the block."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path

from harness.ask.baseline import load_baseline
from harness.ask.inventory import start_lines
from harness.ask.release import load_facts
from harness.errors import BootError, LabError
from harness.facts.failed_build import FailedBuild
from harness.far_end.files import phone_files
from harness.judge.checks import RESEARCH
from harness.judge.checks.boot import boot_fails
from harness.judge.checks.rollback import ROLLBACK
from harness.lab import Progress, Release, Trio, boot_trio, prepare
from harness.lab.images.preparing import prepare_apps
from harness.model import Side
from harness.play.live_instance import PlayLimits
from harness.play.scheduler import Scheduler, open_scheduler
from harness.site import Site
from harness.site.reading.site_files import read_site_files
from harness.stages.collect import Selection, Share
from harness.stages.own_modules import with_own_modules
from harness.stages.results import Results
from harness.stages.stopwatch import Stopwatch

__all__ = ["Booted", "Prepared", "boot", "prepare_releases", "unbooted"]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A site whose releases can be started, by their spec.

    `traces` is the folder for what is recorded, `watch` notes what each phase takes. `failed_builds` are the
    modules of the site's own that cannot be built for the candidate.
    """

    site: Site
    releases: Mapping[str, Release]
    traces: Path
    day: date
    watch: Stopwatch = field(default_factory=Stopwatch)
    failed_builds: tuple[FailedBuild, ...] = ()

    def side(self, spec: str) -> Side:
        """What a release turned out to be."""
        release = self.releases[spec]
        return Side(spec, release.version, release.image, release.digest)


@dataclass(frozen=True, slots=True)
class Booted:
    """A trio that is up, the share of the run that it is for, and who plays on it (None: nothing is played).

    `say` takes lines for the person at the terminal; `now` is the clock by which replays are budgeted, in seconds.
    """

    prepared: Prepared
    share: Share
    trio: Trio
    scheduler: Scheduler | None
    say: Progress
    now: Callable[[], float] = time.monotonic

    @property
    def site(self) -> Site:
        """The site that was booted."""
        return self.prepared.site


def unbooted(prepared: Prepared, problem: LabError, results: Results) -> Results:
    """With a finding where it is the candidate that ended by itself while it booted, and what was known before."""
    site = prepared.site
    if not isinstance(problem, BootError):
        return results
    if problem.instance != "candidate" or not problem.by_itself:
        known = (f"{one.source} cannot be built for the candidate: {one.why}" for one in prepared.failed_builds)
        return results.with_problems(*known)
    config = site.candidate.config
    files = read_site_files(config, folder=f"{config.name}/")
    lines, failed = start_lines(problem.log), prepared.failed_builds
    return results.with_results(boot_fails(str(problem), lines, files, site.severities, failed))


def prepare_releases(selection: Selection, traces: Path, say: Progress) -> Prepared:
    """Build what is missing of both releases, and the site's own modules for each.

    Raises EngineError, ImageError, and SiteError for an app's image or a module that production's release refuses.
    """
    site = selection.site
    apps = dict.fromkeys(app.name for share in selection.shares for app in share.programs)
    prepare_apps([app for app in site.apps if app.name in apps], site.root / "site.toml", progress=say)
    specs = (site.old.release, site.candidate.release)
    releases = prepare(
        specs, packages=site.packages, python=site.python, engines=site.engines, builds=site.builds, progress=say
    )
    site, failed = with_own_modules(site, releases, say)
    return Prepared(site, releases, traces, selection.day, failed_builds=failed)


def _at(clock: str, say: Progress) -> Progress:
    """Lines of one trio of several, with its time."""
    return (lambda line: say(f"{line} at {clock}")) if clock else say


@asynccontextmanager
async def _learning(
    prepared: Prepared, share: Share, say: Progress
) -> AsyncIterator[Callable[[], Awaitable[object]]]:
    """What both releases have, which is asked once for an image, is asked while the trio boots.

    Who needs it waits for what this gives; what goes wrong is told where it is asked for again. At the end of the
    block nothing new is begun.
    """
    unwanted = threading.Event()

    def learn(release: Release) -> None:
        for ask in (partial(load_facts, progress=say), load_baseline):
            if not unwanted.is_set():
                ask(release)

    releases = {release.digest: release for release in prepared.releases.values()}
    asked = releases.values() if RESEARCH.intersection(share.checks) else ()
    learning = asyncio.gather(*(asyncio.to_thread(learn, one) for one in asked), return_exceptions=True)
    try:
        yield lambda: learning
    finally:
        unwanted.set()


@asynccontextmanager
async def boot(prepared: Prepared, share: Share, say: Progress) -> AsyncIterator[Booted]:
    """Boot what a share needs, and connect to it. Raises LabError and what `boot_trio` raises."""
    site, say = prepared.site, _at(share.clock, say)
    async with (
        _learning(prepared, share, say) as learned,
        boot_trio(
            site,
            prepared.releases,
            progress=say,
            clock=share.clock or None,
            phone_files=partial(phone_files, site.phones) if share.scenarios else None,
            apps=share.programs,
            rollback=ROLLBACK in share.checks,
        ) as trio,
    ):
        await learned()
        booted = Booted(prepared, share, trio, None, say)
        if not share.scenarios:
            yield booted
            return
        # Before anything is asked: phones that are registered on one instance are so on all of them.
        phones = tuple(phone.name for phone in site.phones)
        limits = PlayLimits(site.limits.events, site.limits.log_mb << 20, site.limits.recording_kb << 10)
        async with open_scheduler(trio, phones=phones, limits=limits) as scheduler:
            yield replace(booted, scheduler=scheduler)
