"""Create, fill and start one container of a release: Asterisk's own user, no privileges, bounded, no way out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docker.errors import APIError
from testcontainers.core.docker_client import DockerClient

from harness.errors import EngineError
from harness.lab.engine.network import LabNetwork
from harness.lab.housekeeping.owner import Owner
from harness.lab.images.release import Release

if TYPE_CHECKING:
    from docker.models.containers import Container

__all__ = ["GO", "ContainerLimits", "Launch", "clock_environment", "launch"]

GO = "/tmp/harness-go"
_HELD = f'until [ -e {GO} ]; do sleep 0.05; done; exec "$@"'


@dataclass(frozen=True, slots=True)
class ContainerLimits:
    """What one container may use: no more memory, swap included, no more processes, and no privileges."""

    memory_mb: int = 1024
    pids: int = 8192

    def options(self) -> dict[str, Any]:
        """As docker's create() takes them."""
        memory = f"{self.memory_mb}m"
        return {
            "mem_limit": memory,
            "memswap_limit": memory,
            "pids_limit": self.pids,
            "cap_drop": ["ALL"],
            "security_opt": ["no-new-privileges"],
        }


@dataclass(frozen=True, slots=True)
class Launch:
    """Everything one container is made of.

    `archive` is the tar of the files to put into it, `guest` its number in the network, `names` the address of
    the name server, `on_host` the names that lead to this machine, `on_itself` those that lead to the instance.
    `program` is run in place of Asterisk. With `held`, Asterisk waits for a file of the name `GO`; `shared` are
    folders that containers beside it may share.
    """

    name: str
    hostname: str
    release: Release
    network: LabNetwork
    guest: int
    names: str
    archive: bytes
    owner: Owner
    limits: ContainerLimits
    aliases: tuple[str, ...] = ()
    on_host: tuple[str, ...] = ()
    on_itself: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    program: tuple[str, ...] = ()
    held: bool = False
    shared: tuple[str, ...] = ()

    @property
    def command(self) -> tuple[str, ...]:
        """What is run: Asterisk, at once or when it may."""
        asterisk = self.program or (self.release.binary, "-fn")
        return ("sh", "-c", _HELD, "sh", *asterisk) if self.held else asterisk

    @property
    def address(self) -> str:
        """The IP address that the container gets."""
        return self.network.address(self.guest)


def launch(client: DockerClient, wanted: Launch) -> Container:
    """A container that runs. Raises EngineError with the engine's own words when it does not even start."""
    try:
        container = client.create(wanted.release.image, **_options(client, wanted))
    except APIError as problem:
        raise EngineError(f"The engine makes no container {wanted.name}: {problem.explanation}") from problem
    try:
        if wanted.archive:
            container.put_archive("/", wanted.archive)
        container.start()
        container.reload()
    except APIError as problem:
        container.remove(force=True, v=True)
        raise EngineError(f"The engine does not start {wanted.name}: {problem.explanation}") from problem
    return container


def clock_environment(release: Release, seconds: float) -> dict[str, str]:
    """Environment that moves the clock of Asterisk, and of every script it starts, by so many seconds.

    An offset rather than a date: a date would begin anew in each process. Timers stay true (monotonic clock).
    """
    if not seconds:
        return {}
    return {
        "LD_PRELOAD": release.faketime,
        "FAKETIME": f"{seconds:+.3f}",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }


def _options(client: DockerClient, wanted: Launch) -> dict[str, Any]:  # what docker's create() takes
    name = wanted.network.name
    endpoint = client.client.api.create_endpoint_config(aliases=list(wanted.aliases), ipv4_address=wanted.address)
    return {
        "name": wanted.name,
        "hostname": wanted.hostname,
        "entrypoint": list(wanted.command),
        "user": f"{wanted.release.uid}:{wanted.release.gid}",
        "network": name,
        "networking_config": {name: endpoint},
        # Names that are not a stand-in's are never asked of a name server outside.
        "dns": [wanted.names],
        "dns_opt": ["timeout:1", "attempts:1"],
        "extra_hosts": dict.fromkeys(wanted.on_host, wanted.network.host)
        | dict.fromkeys(wanted.on_itself, "127.0.0.1"),
        "volumes": list(wanted.shared),
        **wanted.limits.options(),
        # Asterisk is its user already: without this it would try to change to `runuser` once more, and end.
        "environment": {"ASTERISK_ALREADY_NONROOT": "1", "TERM": "dumb", **wanted.environment},
        "labels": wanted.owner.labels(),
        "detach": True,
    }
