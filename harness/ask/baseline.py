"""What a release complains about when it loads its own stock configuration: no site has to answer for that."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from docker.errors import APIError

from harness.ask.documents import Folders
from harness.asterisk.log import read_log
from harness.asterisk.log_text import COMPLAINTS
from harness.errors import ImageError
from harness.facts.inventory import StartLine
from harness.lab.container_group import ContainerGroup
from harness.lab.engine.client import connected
from harness.lab.housekeeping import cache
from harness.lab.images.inside import look_inside
from harness.lab.images.release import Release
from harness.lab.instance import archive
from harness.lab.instance.instance import Instance

__all__ = ["booted", "image_folders", "load_baseline", "stock_files"]

_BOOT_SECONDS = 60.0


def load_baseline(release: Release) -> tuple[StartLine, ...]:
    """Warnings and errors while the release loads its stock configuration, each once; asked once for an image.

    Raises BootError, EngineError, ImageError, LabError.
    """
    with cache.lock(f"baseline-{release.digest}"):
        if (kept := cache.load("baselines", release.digest, tuple[StartLine, ...])) is None:
            kept = _complaints(release)
            cache.store("baselines", release.digest, kept)
    return kept


@contextmanager
def image_folders(release: Release) -> Iterator[Folders]:
    """Reads folders of an image that is not running. ImageError when it cannot be read."""
    try:
        with connected() as client, look_inside(client, release.image) as inside:
            yield partial(archive.read_folder, inside.container)
    except (APIError, tarfile.TarError) as problem:
        raise ImageError(f"{release.spec}: its files cannot be read: {problem}") from problem


@contextmanager
def booted(release: Release, files: Mapping[str, bytes]) -> Iterator[Instance]:
    """An instance of the release with these files in /etc/asterisk, for the length of a block.

    Raises BootError, EngineError, LabError.
    """
    group = ContainerGroup.open()
    try:
        instance = group.start("old", release, group.lay_over(files, release))
        instance.wait_until_booted(within=_BOOT_SECONDS)
        yield instance
    finally:
        group.close()


def stock_files(release: Release, image: Folders) -> Mapping[str, bytes]:
    """The configuration that came with a release, read from its image, which nobody's files have touched."""
    return image(release.directory("astetcdir"))


def _complaints(release: Release) -> tuple[StartLine, ...]:
    with image_folders(release) as image:
        files = stock_files(release, image)
    with booted(release, files) as instance:
        log = read_log(instance.read_file(instance.log_file))
    lines = (StartLine(line.level, line.file, line.message) for line in log if line.level in COMPLAINTS)
    return tuple(dict.fromkeys(lines))
