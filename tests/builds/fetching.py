"""Debian's source packages, as apt gives them."""

from __future__ import annotations

from collections.abc import Mapping

from harness.errors import ImageError
from harness.lab import Release
from harness.lab.engine.client import connected
from harness.lab.engine.mirror import find_mirror
from harness.lab.housekeeping.owner import this_process
from harness.lab.instance import archive
from harness.lab.instance.launch import launch, with_printed

__all__ = ["fetch_source"]

_FETCH = """
echo "deb-src $0 sid main" > /etc/apt/sources.list && apt-get update -q && mkdir /source && cd /source &&
apt-get source -q --download-only $2 "$1"
"""


def fetch_source(release: Release, package: str, *, without_debian: bool = False) -> Mapping[str, bytes]:
    """The files of a source package of sid, by name; or its tarball alone, as its author has it."""
    only = "--tar-only" if without_debian else ""
    with connected() as client:
        container = launch(
            client,
            "asterisk-upgrade-fetch",
            release.image,
            entrypoint=["sh", "-ec", _FETCH, find_mirror().archive, package, only],
            user="0",
            labels=this_process().labels(),
        )
        try:
            if container.wait()["StatusCode"]:
                raise with_printed(
                    ImageError(f"the source of {package} cannot be fetched"), container, "container"
                )
            return archive.read_folder(container, "/source")
        finally:
            container.remove(force=True, v=True)
