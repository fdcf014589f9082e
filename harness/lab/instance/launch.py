"""Create, fill and start one container: bounded, and without privileges."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from docker.errors import APIError
from docker.types import Mount
from requests.exceptions import RequestException
from testcontainers.core.docker_client import DockerClient

from harness.errors import EngineError, HarnessError
from harness.lab.engine.client import is_podman
from harness.lab.images.release import Release
from harness.lab.instance.archive import below

if TYPE_CHECKING:
    from docker.models.containers import Container

__all__ = [
    "GO",
    "ContainerLimits",
    "clock_environment",
    "empty_volume",
    "held_program",
    "launch",
    "with_printed",
]

E = TypeVar("E", bound=HarnessError)
GO = "/tmp/harness-go"
_HELD = 'until [ -e {go} ]; do {tools}sleep 0.05; done; exec "$@"'


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


def held_program(program: Sequence[str], release: Release) -> tuple[str, ...]:
    """The same program, which begins when there is a file of the name `GO`."""
    tools = f"{release.tools}/" if release.tools else ""
    return (f"{tools}sh", "-c", _HELD.format(go=GO, tools=tools), "sh", *program)


def empty_volume(path: str) -> Mount:
    """A folder that is empty whatever the image has there, takes files before the start, and goes with them."""
    return Mount(path, None, type="volume", no_copy=True)


def launch(client: DockerClient, name: str, image: str, *, archive: bytes = b"", **options: Any) -> Container:
    """A container that was started, with the files of a tar in it; its program may have ended already.

    `options` are what docker's create() takes. EngineError, with the engine's own words, when it refuses.
    """
    try:
        container = client.client.containers.create(image, name=name, detach=True, **options)
    except APIError as problem:
        raise EngineError(f"The engine makes no container {name}: {_why(problem)}") from problem
    try:
        if archive:
            container.put_archive("/", archive)
            volumes = [mount["Target"] for mount in options.get("mounts", ())]
            for folder in volumes if volumes and is_podman(client) else ():
                # Podman has put it below the volume, which it fills with what the image has where it is empty.
                container.put_archive(folder, below(archive, folder))
        container.start()
    except APIError as problem:
        container.remove(force=True, v=True)
        raise EngineError(f"The engine does not start {name}: {_why(problem)}") from problem
    return container


def _why(problem: APIError) -> str:
    """The engine's words; where Podman lacks a package, with its name."""
    lacks_init = "container-init" in str(problem.explanation)
    return f"{problem.explanation}{' (its machine needs the package catatonit)' if lacks_init else ''}"


def with_printed(error: E, container: Container, who: str) -> E:
    """The same error, with the last lines that a container printed as a note, where they can be had."""
    with suppress(APIError, RequestException):
        if printed := container.logs(tail=10).decode(errors="replace").strip():
            error.add_note(f"The {who} said:\n{printed}")
    return error


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
