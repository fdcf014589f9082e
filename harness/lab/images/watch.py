"""The watch over somebody else's build: one that takes longer, or writes more, than it may is ended."""

from __future__ import annotations

import time
from contextlib import suppress
from threading import Event, Thread
from typing import TYPE_CHECKING, Self

from docker.errors import APIError
from requests.exceptions import RequestException
from testcontainers.core.docker_client import DockerClient

if TYPE_CHECKING:
    from docker.models.containers import Container

__all__ = ["Watch"]

_LOOK_SECONDS, _LEAST_SECONDS = 5.0, 0.1
_KB_A_MB = 1024


class Watch:
    """Looks at a running container for the length of a block. `why` is why it was ended, empty where it was not.

    What it writes counts in its own layer, and in `folder` where that is a volume; the container has `du` then.
    """

    def __init__(
        self, client: DockerClient, container: Container, *, seconds: float, disk_mb: int, folder: str = ""
    ) -> None:
        self.why = ""
        self._client, self._container, self._folder = client, container, folder
        self._seconds, self._disk_mb = seconds, disk_mb
        self._ended = Event()
        self._thread = Thread(target=self._look, name="build watch", daemon=True)

    def __enter__(self) -> Self:
        """From now on its time counts."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """It has ended, or is given up."""
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        until = time.monotonic() + self._seconds
        while not self._ended.wait(max(_LEAST_SECONDS, min(_LOOK_SECONDS, until - time.monotonic()))):
            if time.monotonic() >= until:
                self._end(f"took longer than {self._seconds:g} s (its `seconds`)")
            elif self._written_mb() > self._disk_mb:
                self._end(f"writes more than {self._disk_mb} MB (its `disk_mb`)")

    def _end(self, why: str) -> None:
        """An engine that does not do it is asked again with the next look; who waits knows when it has ended."""
        with suppress(APIError, RequestException):
            self._container.kill()
            self.why = why
            self._ended.set()

    def _written_mb(self) -> float:
        """What it has written by now; nothing where the engine does not say."""
        with suppress(APIError, RequestException):
            found = self._client.client.api.containers(size=True, filters={"id": self._container.id})
            layer = sum(one.get("SizeRw") or 0 for one in found) / (_KB_A_MB << 10)
            return layer + (self._volume_mb() if self._folder else 0.0)
        return 0.0

    def _volume_mb(self) -> float:
        """Size of the folder; what is removed while it is counted makes no difference."""
        printed = self._container.exec_run(["du", "-sk", self._folder], stderr=False).output
        kb = printed.split()[:1] if isinstance(printed, bytes) else []
        return int(kb[0]) / _KB_A_MB if kb and kb[0].isdigit() else 0.0
