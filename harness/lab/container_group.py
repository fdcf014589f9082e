"""The containers of a trio and the network that they are on: started and removed together."""

from __future__ import annotations

import atexit
import secrets
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from requests.exceptions import RequestException
from testcontainers.core.docker_client import DockerClient

from harness.errors import LabError
from harness.lab.beside.tap import TAP_PORT
from harness.lab.engine.client import connect
from harness.lab.engine.network import create_network
from harness.lab.engine.reach import DIRECT, Reach
from harness.lab.engine.relay import Relay
from harness.lab.housekeeping.owner import this_process
from harness.lab.housekeeping.sweep import is_gone, remove_all, sweep_with
from harness.lab.images.release import Release, ScriptRunner
from harness.lab.images.tools import load_busybox
from harness.lab.instance.contents import instance_archive, links_of, site_modules
from harness.lab.instance.instance import Instance
from harness.lab.instance.launch import ContainerLimits, empty_volume, held_program, launch, with_printed
from harness.lab.instance.odbc import SOCKET_FOLDERS, odbc_files
from harness.lab.instance.overlay import AGI_PORT, AMI_PORT, ARI_PORT, LOG_QUEUE_MB, Access, Overlaid, lay_over
from harness.lab.waiting import Overdue, wait_until
from harness.model import INSTANCES
from harness.model.packaged import packaged

if TYPE_CHECKING:
    from pathlib import Path

    from docker.models.containers import Container

    from harness.site import Data, Database

__all__ = ["BACK", "FAR_END", "RESTART", "ContainerGroup", "python_script"]

FAR_END = "phones"
BACK = "back"
"""The old release with the candidate's configuration."""
RESTART = "restart"
"""The candidate once more."""
_NAMES = "names"
_STARTING = 8
_READY = 20.0
_DONE = 60.0
_NO_CHECK = {"test": ["NONE"]}  # an image's own would ask an Asterisk with another configuration
_LETTING_GO = 20.0  # seconds that a busy engine takes until nothing is on a network any more
# As Docker sets it, and Podman not always: the name server's port, or a web server's, needs no root.
_ANY_PORT = {"net.ipv4.ip_unprivileged_port_start": "0"}
_GUESTS = (*INSTANCES, FAR_END, _NAMES, BACK, RESTART)


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
        self._relay: Relay | None = None
        atexit.register(self.close, in_turn=True)

    @classmethod
    def open(cls, limits: ContainerLimits | None = None) -> ContainerGroup:
        """An empty group; what dead runs left is gone. Raises EngineError, LabError."""
        client = connect()
        sweep_with(client)
        return cls(client, limits or ContainerLimits())

    def address(self, name: str) -> str:
        """The address that the instance of that name has, or will have."""
        return self._network.address(_GUESTS.index(name))

    def providers(self, names: Sequence[str]) -> Mapping[str, str]:
        """The addresses that the far end has beside its own, by the provider's host name. Raises LabError."""
        return self._network.providers(names)

    @property
    def host(self) -> str:
        """The address at which the instances reach what this process serves."""
        return self.address(_NAMES) if self._relay else self._network.host

    @property
    def reach(self) -> Reach:
        """How this process reaches the instances, from the first one on."""
        return self._relay or DIRECT

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
        held: bool = False,
    ) -> Instance:
        """A started instance, most likely not booted yet. Raises EngineError, ImageError.

        With `databases`, or `held`, it does not begin before `Instance.release_hold`.
        """
        if not self._network.is_here and self._relay is None:
            self.start_names(release, {})
        modules = site_modules(self._client, release, data.modules if data else None)
        container = self.launch(
            name,
            release.image,
            replace(self._limits, memory_mb=self._limits.memory_mb + LOG_QUEUE_MB),
            archive=self._files_of(release, overlaid, data, databases, modules),
            # The same for the trio, so that what shows it is the same.
            hostname=FAR_END if name == FAR_END else "asterisk",
            **self._on_network(name, aliases),
            extra_hosts=self._hosts(on_host, databases),
            **_running(release, databases, environment or {}, held=held),
        )
        return Instance(
            name,
            self.address(name),
            self._access.username,
            self._access.secret,
            release,
            container,
            overlaid.ari,
            web_prefix=overlaid.prefix,
            third_party={path.stem: sha256(path.read_bytes()).hexdigest() for path in modules},
            memory_mb=self._limits.memory_mb,
            pids=self._limits.pids,
            reach=self.reach,
        )

    def _files_of(
        self,
        release: Release,
        overlaid: Overlaid,
        data: Data | None,
        databases: Sequence[Database],
        modules: Iterable[Path],
    ) -> bytes:
        """A tar of all that an instance has beside its image."""
        return instance_archive(
            overlaid.files,
            release,
            data,
            modules,
            links=links_of(self._client, release, overlaid.directories, data),
            system=odbc_files(databases, data) if data else {},
            shared=SOCKET_FOLDERS if databases else (),
            busybox=load_busybox(self._client, release),
        )

    def _hosts(self, on_host: Iterable[str], databases: Iterable[Database]) -> Mapping[str, str]:
        """Names that an instance knows: those of what this process serves, and of databases beside it."""
        beside = (host for database in databases for host in database.hosts)
        return dict.fromkeys(on_host, self.host) | dict.fromkeys(beside, "127.0.0.1")

    def start_names(self, release: Release, providers: Mapping[str, str]) -> None:
        """The network's name server, if there is a Python for it. Without it unknown names fail late.

        It is the way in as well, where this machine is not on the network. Raises EngineError, LabError.
        """
        if not (runner := release.runner):
            if not self._network.is_here:
                raise LabError(
                    f"the engine's network is out of reach, and {release.spec} has no Python 3 for a relay"
                )
            return
        container = self.launch(
            _NAMES,
            runner.image,
            ContainerLimits(memory_mb=64, pids=16),
            hostname=_NAMES,
            entrypoint=[*python_script(runner, "names.py"), *(f"{name}={at}" for name, at in providers.items())],
            user=runner.user,
            **self._on_network(_NAMES),
        )
        if providers:  # who asks before it listens would not find them
            wait_until(lambda: b"ready" in container.logs(), "say ready (the lab's names)", within=_READY)
        if not self._network.is_here:
            self._relay = Relay(container, runner.python, self.address(_NAMES))

    def add_addresses(self, instance: Instance, release: Release, addresses: Sequence[str]) -> None:
        """Give an instance more addresses. Raises LabError."""
        self._change_network(instance, release, "addresses", *addresses)

    def guard(self, instance: Instance, release: Release) -> None:
        """Keep an instance, and what runs beside it, from this machine, but for FastAGI. Raises LabError."""
        asked = ",".join(map(str, (AMI_PORT, ARI_PORT, TAP_PORT)))
        self._change_network(instance, release, "guard", self._network.host, asked, str(AGI_PORT))

    def _change_network(self, instance: Instance, release: Release, script: str, *arguments: str) -> None:
        """Run a script beside an instance with a right that nothing else in the lab has, to change its network."""
        if not (runner := release.runner):
            raise LabError(f"{release.spec} has no Python 3")
        container = self.launch(
            f"{instance.name}-{script}",
            runner.image,
            ContainerLimits(memory_mb=64, pids=16),
            cap_add=["NET_ADMIN"],
            network_mode=f"container:{instance.container_id}",
            entrypoint=[*python_script(runner, f"{script}.py"), *arguments],
            user="root",
        )
        try:
            failed = container.wait(timeout=_DONE)["StatusCode"]
        except RequestException:
            failed = True
        problem = with_printed(LabError(f"{instance.name}: {script}.py failed"), container, "script")
        remove_all([container], [])
        if failed:
            raise problem

    def launch(self, name: str, image: str, limits: ContainerLimits, **options: Any) -> Container:
        """A container of this group, `options` are what `launch` takes. Raises EngineError."""
        container = launch(
            self._client,
            f"{self._run}-{name}",
            image,
            labels=self._owner.labels(),
            **limits.options(),
            **options,
        )
        self._containers.append(container)
        return container

    def _on_network(self, name: str, aliases: Iterable[str] = ()) -> dict[str, Any]:
        """Where a container is. Names that are not a stand-in's are never asked of a name server outside."""
        network, api = str(self._network.network.name), self._client.client.api
        endpoint = api.create_endpoint_config(aliases=list(aliases), ipv4_address=self.address(name))
        return {
            "network": network,
            "networking_config": {network: endpoint},
            "dns": [self.address(_NAMES)],
            "dns_opt": ["timeout:1", "attempts:1"],
            "sysctls": _ANY_PORT,
        }

    def close(self, *, in_turn: bool = False) -> None:
        """Remove everything, `in_turn` where the interpreter ends and no thread can be started any more.

        Waits for containers that are being started at this moment: they go too.
        """
        self.starting.shutdown(wait=True, cancel_futures=True)
        if self._relay:
            self._relay.close()
        remove_all(self._containers, [], in_turn=in_turn)
        with suppress(Overdue):  # the next sweep removes it
            wait_until(partial(is_gone, self._network.network), "let go of its network", within=_LETTING_GO)
        self._client.client.close()
        atexit.unregister(self.close)


def _running(
    release: Release, databases: Sequence[Database], environment: Mapping[str, str], *, held: bool
) -> dict[str, Any]:
    """How Asterisk is run, and where; with `databases`, or `held`, not before it is let go."""
    asterisk = (release.binary, "-fn", "-C", release.config_file)
    return {
        "entrypoint": list(held_program(asterisk, release) if held or databases else asterisk),
        "user": release.user,
        "volumes": list(SOCKET_FOLDERS if databases else ()),
        # Production has what it has: what the image brings there counts for nothing.
        "mounts": [empty_volume(release.directory("astetcdir"))],
        "healthcheck": _NO_CHECK,
        # Asterisk is its user already: without this it would try to change to `runuser` once more, and end.
        "environment": {"ASTERISK_ALREADY_NONROOT": "1", "TERM": "dumb", **environment},
    }


def python_script(runner: ScriptRunner, script: str) -> list[str]:
    """The command that runs a script of `containers/` where it need not be a file."""
    return [runner.python, "-c", (packaged("containers") / script).read_text(encoding="utf-8")]
