"""A container beside an instance: in its network, so that 127.0.0.1 is the telephone system as in production."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docker.errors import APIError
from testcontainers.core.docker_client import DockerClient

from harness.errors import EngineError
from harness.lab.housekeeping.owner import Owner
from harness.lab.instance.launch import ContainerLimits

if TYPE_CHECKING:
    from docker.models.containers import Container

__all__ = ["Beside", "launch_beside"]


@dataclass(frozen=True, slots=True)
class Beside:
    """What runs beside an instance. `archive` is the tar of the files to put into it, `shares` whether it has the
    instance's folders for sockets.

    `user` and `program` are empty for the image's own; `command` is what the image's own program is given.
    """

    name: str
    image: str
    instance: str
    owner: Owner
    limits: ContainerLimits
    user: str = ""
    program: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    folder: str = ""
    archive: bytes = b""
    shares: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)


def launch_beside(client: DockerClient, wanted: Beside) -> Container:
    """A container that was started; its program may have ended already. EngineError when the engine refuses."""
    try:
        container = client.client.containers.create(wanted.image, **_options(wanted))
    except APIError as problem:
        raise EngineError(f"The engine makes no container {wanted.name}: {problem.explanation}") from problem
    try:
        if wanted.archive:
            container.put_archive("/", wanted.archive)
        container.start()
    except APIError as problem:
        container.remove(force=True, v=True)
        raise EngineError(f"The engine does not start {wanted.name}: {problem.explanation}") from problem
    return container


def _options(wanted: Beside) -> dict[str, Any]:  # what docker's create() takes
    options: dict[str, Any] = {
        "name": wanted.name,
        "network_mode": f"container:{wanted.instance}",
        "command": list(wanted.command) or None,
        # As process 1 a program would not end by a signal that it does not handle.
        "init": True,
        **wanted.limits.options(),
        "environment": dict(wanted.environment),
        "labels": wanted.owner.labels(),
        "detach": True,
    }
    if wanted.program:
        options["entrypoint"] = list(wanted.program)
    if wanted.user:
        options["user"] = wanted.user
    if wanted.shares:
        options["volumes_from"] = [wanted.instance]
    if wanted.folder:
        options["working_dir"] = wanted.folder
    return options
