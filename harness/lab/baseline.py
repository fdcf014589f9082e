"""What a release complains about when it loads its own stock configuration: no site has to answer for that."""

from __future__ import annotations

import tarfile
from collections.abc import Mapping

from docker.errors import APIError

from harness.errors import ImageError
from harness.lab import archive, cache
from harness.lab.boot import wait_until_booted
from harness.lab.engine import connected
from harness.lab.hall import Hall
from harness.lab.launch import Bounds
from harness.lab.log_tail import LogLine, parse
from harness.lab.overlay import LOG_FILE
from harness.lab.owner import this_process
from harness.lab.release import Release

__all__ = ["load_baseline", "stock_files"]

_STOCK = "/usr/share/asterisk-stock/etc"
_COMPLAINTS = frozenset({"WARNING", "ERROR"})
_BOOT_SECONDS = 60.0


def load_baseline(release: Release) -> tuple[LogLine, ...]:
    """Warnings and errors while the release loads its stock configuration, each once; asked once for an image.

    Raises BootError, EngineError, ImageError, LabError.
    """
    if (kept := cache.load("baselines", release.digest)) is not None:
        return tuple(LogLine(**line) for line in kept)
    lines = _complaints(release)
    cache.store("baselines", release.digest, [line.as_dict() for line in lines])
    return lines


def stock_files(release: Release) -> Mapping[str, bytes]:
    """The sample configuration that came with the release, by path below /etc/asterisk."""
    try:
        with connected() as client:
            container = client.client.containers.create(release.image, labels=this_process().labels())
            try:
                return dict(archive.files(container.get_archive(_STOCK)[0]))
            finally:
                container.remove(force=True)
    except (APIError, tarfile.TarError) as problem:
        raise ImageError(f"{release.spec}: its stock configuration cannot be read: {problem}") from problem


def _complaints(release: Release) -> tuple[LogLine, ...]:
    files = stock_files(release)
    hall = Hall.open(Bounds())
    try:
        instance = hall.start("old", release, hall.lay_over(files, release))
        wait_until_booted(instance, within=_BOOT_SECONDS)
        log = parse(instance.read_file(LOG_FILE))
        different = {(line.level, line.file, line.message): line for line in log if line.level in _COMPLAINTS}
        return tuple(different.values())
    finally:
        hall.close()
