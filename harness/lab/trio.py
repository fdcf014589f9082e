"""The trio: `old`, `again` and `candidate` booted at the same time from a site, and the phones beside them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from harness.errors import BootError, EngineError, ImageError, LabError, with_notes
from harness.lab.beside.database import Server, by_engine
from harness.lab.beside.program import Program, has_to_start
from harness.lab.beside.starting import start_app, start_server, start_tap
from harness.lab.beside.tap import Tap, ports_of
from harness.lab.container_group import BACK, FAR_END, RESTART, ContainerGroup
from harness.lab.engine.reach import DIRECT, Reach
from harness.lab.housekeeping.progress import Progress, silent
from harness.lab.images.release import Release
from harness.lab.instance.contents import read_config
from harness.lab.instance.instance import Instance
from harness.lab.instance.launch import ContainerLimits, clock_environment
from harness.lab.instance.odbc import odbc_lines
from harness.lab.instance.overlay import AGI_HOST, Overlaid
from harness.model import INSTANCES, InstanceName
from harness.model.report import OverlayLine

if TYPE_CHECKING:
    from harness.site import App, Site
    from harness.site.model import SiteSide

__all__ = ["Companions", "PhoneFiles", "Trio", "boot_trio"]

PhoneFiles = Callable[[Mapping[InstanceName, str], str, Sequence[str]], Mapping[str, bytes]]
"""The far end's configuration files, for the addresses of the trio, its own, and those where it is a provider."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Companions:
    """The site's own programs beside one instance, and the tap that they talk through."""

    tap: Tap
    programs: tuple[Program, ...]


@dataclass(frozen=True, slots=True)
class Trio:
    """Three instances of a site, fully booted, and the far end with the site's phones (None if it has none).

    `companions` are the site's programs beside each instance, without any where none was asked for; `servers`
    those of its databases.
    `overlay` lists what the harness added to the site's files. `clock_offset` is what has to be added to
    this machine's clock to get that of the instances, in seconds. `host` is the address at which the instances
    reach what this process serves, `reach` how it reaches them. `back` is the old release with the candidate's
    configuration, or why that does not boot; None where it was not asked for. `restart` boots the
    candidate once more; None where that fails.
    """

    old: Instance
    again: Instance
    candidate: Instance
    phones: Instance | None
    overlay: tuple[OverlayLine, ...]
    host: str
    clock_offset: float = 0.0
    companions: Mapping[InstanceName, Companions] = field(default_factory=dict)
    servers: Mapping[str, tuple[Server, ...]] = field(default_factory=dict)
    back: Instance | BootError | None = None
    restart: Callable[[], Awaitable[Instance | None]] | None = None
    reach: Reach = DIRECT

    @property
    def instances(self) -> Mapping[InstanceName, Instance]:
        """The three by name, in the order of the report."""
        return dict(zip(INSTANCES, (self.old, self.again, self.candidate), strict=True))


@asynccontextmanager
async def boot_trio(
    site: Site,
    releases: Mapping[str, Release],
    *,
    progress: Progress = silent,
    clock: str | None = None,
    phone_files: PhoneFiles | None = None,
    apps: Sequence[App] = (),
    rollback: bool = False,
) -> AsyncIterator[Trio]:
    """Boot a site on its old release twice and on its candidate once; all is gone when the block ends.

    `releases` are those of `prepare`, by their spec. `clock` is the date and time (UTC, the containers' zone)
    that it is on the instances. `apps` are those of the site's programs that are started beside each. With
    `rollback` the old release is booted on the candidate's configuration as well.
    Raises BootError, EngineError, ImageError, LabError, SiteError.
    """
    group = await asyncio.to_thread(ContainerGroup.open, ContainerLimits(site.limits.memory_mb, site.limits.pids))
    try:
        boot = _Boot(site, releases, group, progress, _offset(clock))
        trio = replace(await boot.all(phone_files, apps), restart=boot.restart)
        yield replace(trio, back=await boot.back()) if rollback else trio
    finally:
        await asyncio.shield(asyncio.to_thread(group.close))


@dataclass(frozen=True, slots=True)
class _Boot:
    """Booting one site on one network."""

    site: Site
    releases: Mapping[str, Release]
    group: ContainerGroup
    progress: Progress
    offset: float
    servers: dict[str, tuple[Server, ...]] = field(default_factory=dict)

    async def all(self, phone_files: PhoneFiles | None, apps: Sequence[App]) -> Trio:
        sides = {"old": self.site.old, "again": self.site.old, "candidate": self.site.candidate}
        overlaid = {
            name: self.group.lay_over(read_config(side.config), self.releases[side.release])
            for name, side in sides.items()
        }
        self.progress(f"Booting {', '.join(sides)}")
        providers = self._providers()
        await self._in_thread(self.group.start_names, self.releases[self.site.old.release], providers)
        three = asyncio.gather(*(self._one(name, side, overlaid[name]) for name, side in sides.items()))
        (old, again, candidate), phones = await asyncio.gather(three, self._phones(phone_files, providers))
        added = (line for name in sides for line in overlaid[name].lines)
        lines = dict.fromkeys((*added, *odbc_lines(self.site.databases, self.site.data)))
        companions = await self._companions((old, again, candidate), apps)
        await self._say_what_is_not_bounded(old)
        group = self.group
        trio = Trio(old, again, candidate, phones, tuple(lines), group.host, self.offset, companions, self.servers)
        return replace(trio, reach=group.reach)

    async def _companions(
        self, instances: Sequence[Instance], apps: Sequence[App]
    ) -> Mapping[InstanceName, Companions]:
        if not apps:
            return {}
        self.progress(f"Starting {', '.join(app.name for app in apps)} beside each")
        beside = await asyncio.gather(*(self._beside(instance, apps) for instance in instances))
        return dict(zip(INSTANCES, beside, strict=True))

    async def _beside(self, instance: Instance, apps: Sequence[App]) -> Companions:
        """The tap first: a program that finds nobody listening may give up."""
        release, ports = self.releases[self.site.old.release], ports_of(apps)
        environment = clock_environment(instance.release, self.offset)
        tap = await self._in_thread(start_tap, self.group, instance, release, apps)
        await asyncio.to_thread(tap.wait_until_listening)
        start = partial(self._in_thread, start_app, self.group)
        programs = await asyncio.gather(*(start(app, instance, ports[app.name], environment) for app in apps))
        for program in programs:
            has_to_start(program, self.site.root / "site.toml")
        await asyncio.gather(*(asyncio.to_thread(program.wait_until_ready, tap) for program in programs))
        for program in programs:
            if program.trouble:
                self.progress(f"{instance.name}: the app {program.app.name} {program.trouble}")
        return Companions(tap, tuple(programs))

    async def back(self) -> Instance | BootError:
        """The way back: that it does not boot is what is asked, and no problem of ours."""
        release = self.releases[self.site.old.release]
        try:
            overlaid = self.group.lay_over(read_config(self.site.candidate.config), release)
            return await self._one(BACK, self.site.old, overlaid)
        except BootError as problem:
            return problem

    async def restart(self) -> Instance | None:
        """The candidate once more, as it was booted before anything was played."""
        side = self.site.candidate
        with suppress(BootError):
            overlaid = self.group.lay_over(read_config(side.config), self.releases[side.release])
            return await self._one(RESTART, side, overlaid)
        return None

    async def _one(self, name: str, side: SiteSide, overlaid: Overlaid) -> Instance:
        release, data = self.releases[side.release], self.site.data_of(side)
        if self.offset and not release.faketime:
            raise ImageError(f"{release.spec} has no libfaketime, which a scenario's `clock:` needs")
        environment = clock_environment(release, self.offset)
        on_host = (AGI_HOST, *self.site.agi_servers)
        databases = self.site.databases
        more: dict[str, Any] = {
            "data": data,
            "environment": environment,
            "on_host": on_host,
            "databases": databases,
        }
        return await self._start(name, release, overlaid, **more)

    def _providers(self) -> Mapping[str, str]:
        """Where each provider is, if the far end can have addresses for them (that takes a Python)."""
        can = self.site.phones and self.releases[self.site.old.release].runner
        return self.group.providers(self.site.standins) if can else {}

    async def _phones(self, phone_files: PhoneFiles | None, providers: Mapping[str, str]) -> Instance | None:
        """The far end. Providers have addresses of their own: a trunk is known by where a request comes from."""
        if phone_files is None or not self.site.phones:
            return None
        release, addresses = self.releases[self.site.old.release], tuple(providers.values())
        own = self.group.address(FAR_END)
        files = phone_files({name: self.group.address(name) for name in INSTANCES}, own, addresses)
        overlaid = self.group.lay_over(files, release)
        if addresses:
            return await self._start(FAR_END, release, overlaid, addresses, held=True)
        return await self._start(FAR_END, release, overlaid, aliases=tuple(self.site.standins))

    async def _start(
        self, name: str, release: Release, overlaid: Overlaid, addresses: Sequence[str] = (), **more: Any
    ) -> Instance:
        """Start and wait. `more` is what `ContainerGroup.start` takes."""
        instance = await self._in_thread(partial(self.group.start, name, release, overlaid, **more))
        await self._guard(instance)
        if more.get("databases"):
            await self._fill(instance)
        if addresses:
            await self._in_thread(self.group.add_addresses, instance, release, addresses)
        if addresses or more.get("databases"):
            await asyncio.to_thread(instance.release_hold)
        seconds = await asyncio.to_thread(instance.wait_until_booted, within=self.site.limits.boot_seconds)
        self.progress(f"{name}: Asterisk {release.version} fully booted ({seconds:.1f} s)")
        return instance

    async def _guard(self, instance: Instance) -> None:
        """This machine is out of reach from here on; where that cannot be, it is said."""
        release = self.releases[self.site.old.release]
        try:
            await self._in_thread(self.group.guard, instance, release)
        except (EngineError, LabError) as problem:
            self.progress(f"{instance.name}: can reach what listens on this machine: {with_notes(problem)}")

    async def _say_what_is_not_bounded(self, instance: Instance) -> None:
        """Where the engine has no control groups, what a script takes without end is missing elsewhere."""
        if free := await asyncio.to_thread(instance.unbounded):
            self.progress(
                "This machine goes without what a script takes, and `limits` of site.toml count for nothing"
                f" (docs/engines.md): the engine sets no limit of {' and '.join(free)}"
            )

    async def _in_thread(self, start: Callable[..., T], *what: Any) -> T:
        """What starts something of the group, in a thread of the group: `close` waits for it."""
        return await asyncio.get_running_loop().run_in_executor(self.group.starting, start, *what)

    async def _fill(self, instance: Instance) -> None:
        """The instance's databases, filled."""
        begun = time.monotonic()
        servers = [
            await self._in_thread(start_server, self.group, instance, databases)
            for databases in by_engine(self.site.databases).values()
        ]
        await asyncio.gather(*(asyncio.to_thread(server.fill) for server in servers))
        self.servers[instance.name] = tuple(servers)
        self.progress(f"{instance.name}: databases loaded ({time.monotonic() - begun:.1f} s)")


def _offset(clock: str | None) -> float:
    if clock is None:
        return 0.0
    return datetime.fromisoformat(clock).replace(tzinfo=UTC).timestamp() - time.time()
