"""What a release complains about when it loads its own stock configuration: no site has to answer for that."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docker.errors import APIError

from harness.asterisk.log import read_log
from harness.errors import ImageError
from harness.facts.inventory import StartLine
from harness.lab.container_group import ContainerGroup
from harness.lab.engine.client import connected
from harness.lab.housekeeping import cache
from harness.lab.housekeeping.owner import this_process
from harness.lab.images.release import Release
from harness.lab.instance import archive
from harness.lab.instance.overlay import LOG_FILE

if TYPE_CHECKING:
    from docker.models.containers import Container

__all__ = ["STOCK", "image_folders", "load_baseline", "stock_files"]

STOCK = "/usr/share/asterisk-stock/etc"
"""Where a release's image keeps what was in its /etc/asterisk (containers/settle.sh)."""
_COMPLAINTS = frozenset({"WARNING", "ERROR"})
_BOOT_SECONDS = 60.0


def load_baseline(release: Release) -> tuple[StartLine, ...]:
    """Warnings and errors while the release loads its stock configuration, each once; asked once for an image.

    Raises BootError, EngineError, ImageError, LabError.
    """
    if (kept := cache.load("baselines", release.digest, tuple[StartLine, ...])) is None:
        kept = _complaints(release)
        cache.store("baselines", release.digest, kept)
    return kept


def stock_files(release: Release) -> Mapping[str, bytes]:
    """The sample configuration that came with the release, by path below /etc/asterisk."""
    with image_folders(release) as image:
        return image.read_folder(STOCK)


@dataclass(frozen=True, slots=True)
class ImageFolders:
    """The files of an image that is not running."""

    container: Container

    def read_folder(self, path: str) -> dict[str, bytes]:
        """Content of the plain files below a folder, by path relative to it. Empty where there is none."""
        return archive.read_folder(self.container, path)


@contextmanager
def image_folders(release: Release) -> Iterator[ImageFolders]:
    """A look into the image for the length of a block. ImageError when it cannot be read."""
    try:
        with connected() as client:
            container = client.client.containers.create(release.image, labels=this_process().labels())
            try:
                yield ImageFolders(container)
            finally:
                container.remove(force=True)
    except (APIError, tarfile.TarError) as problem:
        raise ImageError(f"{release.spec}: its files cannot be read: {problem}") from problem


def _complaints(release: Release) -> tuple[StartLine, ...]:
    files = stock_files(release)
    group = ContainerGroup.open()
    try:
        instance = group.start("old", release, group.lay_over(files, release))
        instance.wait_until_booted(within=_BOOT_SECONDS)
        log = read_log(instance.read_file(LOG_FILE))
        lines = (StartLine(line.level, line.file, line.message) for line in log if line.level in _COMPLAINTS)
        return tuple(dict.fromkeys(lines))
    finally:
        group.close()
