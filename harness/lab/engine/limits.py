"""Which limits of containers an engine cannot set: a rootless one may have no control groups to set them in."""

from __future__ import annotations

from testcontainers.core.docker_client import DockerClient

from harness.lab.engine.client import is_podman

__all__ = ["limits_lacking"]

_DOCKER = {"MemoryLimit": "memory", "PidsLimit": "processes"}
_PODMAN = {"memory": "memory", "pids": "processes"}


def limits_lacking(client: DockerClient) -> tuple[str, ...]:
    """What an engine sets no limit of, by its own words: `memory`, `processes`.

    In Docker's words Podman has them always; which control groups its user was handed is in its own.
    """
    if not is_podman(client):
        info = client.client.info()
        return tuple(what for key, what in _DOCKER.items() if not info.get(key, True))
    api = client.client.api
    host = api.get(f"{api.base_url}/v4.0.0/libpod/info").json().get("host", {})
    controllers = host.get("cgroupControllers")
    return tuple(what for name, what in _PODMAN.items() if controllers is not None and name not in controllers)
