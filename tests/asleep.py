"""A machine for the tests of `harness collect`: a container in which nothing has been started."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from docker.errors import NotFound
from docker.models.containers import Container
from testcontainers.core.docker_client import DockerClient

from harness.lab.housekeeping.owner import this_process

__all__ = ["asleep"]


@contextmanager
def asleep(client: DockerClient, image: str) -> Iterator[Container]:
    """A container of an image, without a network, for ten minutes or until the block ends."""
    container = client.client.containers.run(
        image,
        ["600"],
        entrypoint=["sleep"],
        init=True,
        detach=True,
        network_mode="none",
        labels=this_process().labels(),
    )
    try:
        yield container
    finally:
        with suppress(NotFound):
            container.remove(force=True)
