"""What goes into an instance: a site's files, data and modules in one archive, where its release wants them."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from docker.errors import APIError, ContainerError
from testcontainers.core.docker_client import DockerClient

from harness.errors import ImageError, SiteError
from harness.lab.housekeeping import cache
from harness.lab.housekeeping.owner import this_process
from harness.lab.images.release import Release
from harness.lab.instance.archive import Archive
from harness.lab.instance.overlay import TALK
from harness.site.reading.below import files_below

if TYPE_CHECKING:
    from harness.site import App, Data

__all__ = ["app_archive", "instance_archive", "read_config", "site_modules"]

_OWN_FOLDERS = ("astvarlibdir", "astdbdir", "astspooldir", "astrundir", "astlogdir")
_OF_RECORDS = ("cdr-csv", "cdr-custom", "cel-custom")
"""Below the folder of logs: without them, records of calls are not written into files."""


def read_config(folder: Path) -> dict[str, bytes]:
    """All files below a configuration folder, by their path in it. SiteError when it cannot be read."""
    if not folder.is_dir():
        raise SiteError(f"{folder}: there is no such configuration folder")
    try:
        return {name: path.read_bytes() for name, path in files_below(folder)}
    except OSError as problem:
        raise SiteError(f"{problem.filename}: cannot be read: {problem.strerror}") from problem


def instance_archive(
    files: Mapping[str, bytes],
    release: Release,
    data: Data | None,
    modules: Iterable[Path] = (),
    *,
    system: Mapping[str, bytes] | None = None,
    shared: Iterable[str] = (),
) -> bytes:
    """A tar of configuration, data and modules of the site's own, owned by the release's Asterisk user.

    `system` are files by their absolute path, `shared` folders that everybody may write to.
    """
    archive = Archive(release.uid, release.gid)
    for name in _OWN_FOLDERS:
        archive.folder(release.directory(name))
    for name in _OF_RECORDS:
        archive.folder(f"{release.directory('astlogdir')}/{name}")
    archive.files(release.directory("astetcdir"), files)
    archive.file(f"{TALK}.sln", _tone())
    for path, content in (system or {}).items():
        archive.file(path, content)
    for folder in shared:
        archive.folder(folder, mode=0o1777)
    if data is not None:
        _data(archive, release, data)
    for module in modules:
        archive.file(f"{release.directory('astmoddir')}/{module.name}", module.read_bytes(), mode=0o644)
    return archive.data()


def site_modules(client: DockerClient, release: Release, folder: Path | None) -> tuple[Path, ...]:
    """Modules (*.so) of a folder that the release does not ship, sorted by name.

    A release's own are left as they are: a backup may hold those of the release it was made of. Raises ImageError.
    """
    paths = sorted(folder.glob("*.so")) if folder else []
    if not paths:
        return ()
    shipped = _own_modules(client, release)
    return tuple(path for path in paths if path.name not in shipped)


def app_archive(app: App, folder: str, release: Release) -> bytes:
    """A tar of a program's files, its own to write to; empty for a program without files."""
    if app.folder is None:
        return b""
    archive = Archive(0, 0) if app.image else Archive(release.uid, release.gid)
    archive.tree(app.folder, folder)
    return archive.data()


def _tone() -> bytes:
    """Ten seconds of a tone of 1000 Hz, as signed linear samples at 8 kHz."""
    second = array("h", (round(8000 * math.sin(2 * math.pi * sample / 8)) for sample in range(8000)))
    return second.tobytes() * 10


def _data(archive: Archive, release: Release, data: Data) -> None:
    if data.astdb:
        archive.file(f"{release.directory('astdbdir')}/astdb.sqlite3", data.astdb.read_bytes())
    folders = (
        (data.keys, f"{release.directory('astkeydir')}/keys"),
        (data.voicemail, f"{release.directory('astspooldir')}/voicemail"),
        (data.sounds, f"{release.directory('astdatadir')}/sounds"),
        (data.agi_bin, release.directory("astagidir")),
    )
    for source, target in folders:
        if source:
            archive.tree(source, target)


def _own_modules(client: DockerClient, release: Release) -> frozenset[str]:
    names = cache.load("modules", release.digest, list[str])
    if names is None:
        names = _module_list(client, release)
        cache.store("modules", release.digest, names)
    return frozenset(names)


def _module_list(client: DockerClient, release: Release) -> list[str]:
    folder = release.directory("astmoddir")
    try:
        printed: bytes = client.client.containers.run(
            release.image,
            entrypoint=["ls", folder],
            network_disabled=True,
            remove=True,
            labels=this_process().labels(),
        )
    except (APIError, ContainerError) as problem:
        raise ImageError(f"{release.spec}: its modules in {folder} cannot be listed: {problem}") from problem
    return sorted(printed.decode(errors="replace").split())
