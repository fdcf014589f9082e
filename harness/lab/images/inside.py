"""Files of an image, read through a container of it that is never started: it takes no program in the image."""

from __future__ import annotations

import base64
import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from testcontainers.core.docker_client import DockerClient

from harness.lab.housekeeping.owner import this_process
from harness.lab.instance import archive

if TYPE_CHECKING:
    from docker.models.containers import Container

__all__ = ["Inside", "look_inside"]

_FOUND = 200


class Inside:
    """One image's files. Each question is a request to the engine, of some milliseconds. Raises APIError."""

    def __init__(self, container: Container) -> None:
        self.container = container
        engine: Any = container.client  # the engine's client is untyped
        self._api = engine.api
        self._address = f"{self._api.base_url}/v{self._api.api_version}/containers/{container.id}/archive"

    def has(self, path: str) -> bool:
        """Whether there is something of that path."""
        answer = self._api.head(self._address, params={"path": path}, timeout=self._api.timeout)
        return bool(answer.status_code == _FOUND)

    def read(self, path: str) -> bytes:
        """A file's content, links followed; empty where there is none."""
        try:
            return archive.read_file(self.container, path)
        except FileNotFoundError:
            return b""

    def target(self, path: str) -> str:
        """What a link leads to in the end; the path itself where it is none, or leads nowhere."""
        answer = self._api.head(self._address, params={"path": path}, timeout=self._api.timeout)
        stat = answer.headers.get("X-Docker-Container-Path-Stat", "")
        return json.loads(base64.b64decode(stat)).get("linkTarget") or path if stat else path

    def owner(self, path: str) -> tuple[int, int] | None:
        """User and group of a file or folder; None where there is none. No more than its header is read."""
        asked = {"params": {"path": path}, "timeout": self._api.timeout}
        with self._api.get(self._address, stream=True, **asked) as answer:
            if answer.status_code != _FOUND:
                return None
            header = next(answer.iter_content(tarfile.BLOCKSIZE))
        info = tarfile.TarInfo.frombuf(header, "utf-8", "surrogateescape")
        return info.uid, info.gid


@contextmanager
def look_inside(client: DockerClient, image: str) -> Iterator[Inside]:
    """The files of an image that is there, for the length of a block."""
    # An image may name no program, and none is started.
    container = client.client.containers.create(image, entrypoint=["none"], labels=this_process().labels())
    try:
        yield Inside(container)
    finally:
        container.remove(force=True, v=True)
