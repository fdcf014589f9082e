"""How a release was built, read from the files of its image or of a source tree: nothing is started or built."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from harness.ask.baseline import image_folders
from harness.ask.documents import DATA_FOLDERS, DOCUMENTS, MAKEOPTS, Folders, plain_text
from harness.asterisk.documents.xml import read_documents
from harness.asterisk.menuselect.members import documented_members
from harness.asterisk.menuselect.source import FOLDERS, XML_FILES, source_members
from harness.errors import EngineError, ImageError, SiteError, reason_of
from harness.facts.package import PackageFacts
from harness.lab import Progress, Release, prepare
from harness.lab.housekeeping import cache

__all__ = ["NO_MEMBERS", "SOURCE", "load_package", "packages_of"]

SOURCE = "source:"
"""How a source tree is named: `source:/usr/src/asterisk-22.10.1`."""

NO_MEMBERS = (
    f"it has no {DOCUMENTS}, so what could be chosen is not known; name its source tree instead (source:FOLDER)"
)
"""What is wrong with an image without documentation."""

_SCHEMA = 1
_CHANGELOG = "/usr/share/doc/asterisk/changelog.Debian"
_START = 1 << 16
"""Bytes of a source file that are read: MODULEINFO stands at its top."""
_LARGEST = 1 << 20
_SUFFIXES = frozenset({".c", ".cc"})


def packages_of(specs: Iterable[str], *, progress: Progress) -> tuple[PackageFacts, ...]:
    """Releases by name (`debian:sid`, `image:REF`, `source:FOLDER`), in order.

    An image that is missing is built. Where no engine answers, a release is taken as it was read last.
    Raises EngineError, ImageError, SiteError.
    """
    wanted = tuple(specs)
    named = [spec for spec in dict.fromkeys(wanted) if not spec.startswith(SOURCE)]
    try:
        releases = prepare(named, progress=progress) if named else {}
        known = {spec: load_package(release) for spec, release in releases.items()}
    except EngineError:
        known = {spec: facts for spec in named if (facts := _read_last(spec))}
        if len(known) < len(named):
            raise
        progress("no container engine answers: both releases are taken as they were read last")
    for spec, facts in known.items():
        if not facts.members:
            raise ImageError(f"{spec}: {NO_MEMBERS}")
    return tuple(_of_tree(spec) if spec.startswith(SOURCE) else known[spec] for spec in wanted)


def load_package(release: Release) -> PackageFacts:
    """A release that is there, read once for an image. Raises EngineError, ImageError."""
    kept = cache.load("packages", release.digest, PackageFacts, form=_SCHEMA)
    if kept is None:
        with image_folders(release) as image:
            kept = _of_image(image, release)
        cache.store("packages", release.digest, kept, form=_SCHEMA)
    cache.store("package-names", _key(release.spec), release.digest)
    return replace(kept, spec=release.spec)


def _read_last(spec: str) -> PackageFacts | None:
    """What was read when a release was looked at last, None where that was never."""
    digest = cache.load("package-names", _key(spec), str)
    kept = cache.load("packages", digest, PackageFacts, form=_SCHEMA) if digest else None
    return replace(kept, spec=spec) if kept else None


def _key(spec: str) -> str:
    return hashlib.sha256(spec.encode()).hexdigest()


def _of_image(image: Folders, release: Release) -> PackageFacts:
    folders = (release.directory("astdatadir"), *DATA_FOLDERS)
    documents = _first(image, (f"{folder}/{DOCUMENTS}" for folder in folders))
    try:
        members = documented_members(read_documents(documents))
    except ValueError:
        members = ()
    return PackageFacts(
        release.version,
        release.spec,
        release.digest,
        members,
        makeopts=plain_text(_first(image, (path + end for path in MAKEOPTS for end in ("", ".gz")))),
        changelog=plain_text(_first(image, (_CHANGELOG + end for end in (".gz", "")))),
    )


def _first(image: Folders, paths: Iterable[str]) -> bytes:
    """The first of the files that is there, empty where none is."""
    return next((content for path in paths for content in image(path).values()), b"")


def _of_tree(spec: str) -> PackageFacts:
    root = Path(spec.removeprefix(SOURCE))
    try:
        files = {path.relative_to(root).as_posix(): _start_of(path) for path in _sources(root)}
        version, makeopts = (_start_of(root / name, most=_LARGEST) for name in (".version", "menuselect.makeopts"))
    except OSError as problem:
        raise SiteError(f"{problem.filename or root}: cannot be read: {reason_of(problem)}") from problem
    if not (members := source_members(files)):
        raise SiteError(f"{root}: this is no source tree of Asterisk: no module with MODULEINFO in apps/ or res/")
    return PackageFacts(version.strip(), spec, members=members, whole=True, makeopts=makeopts)


def _sources(root: Path) -> Iterator[Path]:
    for folder in FOLDERS:
        if (root / folder).is_dir():
            yield from sorted(path for path in (root / folder).iterdir() if path.suffix in _SUFFIXES)
    yield from (path for name in (*XML_FILES, "apps/Makefile") if (path := root / name).is_file())


def _start_of(path: Path, *, most: int = _START) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return file.read(most).decode("utf-8", "replace")
