"""What runs beside an instance in a trio: servers of databases, the tap, the site's own programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from harness.errors import EngineError
from harness.lab.beside.database import Server
from harness.lab.beside.program import Program
from harness.lab.beside.tap import Tap, ports_of, tap_arguments, with_ports
from harness.lab.container_group import ContainerGroup, python_script
from harness.lab.images.database_image import server_image
from harness.lab.images.release import Release
from harness.lab.instance.contents import app_archive
from harness.lab.instance.instance import Instance
from harness.lab.instance.launch import ContainerLimits

if TYPE_CHECKING:
    from harness.site import App, Database

__all__ = ["start_app", "start_server", "start_tap"]

_SERVER_MEMORY = 512  # megabytes


def start_server(group: ContainerGroup, instance: Instance, databases: tuple[Database, ...]) -> Server:
    """The server of one engine beside an instance; its databases are empty. Raises EngineError."""
    engine, port = databases[0].engine, databases[0].port
    container = group.launch(
        f"{instance.name}-{engine}",
        server_image(engine),
        ContainerLimits(memory_mb=_SERVER_MEMORY, pids=512),
        **_beside(instance),
        volumes_from=[instance.container_id],
        environment={"PORT": str(port)},
    )
    return Server(instance.name, databases, container)


def start_tap(group: ContainerGroup, instance: Instance, release: Release, apps: Sequence[App]) -> Tap:
    """The tap beside an instance, run by the Python of `release`. Raises EngineError."""
    if not (runner := release.runner):
        raise EngineError(f"{release.spec} has no Python 3, which the tap beside the site's apps needs")
    container = group.launch(
        f"{instance.name}-tap",
        runner.image,
        ContainerLimits(memory_mb=256, pids=4096),
        **_beside(instance),
        entrypoint=[*python_script(runner, "tap.py"), *tap_arguments(apps, ports_of(apps))],
        user=runner.user,
    )
    return Tap(instance.name, partial(group.reach.to, instance.address), container)


def start_app(
    group: ContainerGroup,
    app: App,
    instance: Instance,
    ports: Mapping[str, int],
    environment: Mapping[str, str],
) -> Program:
    """One of the site's programs beside an instance. One that cannot be started says so itself."""
    release = instance.release
    command = [with_ports(word, ports) for word in app.command]
    own = {name: with_ports(value, ports) for name, value in app.environment.items()}
    folder = f"/srv/{app.name}" if app.folder else ""
    options: dict[str, Any] = {"working_dir": folder} if folder else {}
    if app.image:
        options |= {"command": command or None}
    else:
        options |= {"entrypoint": command, "user": release.user}
    try:
        container = group.launch(
            f"{instance.name}-app-{app.name}",
            app.image or release.image,
            ContainerLimits(memory_mb=512, pids=1024),
            archive=app_archive(app, folder, release),
            environment={"PYTHONUNBUFFERED": "1", **({} if app.image else environment), **own},
            **_beside(instance),
            **options,
        )
    except EngineError as problem:
        return Program(app, instance.name, None, 0, trouble=f"cannot be started: {problem}")
    return Program(app, instance.name, container, int(with_ports(app.ready.port, ports) or 0))


def _beside(instance: Instance) -> dict[str, Any]:
    """In the instance's own network, so that 127.0.0.1 is the telephone system, as in production.

    As process 1 a program would not end by a signal that it does not handle.
    """
    return {"network_mode": f"container:{instance.container_id}", "init": True}
