"""What goes into an instance: a site's files, data and modules in one archive, where its release wants them."""

from __future__ import annotations

import math
import os
import tarfile
from array import array
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from docker.errors import APIError
from testcontainers.core.docker_client import DockerClient

from harness.errors import ImageError, SiteError, reason_of
from harness.lab.housekeeping import cache
from harness.lab.images.inside import Inside, look_inside
from harness.lab.images.release import Release
from harness.lab.images.tools import add_tools
from harness.lab.instance.archive import Archive, members
from harness.lab.instance.overlay import TALK
from harness.lab.instance.site_links import site_links
from harness.site.reading.below import files_below

if TYPE_CHECKING:
    from harness.site import App, Data

__all__ = ["Links", "app_archive", "instance_archive", "links_of", "read_config", "site_modules"]

T = TypeVar("T")
_OWN_FOLDERS = ("astvarlibdir", "astdbdir", "astspooldir", "astrundir", "astlogdir")
_OF_RECORDS = ("cdr-csv", "cdr-custom", "cel-custom")
"""Below the folder of logs: without them, records of calls are not written into files."""

_RECORDINGS = "recording"
"""Where ARI records to: some packages leave it out, and whoever records has made it."""


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
    busybox: bytes = b"",
) -> bytes:
    """A tar of configuration, data and modules of the site's own, owned by the release's Asterisk user.

    `links` are those of the release's folders and those of the site's own, `system` files by their absolute path,
    `shared` folders that everybody may write to, `busybox` the tools for a release that lacks some.
    """
    archive = Archive(release.uid, release.gid)
    if busybox:
        add_tools(archive, release.tools, busybox)
    for name in _OWN_FOLDERS:
        archive.folder(release.directory(name))
    for name in _OF_RECORDS:
        archive.folder(f"{release.directory('astlogdir')}/{name}")
    archive.folder(f"{release.directory('astspooldir')}/{_RECORDINGS}")
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
    if data.machine:
        archive.laid(data.machine)
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
    return _asked(client, release, "sound-links", dict[str, str], _links_to_sounds)


def _own_modules(client: DockerClient, release: Release) -> frozenset[str]:
    return frozenset(_asked(client, release, "modules", list[str], _module_list))


def _links_to_sounds(image: Inside, release: Release) -> dict[str, str]:
    folder = f"{release.directory('astdatadir')}/sounds"
    links = [name for name, member in members(image.container, folder) if member.issym()]
    return {name: image.target(f"{folder}/{name}") for name in links if "/" not in name}


def _module_list(image: Inside, release: Release) -> list[str]:
    found = members(image.container, release.directory("astmoddir"))
    return sorted(name for name, _ in found if "/" not in name)


def _asked(
    client: DockerClient, release: Release, kind: str, type_: type[T], look: Callable[[Inside, Release], T]
) -> T:
    """What is found in the release's image, once. Raises ImageError."""
    found = cache.load(kind, release.digest, type_)
    if found is None:
        try:
            with look_inside(client, release.image) as image:
                found = look(image, release)
        except (APIError, tarfile.TarError) as problem:
            raise ImageError(f"{release.spec}: its files cannot be read: {problem}") from problem
        cache.store(kind, release.digest, found)
    return found
