"""The bare Debian that a release is built on: pulled where a registry answers, made with mmdebstrap elsewhere."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

from docker.errors import DockerException
from requests.exceptions import RequestException
from testcontainers.core.docker_client import DockerClient

from harness.errors import ImageError
from harness.lab.engine.client import connect
from harness.lab.engine.install import install, may_install
from harness.lab.engine.mirror import Mirror
from harness.lab.housekeeping.cache import lock
from harness.lab.housekeeping.owner import REPOSITORY
from harness.lab.housekeeping.progress import Progress
from harness.lab.housekeeping.scratch import scratch
from harness.lab.images.build import is_there

__all__ = ["ensure_base"]

_REGISTRY_SECONDS = 8
_DIES_WITH_US = ("setpriv", "--pdeathsig", "TERM")
"""util-linux: a run that is ended does not wait for what it builds."""


def ensure_base(client: DockerClient, suite: str, mirror: Mirror, progress: Progress) -> str:
    """The base's name, the base being there. ImageError, with the last lines of what was tried."""
    tag = f"{REPOSITORY}/base:{suite}"
    with lock(tag):
        if not is_there(client, tag) and not _pull(client, suite, tag, progress):
            _make(client, suite, tag, mirror, progress)
    return tag


def _pull(client: DockerClient, suite: str, tag: str, progress: Progress) -> bool:
    """Whether `debian:SUITE` could be pulled. Whether a registry is there at all is asked with little patience."""
    asking = connect(seconds=_REGISTRY_SECONDS).client
    progress(f"base {suite}: asking the container registry (at most {_REGISTRY_SECONDS} s)")
    try:
        asking.images.get_registry_data(f"debian:{suite}")
        progress(f"base {suite}: pulling debian:{suite}")
        image = client.client.images.pull("debian", tag=suite)
    except (DockerException, RequestException):
        return False
    finally:
        asking.close()
    return image.tag(*tag.split(":"))


def _make(client: DockerClient, suite: str, tag: str, mirror: Mirror, progress: Progress) -> None:
    begun = time.monotonic()
    _need_mmdebstrap(progress)
    progress(f"base {suite}: no registry answers; making it with mmdebstrap from {mirror.archive}")
    with scratch() as folder:
        path = Path(folder) / "base.tar"
        _mmdebstrap(suite, path, mirror)
        repository, name = tag.split(":")
        said = client.client.api.import_image_from_file(str(path), repository=repository, tag=name)
        # Podman leaves out the tag.
        client.client.images.get(json.loads(said.splitlines()[-1])["status"]).tag(repository, name)
    progress(f"base {suite}: ready ({time.monotonic() - begun:.0f} s)")


def _need_mmdebstrap(progress: Progress) -> None:
    with lock("install"):
        if shutil.which("mmdebstrap"):
            return
        if problem := may_install():
            raise ImageError(
                "No container registry answers, and mmdebstrap, which makes a base without one, is not there.\n"
                f"  {problem} Install the packages mmdebstrap and debian-archive-keyring, or let the engine\n"
                "  reach a registry that has debian."
            )
        install(("mmdebstrap", "debian-archive-keyring"), progress)


def _mmdebstrap(suite: str, path: Path, mirror: Mirror) -> None:
    command = [
        *_DIES_WITH_US,
        "mmdebstrap",
        "--variant=apt",
        "--format=tar",
        '--aptopt=Acquire::Check-Valid-Until "false"',
        '--aptopt=Acquire::Retries "3"',
        '--aptopt=APT::Install-Recommends "false"',
        suite,
        str(path),
        mirror.archive,
    ]
    result = subprocess.run(
        command, capture_output=True, text=True, errors="replace", env=os.environ | {"LC_ALL": "C.UTF-8"}
    )
    if result.returncode:
        error = ImageError(f"mmdebstrap cannot make a base of Debian {suite} from {mirror.archive}.")
        error.add_note("\n".join(result.stderr.splitlines()[-20:]))
        raise error
