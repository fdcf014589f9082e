"""Remove the images and caches that the harness made (`make clean`). The engine, and what is others', stays."""

from __future__ import annotations

import shutil
import sys
from contextlib import suppress

from docker.errors import APIError
from testcontainers.core.docker_client import DockerClient

from harness.lab.engine.client import answering
from harness.lab.housekeeping.cache import cache_folder
from harness.lab.housekeeping.owner import REPOSITORY
from harness.lab.housekeeping.sweep import sweep_with
from harness.lab.images.source_run import CCACHE

__all__ = ["clean", "main"]


def clean(client: DockerClient) -> list[str]:
    """Remove what dead runs left, what ccache keeps, and every image of the harness that nothing uses.

    Returns the images' names.
    """
    sweep_with(client)
    with suppress(APIError):  # there is none, or a build uses it
        client.client.volumes.get(CCACHE).remove()
    images = client.client.images.list(filters={"reference": f"{REPOSITORY}*/*"})
    names = sorted({tag for image in images for tag in image.tags if tag.startswith(REPOSITORY)})
    # A base is under the releases built on it: it goes when they are gone.
    names.sort(key=lambda name: "/base:" in name)
    return [name for name in names if _remove(client, name)]


def main() -> int:
    """Clean up, and say what went."""
    if client := answering():
        for name in clean(client):
            print(f"Removed the image {name}")
        client.client.close()
    shutil.rmtree(cache_folder(), ignore_errors=True)
    return 0


def _remove(client: DockerClient, name: str) -> bool:
    try:
        client.client.images.remove(name)
    except APIError:
        return False  # a living run uses it
    return True


if __name__ == "__main__":
    sys.exit(main())
