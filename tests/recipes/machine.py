"""A clean machine for a job: a container with the engine's socket and a network of its own, as runners have it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from docker.models.containers import Container
from testcontainers.core.docker_client import DockerClient

from harness.lab.engine.mirror import find_mirror
from harness.lab.housekeeping.owner import REPOSITORY
from harness.lab.images.bases import ensure_base

__all__ = ["Machine", "build_clean", "machine"]

_SUITE = "bookworm"
_IMAGE = f"{REPOSITORY}/clean:{_SUITE}"
_ROOT = Path(__file__).parents[2]
_SOCKET = "/var/run/docker.sock"
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_LONGEST = 3600
"""Seconds after which a machine that nobody ended is gone."""


def build_clean() -> None:
    """Build the image, from a base as releases have it."""
    client, mirror = DockerClient(), find_mirror()
    base = ensure_base(client, _SUITE, mirror, print)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in (Path(__file__).with_name("Dockerfile"), _ROOT / "containers/debian/apt.conf"):
            shutil.copy(file, folder)
        (folder / "sources.list").write_text(
            f"deb {mirror.archive} {_SUITE} main\ndeb {mirror.security} {_SUITE}-security main\n"
        )
        client.client.images.build(path=name, tag=_IMAGE, buildargs={"BASE": base}, rm=True)


@dataclass(frozen=True, slots=True)
class Machine:
    """A container that runs shell commands in a folder."""

    container: Container
    folder: Path

    def run(self, command: str, environment: Mapping[str, str]) -> tuple[int, str]:
        """Exit code and all that was printed."""
        shell = ["bash", "-e", "-o", "pipefail", "-c", command]
        done = self.container.exec_run(shell, environment=dict(environment), workdir=str(self.folder))
        assert isinstance(done.output, bytes)
        return done.exit_code or 0, done.output.decode("utf-8", "replace")


@contextmanager
def machine(folder: Path, wheels: Path, *, has_python: bool) -> Iterator[Machine]:
    """One that has this folder, and `wheels` as the index of packages of one's own."""
    container = DockerClient().client.containers.run(
        _IMAGE,
        ["sleep", str(_LONGEST)],
        detach=True,
        auto_remove=True,
        init=True,
        volumes={str(each): {"bind": str(each)} for each in (folder, wheels, _SOCKET)},
        environment={
            "PATH": f"/opt/python/bin:{_PATH}" if has_python else _PATH,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(wheels),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_ROOT_USER_ACTION": "ignore",
            "RUNNER_TEMP": "/tmp",
            "GITHUB_STEP_SUMMARY": "/tmp/summary.md",
        },
    )
    try:
        yield Machine(container, folder)
    finally:
        container.kill()
