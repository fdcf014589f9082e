"""What goes into an instance: a site's files, data and modules in one archive, where its release wants them."""

from __future__ import annotations

import math
import os
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docker.errors import APIError, ContainerError
from testcontainers.core.docker_client import DockerClient

from harness.errors import ImageError, SiteError, reason_of
from harness.lab.housekeeping import cache
from harness.lab.housekeeping.owner import this_process
from harness.lab.images.release import Release
from harness.lab.instance.archive import Archive
from harness.lab.instance.overlay import TALK
from harness.lab.instance.site_links import site_links
from harness.site.reading.below import files_below

if TYPE_CHECKING:
    from harness.site import App, Data

__all__ = ["Links", "app_archive", "instance_archive", "links_of", "read_config", "site_modules"]

# The links of a folder with what each leads to in the end, a line each.
_LINKS = 'cd "$0" && for f in *; do [ -L "$f" ] && printf "%s\\t%s\\n" "$f" "$(readlink -f -- "$f")"; done; true'
_OWN_FOLDERS = ("astvarlibdir", "astdbdir", "astspooldir", "astrundir", "astlogdir")
_OF_RECORDS = ("cdr-csv", "cdr-custom", "cel-custom")
"""Below the folder of logs: without them, records of calls are not written into files."""


@dataclass(frozen=True, slots=True)
class Links:
    """`sounds`: the release's own links to folders of prompts, by name; `own`: a site's paths → the release's."""

    sounds: Mapping[str, str]
    own: Mapping[str, str]


def read_config(folder: Path) -> dict[str, bytes]:
    """All files below a configuration folder, by their path in it. SiteError when it cannot be read."""
    if not folder.is_dir():
        raise SiteError(f"{folder}: there is no such configuration folder")
    try:
        return {name: path.read_bytes() for name, path in files_below(folder)}
    except OSError as problem:
        raise SiteError(f"{problem.filename}: cannot be read: {reason_of(problem)}") from problem


def instance_archive(
    files: Mapping[str, bytes],
    release: Release,
    data: Data | None,
    modules: Iterable[Path] = (),
    *,
    links: Links | None = None,
    system: Mapping[str, bytes] | None = None,
    shared: Iterable[str] = (),
) -> bytes:
    """A tar of configuration, data and modules of the site's own, owned by the release's Asterisk user.

    `links` are those of the release's folders and those of the site's own, `system` files by their absolute path,
    `shared` folders that everybody may write to.
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
    for path, target in (links.own if links else {}).items():
        archive.link(path, target)
    if data is not None:
        _data(archive, release, data, links.sounds if links else {})
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


def _data(archive: Archive, release: Release, data: Data, sounds: Mapping[str, str]) -> None:
    if data.astdb:
        archive.file(f"{release.directory('astdbdir')}/astdb.sqlite3", data.astdb.read_bytes())
    folders = (
        (data.keys, f"{release.directory('astkeydir')}/keys"),
        (data.voicemail, f"{release.directory('astspooldir')}/voicemail"),
        (data.agi_bin, release.directory("astagidir")),
    )
    for source, target in folders:
        if source:
            archive.tree(source, target)
    if data.sounds:
        archive.tree(data.sounds, f"{release.directory('astdatadir')}/sounds", sounds)


def links_of(client: DockerClient, release: Release, directories: Mapping[str, str], data: Data | None) -> Links:
    """The links of an instance. Raises ImageError where the image cannot be asked for its own."""
    sounds = data.sounds if data else None
    return Links(
        _own_links(client, release) if sounds else {},
        site_links(directories, release, sounds=sorted(os.listdir(sounds)) if sounds else ()),  # noqa: PTH208 # names
    )


def _own_links(client: DockerClient, release: Release) -> Mapping[str, str]:
    """Links in a release's folder of sounds (Debian's `en`) and what they lead to in the end."""
    found = cache.load("sound-links", release.digest, dict[str, str])
    if found is None:
        folder = f"{release.directory('astdatadir')}/sounds"
        printed = _printed(client, release, ["sh", "-c", _LINKS, folder])
        found = dict(line.split("\t", 1) for line in printed.splitlines() if "\t" in line)
        cache.store("sound-links", release.digest, found)
    return found


def _own_modules(client: DockerClient, release: Release) -> frozenset[str]:
    names = cache.load("modules", release.digest, list[str])
    if names is None:
        names = _module_list(client, release)
        cache.store("modules", release.digest, names)
    return frozenset(names)


def _module_list(client: DockerClient, release: Release) -> list[str]:
    return sorted(_printed(client, release, ["ls", release.directory("astmoddir")]).split())


def _printed(client: DockerClient, release: Release, command: Sequence[str]) -> str:
    """What a command prints in the release's image."""
    try:
        printed: bytes = client.client.containers.run(
            release.image,
            entrypoint=list(command),
            network_disabled=True,
            remove=True,
            labels=this_process().labels(),
        )
    except (APIError, ContainerError) as problem:
        raise ImageError(f"{release.spec}: `{' '.join(command)}` fails in its image: {problem}") from problem
    return printed.decode(errors="replace")
