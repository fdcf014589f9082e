"""A source of Asterisk as somebody gives it: a source tree, a tarball, or a Debian source package."""

from __future__ import annotations

import hashlib
import lzma
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from harness.errors import ImageError, SiteError, reason_of
from harness.site.content import content_hash

__all__ = ["Source", "check_source", "read_source"]

_TARBALLS = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
_SUMS = "Checksums-Sha256:"
_DOWNLOADED = ("pjproject-*.tar.bz2", "jansson-*.tar.*", "libjwt-*.tar.*")
"""What a build would download (third-party/): it is looked for beside the source."""


@dataclass(frozen=True, slots=True)
class Source:
    """`digest` says what is in it. `files` are those that the build is given, by the name that they have there.

    `tree` is the folder of a source tree, None where `files` hold the source.
    """

    digest: str
    files: Mapping[str, Path] = field(default_factory=dict)
    tree: Path | None = None


def read_source(path: Path) -> Source:
    """The source of that path. ImageError where it is none, or files of it are missing or damaged."""
    try:
        return _read(path)
    except OSError as problem:
        raise ImageError(f"{problem.filename or path}: {reason_of(problem)}") from problem
    except SiteError as problem:
        raise ImageError(str(problem)) from problem


def check_source(source: Source) -> None:
    """Raise ImageError for a tarball that is damaged, or has names that lead out of it."""
    for path in (path for name, path in source.files.items() if name == "source.tar"):
        try:
            with tarfile.open(path) as tar:
                for member in tar:
                    if member.name.startswith("/") or ".." in PurePosixPath(member.name).parts:
                        raise ImageError(f"{path}: refused, since {member.name!r} in it leads out of it")
        except (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, OSError, ValueError) as problem:
            raise ImageError(f"{path}: this tarball is damaged: {problem}") from problem


def _read(path: Path) -> Source:
    beside = {f"externals/{each.name}": each for each in _externals(path.parent)}
    if path.is_dir():
        if not ((path / "configure.ac").is_file() and (path / "main").is_dir()):
            raise ImageError(f"{path}: this is no source tree of Asterisk: it has no configure.ac, or no main/")
        return Source(_digest(content_hash(path), beside), beside, path)
    if path.suffix == ".dsc":
        files = {path.name: path, **dict(_of_package(path))}
    elif path.name.endswith(_TARBALLS):
        files = {"source.tar": path}
    else:
        path.stat()
        raise ImageError(f"{path}: wanted: a source tree, a tarball ({', '.join(_TARBALLS)}), or a .dsc")
    return Source(_digest("", {**files, **beside}), {**files, **beside})


def _externals(folder: Path) -> Iterator[Path]:
    return (path for pattern in _DOWNLOADED for path in sorted(folder.glob(pattern)) if path.is_file())


def _of_package(dsc: Path) -> Iterator[tuple[str, Path]]:
    """The files that a Debian source package names, each as it is said to be."""
    _, found, sums = dsc.read_text(encoding="utf-8", errors="replace").partition(f"\n{_SUMS}\n")
    if not found:
        raise ImageError(f"{dsc}: this is no Debian source package: it has no {_SUMS}")
    for line in sums.splitlines():
        if not line.startswith(" "):
            return
        digest, _, name = line.split()
        path = dsc.parent / name
        if PurePosixPath(name).name != name:
            raise ImageError(f"{dsc}: refused, since {name!r} leads out of its folder")
        if not path.is_file():
            raise ImageError(f"{dsc}: {name} is not beside it; `apt-get source` fetches them all")
        if _sum(path) != digest:
            raise ImageError(f"{path}: damaged: it is not what {dsc.name} says")
        yield name, path


def _digest(start: str, files: Mapping[str, Path]) -> str:
    known = [(name, _sum(path)) for name, path in sorted(files.items())]
    return hashlib.sha256(repr((start, known)).encode()).hexdigest()


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
