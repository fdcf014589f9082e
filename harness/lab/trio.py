"""The trio: `old`, `again` and `candidate` booted at the same time from a site, and the phones beside them."""

from __future__ import annotations

import asyncio
import atexit
import secrets
import time
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from docker.errors import NotFound
from testcontainers.core.docker_client import DockerClient

from harness.errors import ImageError
from harness.lab.boot import wait_until_booted
from harness.lab.engine import connect
from harness.lab.instance import Instance
from harness.lab.launch import Bounds, Launch, clock_environment, launch
from harness.lab.load import instance_archive, read_config
from harness.lab.network import LabNetwork, create_network
from harness.lab.overlay import Access, Overlaid, OverlayLine, lay_over
from harness.lab.owner import this_process
from harness.lab.progress import Progress, silent
from harness.lab.release import Release
from harness.lab.removal import remove_all
from harness.lab.terminate import exit_on_terminate
from harness.model import InstanceName

if TYPE_CHECKING:
    from docker.models.containers import Container

    from harness.site import Data, Site

__all__ = ["PhoneFiles", "Trio", "boot_trio"]

PhoneFiles = Callable[[Mapping[InstanceName, str]], Mapping[str, bytes]]
"""The far end's configuration files, for the addresses of the trio."""

_GUESTS = ("old", "again", "candidate", "phones")


@dataclass(frozen=True, slots=True)
class Trio:
    """Three instances of a site, fully booted, and the far end with the site's phones (None if it has none).

    `overlay` lists what the harness added to the site's files. `clock_offset` is what has to be added to
    this machine's clock to get that of the instances, in seconds.
    """

    old: Instance
    again: Instance
    candidate: Instance
    phones: Instance | None
    overlay: tuple[OverlayLine, ...]
    clock_offset: float = 0.0

    @property
    def instances(self) -> Mapping[InstanceName, Instance]:
        """The three by name, in the order of the report."""
        return {"old": self.old, "again": self.again, "candidate": self.candidate}


@asynccontextmanager
async def boot_trio(
    site: Site,
    releases: Mapping[str, Release],
    *,
    progress: Progress = silent,
    clock: str | None = None,
    phone_files: PhoneFiles | None = None,
) -> AsyncIterator[Trio]:
    """Boot a site on its old release twice and on its candidate once; all is gone when the block ends.

    `releases` are those of `prepare`, by their spec. `clock` is the date and time (UTC, the containers' zone)
    that it is on the instances. Raises BootError, EngineError, ImageError, LabError, SiteError.
    """
    lab = await asyncio.to_thread(_Lab.open, site, clock)
    atexit.register(lab.close)
    try:
        with exit_on_terminate():
            yield await lab.boot(releases, progress, phone_files)
    finally:
        await asyncio.shield(asyncio.to_thread(lab.close))
        atexit.unregister(lab.close)


class _Lab:
    """What one trio is made of while it lives. `close` may be called at any time, and again."""

    def __init__(self, site: Site, client: DockerClient, run: str, offset: float) -> None:
        self._site = site
        self._client = client
        self._run = run
        self._offset = offset
        self._owner = this_process()
        self._access = Access("upgrade-harness", secrets.token_hex(16))
        self._bounds = Bounds(site.limits.memory_mb, site.limits.pids)
        self._containers: list[Container] = []
        self._starting = ThreadPoolExecutor(max_workers=4, thread_name_prefix="start")
        self._network: LabNetwork = create_network(run, self._owner)

    @classmethod
    def open(cls, site: Site, clock: str | None) -> _Lab:
        run = f"asterisk-upgrade-{secrets.token_hex(4)}"
        return cls(site, connect(), run, _offset(clock))

    async def boot(
        self, releases: Mapping[str, Release], progress: Progress, phone_files: PhoneFiles | None
    ) -> Trio:
        site = self._site
        sides = {"old": site.old, "again": site.old, "candidate": site.candidate}
        overlaid = {
            name: lay_over(read_config(side.config), releases[side.release], self._access)
            for name, side in sides.items()
        }
        progress(f"Booting {', '.join(sides)} ...")
        three = asyncio.gather(
            *(
                self._boot_one(name, releases[side.release], overlaid[name], site.data, progress)
                for name, side in sides.items()
            )
        )
        far_end = self._boot_phones(releases[site.old.release], phone_files, progress)
        (old, again, candidate), phones = await asyncio.gather(three, far_end)
        lines = dict.fromkeys(line for name in sides for line in overlaid[name].lines)
        return Trio(old, again, candidate, phones, tuple(lines), self._offset)

    async def _boot_phones(
        self, release: Release, phone_files: PhoneFiles | None, progress: Progress
    ) -> Instance | None:
        if phone_files is None or not self._site.phones:
            return None
        trio: tuple[InstanceName, ...] = ("old", "again", "candidate")
        files = phone_files({name: self._network.address(_GUESTS.index(name)) for name in trio})
        overlaid = lay_over(files, release, self._access)
        return await self._boot_one("phones", release, overlaid, None, progress)

    async def _boot_one(
        self, name: str, release: Release, overlaid: Overlaid, data: Data | None, progress: Progress
    ) -> Instance:
        loop = asyncio.get_running_loop()
        instance = await loop.run_in_executor(self._starting, self._start, name, release, overlaid, data)
        seconds = await asyncio.to_thread(wait_until_booted, instance, within=self._site.limits.boot_seconds)
        progress(f"{name}: Asterisk {release.version} fully booted ({seconds:.1f} s)")
        return instance

    def _start(self, name: str, release: Release, overlaid: Overlaid, data: Data | None) -> Instance:
        far_end = name == "phones"
        wanted = Launch(
            name=f"{self._run}-{name}",
            hostname="phones" if far_end else "asterisk",
            release=release,
            network=self._network,
            guest=_GUESTS.index(name),
            archive=instance_archive(overlaid.files, release, data),
            owner=self._owner,
            bounds=self._bounds,
            aliases=tuple(self._site.standins) if far_end else (),
            environment={} if far_end else self._clock(release),
        )
        container = launch(self._client, wanted)
        self._containers.append(container)
        access = self._access
        return Instance(name, wanted.address, access.username, access.secret, release, container, overlaid.ari)

    def _clock(self, release: Release) -> dict[str, str]:
        if self._offset and not release.faketime:
            raise ImageError(f"{release.spec} has no libfaketime, which a scenario's `clock:` needs")
        return clock_environment(release, self._offset)

    def close(self) -> None:
        """Remove everything. Waits for containers that are being started at this moment: they are removed too."""
        self._starting.shutdown(wait=True, cancel_futures=True)
        remove_all(self._containers, [])
        self._containers.clear()
        with suppress(NotFound):
            self._network.network.remove()


def _offset(clock: str | None) -> float:
    if clock is None:
        return 0.0
    return datetime.fromisoformat(clock).replace(tzinfo=UTC).timestamp() - time.time()
