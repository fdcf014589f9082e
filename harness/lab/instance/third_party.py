"""Modules that a site brings and its release has not: built by somebody else, or by the site itself."""

from __future__ import annotations

from pathlib import Path

from docker.errors import APIError, ContainerError
from testcontainers.core.docker_client import DockerClient

from harness.errors import ImageError
from harness.lab.housekeeping import cache
from harness.lab.housekeeping.owner import this_process
from harness.lab.images.release import Release

__all__ = ["site_modules"]


def site_modules(client: DockerClient, release: Release, folder: Path | None) -> tuple[Path, ...]:
    """Modules (*.so) of a folder that the release does not ship, sorted by name.

    A release's own are left as they are: a backup may hold those of the release it was made of. Raises ImageError.
    """
    paths = sorted(folder.glob("*.so")) if folder else []
    if not paths:
        return ()
    shipped = _own_modules(client, release)
    return tuple(path for path in paths if path.name not in shipped)


def _own_modules(client: DockerClient, release: Release) -> frozenset[str]:
    names = cache.load("modules", release.digest, list[str])
    if names is None:
        names = _module_list(client, release)
        cache.store("modules", release.digest, names)
    return frozenset(names)


def _module_list(client: DockerClient, release: Release) -> list[str]:
    folder = release.directory("astmoddir")
    try:
        printed: bytes = client.client.containers.run(
            release.image,
            entrypoint=["ls", folder],
            network_disabled=True,
            remove=True,
            labels=this_process().labels(),
        )
    except (APIError, ContainerError) as problem:
        raise ImageError(f"{release.spec}: its modules in {folder} cannot be listed: {problem}") from problem
    return sorted(printed.decode(errors="replace").split())
