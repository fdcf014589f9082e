"""The containers of a trio and the network that they are on: started and removed together."""

from __future__ import annotations

import atexit
import secrets
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

from docker.errors import NotFound
from testcontainers.core.docker_client import DockerClient

from harness.errors import EngineError
from harness.lab.beside.container import Beside, launch_beside
from harness.lab.beside.database import Server
from harness.lab.beside.program import Program
from harness.lab.beside.tap import Tap, ports_of, tap_arguments, with_ports
from harness.lab.engine.client import connect
from harness.lab.engine.network import create_network
from harness.lab.housekeeping.owner import this_process
from harness.lab.housekeeping.removal import remove_all
from harness.lab.housekeeping.sweep import sweep_with
from harness.lab.images.database_image import server_image
from harness.lab.images.recipe import containers_folder
from harness.lab.images.release import Release
from harness.lab.instance.contents import app_archive, instance_archive
from harness.lab.instance.instance import Instance
from harness.lab.instance.launch import ContainerLimits, Launch, launch
from harness.lab.instance.odbc import SOCKET_FOLDERS, odbc_files
from harness.lab.instance.overlay import Access, Overlaid, lay_over
from harness.lab.instance.third_party import brought_modules

if TYPE_CHECKING:
    from docker.models.containers import Container

    from harness.site import App, Data, Database

__all__ = ["BACK", "FAR_END", "ContainerGroup"]

FAR_END = "phones"
BACK = "back"
"""The old release with the candidate's configuration."""
_NAMES = "names"
_STARTING = 8
_SERVER_MEMORY = 512  # megabytes
_GUESTS = ("old", "again", "candidate", FAR_END, _NAMES, BACK)


class ContainerGroup:
    """What one trio (or one instance alone) is made of while it lives.

    `close` may be called at any time, from any thread, and again; a process that ends in any orderly way
    closes what it has open, and what a killed one leaves the next `sweep` removes.
    """

    def __init__(self, client: DockerClient, limits: ContainerLimits) -> None:
        self._client = client
        self._limits = limits
        self._run = f"asterisk-upgrade-{secrets.token_hex(4)}"
        self._owner = this_process()
        self._access = Access("upgrade-harness", secrets.token_hex(16))
        self._containers: list[Container] = []
        self.starting = ThreadPoolExecutor(max_workers=_STARTING, thread_name_prefix="start")
        self._network = create_network(client, self._run, self._owner)
        atexit.register(self.close)

    @classmethod
    def open(cls, limits: ContainerLimits | None = None) -> ContainerGroup:
        """An empty group; what dead runs left is gone. Raises EngineError, LabError."""
        client = connect()
        sweep_with(client)
        return cls(client, limits or ContainerLimits())

    def address(self, name: str) -> str:
        """The address that the instance of that name has, or will have."""
        return self._network.address(_GUESTS.index(name))

    @property
    def host(self) -> str:
        """The address at which the instances reach this machine."""
        return self._network.host

    def lay_over(self, files: Mapping[str, bytes], release: Release) -> Overlaid:
        """The harness's additions, with this trio's user, laid over a side's files."""
        return lay_over(files, release, self._access)

    def start(
        self,
        name: str,
        release: Release,
        overlaid: Overlaid,
        *,
        data: Data | None = None,
        aliases: tuple[str, ...] = (),
        on_host: tuple[str, ...] = (),
        environment: Mapping[str, str] | None = None,
        databases: Sequence[Database] = (),
    ) -> Instance:
        """A started instance, most likely not booted yet. Raises EngineError, ImageError.

        With `databases` it is held until they are there (`Instance.release_hold`).
        """
        shared = SOCKET_FOLDERS if databases else ()
        system = odbc_files(databases, data) if data else {}
        modules = brought_modules(self._client, release, data.modules if data else None)
        wanted = Launch(
            name=f"{self._run}-{name}",
            # The same for the trio, so that what shows it is the same.
            hostname=FAR_END if name == FAR_END else "asterisk",
            release=release,
            network=self._network,
            guest=_GUESTS.index(name),
            names=self.address(_NAMES),
            archive=instance_archive(overlaid.files, release, data, modules, system=system, shared=shared),
            owner=self._owner,
            limits=self._limits,
            aliases=aliases,
            on_host=on_host,
            environment=environment or {},
            on_itself=tuple(dict.fromkeys(host for database in databases for host in database.hosts)),
            held=bool(databases),
            shared=shared,
        )
        container = self._launch(wanted)
        access = self._access
        return Instance(
            name,
            wanted.address,
            access.username,
            access.secret,
            release,
            container,
            overlaid.ari,
            third_party=frozenset(path.stem for path in modules),
        )

    def start_names(self, release: Release) -> None:
        """The network's name server, if the release has Python. Without it unknown names fail late."""
        if not release.python:
            return
        script = (containers_folder() / "names.py").read_text(encoding="utf-8")
        wanted = Launch(
            name=f"{self._run}-{_NAMES}",
            hostname=_NAMES,
            release=release,
            network=self._network,
            guest=_GUESTS.index(_NAMES),
            names=self.address(_NAMES),
            archive=b"",
            owner=self._owner,
            limits=ContainerLimits(memory_mb=64, pids=16),
            program=(release.python, "-c", script),
        )
        self._launch(wanted)

    def start_server(self, instance: Instance, databases: tuple[Database, ...]) -> Server:
        """The server of one engine beside an instance; its databases are empty. Raises EngineError."""
        engine, port = databases[0].engine, databases[0].port
        wanted = Beside(
            name=f"{self._run}-{instance.name}-{engine}",
            image=server_image(engine),
            instance=instance.container_id,
            owner=self._owner,
            limits=ContainerLimits(memory_mb=_SERVER_MEMORY, pids=512),
            shares=True,
            environment={"PORT": str(port)},
        )
        return Server(instance.name, databases, self._launch_beside(wanted))

    def start_tap(self, instance: Instance, release: Release, apps: Sequence[App]) -> Tap:
        """The tap beside an instance, run by the Python of `release`. Raises EngineError."""
        if not release.python:
            raise EngineError(f"{release.spec} has no Python 3, which the tap beside the site's apps needs")
        script = (containers_folder() / "tap.py").read_text(encoding="utf-8")
        wanted = Beside(
            name=f"{self._run}-{instance.name}-tap",
            image=release.image,
            instance=instance.container_id,
            owner=self._owner,
            limits=ContainerLimits(memory_mb=256, pids=4096),
            user=f"{release.uid}:{release.gid}",
            program=(release.python, "-c", script, *tap_arguments(apps, ports_of(apps))),
        )
        return Tap(instance.name, instance.address, self._launch_beside(wanted))

    def start_app(
        self, app: App, instance: Instance, ports: Mapping[str, int], environment: Mapping[str, str]
    ) -> Program:
        """One of the site's programs beside an instance. One that cannot be started says so itself."""
        release = instance.release
        folder = f"/srv/{app.name}" if app.folder else ""
        command = tuple(with_ports(word, ports) for word in app.command)
        own = {name: with_ports(value, ports) for name, value in app.environment.items()}
        wanted = Beside(
            name=f"{self._run}-{instance.name}-app-{app.name}",
            image=app.image or release.image,
            instance=instance.container_id,
            owner=self._owner,
            limits=ContainerLimits(memory_mb=512, pids=1024),
            user="" if app.image else f"{release.uid}:{release.gid}",
            program=() if app.image else command,
            command=command if app.image else (),
            folder=folder,
            archive=app_archive(app, folder, release),
            environment={"PYTHONUNBUFFERED": "1", **({} if app.image else environment), **own},
        )
        port = with_ports(app.ready.port, ports)
        try:
            return Program(app, instance.name, self._launch_beside(wanted), int(port or 0))
        except EngineError as problem:
            return Program.unstarted(app, instance.name, problem)

    def _launch_beside(self, wanted: Beside) -> Container:
        container = launch_beside(self._client, wanted)
        self._containers.append(container)
        return container

    def _launch(self, wanted: Launch) -> Container:
        container = launch(self._client, wanted)
        self._containers.append(container)
        return container

    def close(self) -> None:
        """Remove everything. Waits for containers that are being started at this moment: they go too."""
        self.starting.shutdown(wait=True, cancel_futures=True)
        remove_all(self._containers, [])
        with suppress(NotFound):
            self._network.network.remove()
        self._client.client.close()
        atexit.unregister(self.close)
