"""Files on their way into a site: links become what they lead to, and there are no more than is sane."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from harness.errors import SiteError, reason_of
from harness.site.reading.problems import printable

__all__ = [
    "MOST_DEEP",
    "Bounds",
    "Copies",
    "Follow",
    "LeftOut",
    "made_beside",
    "resolve",
    "site_errors",
]

MOST_DEEP = 40
"""Folders within folders, and links that lead to links (Linux follows as many)."""
_SMALL = 64 << 20
_HOLLOW = 20
Follow = Callable[[Path], Path | str]
"""A path → what it is with links followed, or why that is left out."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one source may cost: files and bytes that are copied; names in an archive, unpacked to packed size.

    No real backup comes near the ratio: text packs to a tenth, and what is packed smaller is small (`free` bytes).
    """

    names: int = 1_000_000
    files: int = 200_000
    size: int = 16 << 30
    ratio: int = 200
    free: int = 256 << 20


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What was not copied, by its path where it came from, and why."""

    name: str
    reason: str

    def __str__(self) -> str:
        return printable(f"{self.name}: {self.reason}")


class Copies:
    """Copies files out of the folder `top`, which messages call `source`. `left_out` is what it does not."""

    def __init__(self, source: Path, top: Path, follow: Follow, bounds: Bounds) -> None:
        self._source, self._top, self._follow, self._bounds = source, top, follow, bounds
        self.files = self._size = 0
        self.left_out: list[LeftOut] = []

    def file(self, path: Path, target: Path) -> None:
        """Copy one file, with its time and whether it may be run. Raises SiteError where there are too many."""
        self.files, self._size = self.files + 1, self._size + path.stat().st_size
        if self.files > self._bounds.files or self._size > self._bounds.size:
            raise SiteError(
                f"{self._source}: more than {self._bounds.files} files or {self._bounds.size >> 20} MB belong to "
                f"the site, at {self._name(path)}; is all of it Asterisk's? Leave out old recordings"
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
        target.chmod(path.stat().st_mode & 0o777 | 0o600)

    def folder(self, folder: Path, target: Path, wanted: Callable[[str], bool] = bool) -> None:
        """Copy a folder with all that is in it; `wanted` chooses among the names at its top."""
        self._folder(folder, target, wanted, (folder,))

    def _folder(self, folder: Path, target: Path, wanted: Callable[[str], bool], above: tuple[Path, ...]) -> None:
        for name in sorted(filter(wanted, os.listdir(folder))):  # noqa: PTH208 # names are all that is wanted
            path = self._follow(folder / name)
            if reason := _reason(path, above):
                self.left_out.append(LeftOut(self._name(folder / name), reason))
            elif isinstance(path, Path) and path.is_dir():
                self._folder(path, target / name, bool, (*above, path))
            elif isinstance(path, Path):
                self.file(path, target / name)

    def _name(self, path: Path) -> str:
        return path.relative_to(self._top).as_posix()


def _reason(path: Path | str, above: tuple[Path, ...]) -> str:
    """Why something is not copied, empty when it is."""
    if isinstance(path, str):
        return path
    if path.is_dir():
        return "a link in a circle" if path in above else "nested too deeply" if len(above) > MOST_DEEP else ""
    if path.is_file():
        return "a file that is mostly holes" if _is_hollow(path.stat().st_size, path.stat().st_blocks) else ""
    return "no file (a socket or a device)" if path.exists() else "a link to nothing"


def _is_hollow(size: int, blocks: int) -> bool:
    """Whether a file of so many bytes has next to none of them on the disk, in blocks of 512 bytes.

    That is a database of log-ins, or an image of a disk; file systems that compress do not come that far.
    """
    return size > _SMALL and blocks * 512 * _HOLLOW < size


def resolve(root: Path, path: str) -> Path | None:
    """Where `path`, below `root`, leads with all links followed; None where that is nowhere.

    Links are followed as on the machine of which `root` is the `/`: nothing leads out of it.
    """
    found: list[str] = []
    todo, followed = _parts(path), 0
    while todo:
        name = todo.pop(0)
        here = root.joinpath(*found, name)
        if name == "..":
            del found[-1:]
        elif len(found) >= MOST_DEEP or followed > MOST_DEEP or not os.path.lexists(here):
            return None
        elif here.is_symlink():
            followed += 1
            target = os.readlink(here)  # noqa: PTH115 # as it is written: with //
            found = [] if target.startswith("/") else found
            todo[:0] = _parts(target)
        else:
            found.append(name)
    return root.joinpath(*found)


def _parts(path: str) -> list[str]:
    """A path's names; `PurePosixPath` keeps the `..` that matter where links are."""
    return [part for part in PurePosixPath(path).parts if part not in ("/", "//")]


@contextmanager
def made_beside(target: Path) -> Iterator[Path]:
    """A path beside `target` at which a folder is made whole, to be renamed to it. Raises SiteError."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as folder:
            yield Path(folder) / "new"
    except OSError as problem:
        raise SiteError(f"{target}: cannot be written: {reason_of(problem)}") from problem


@contextmanager
def site_errors(source: Path) -> Iterator[None]:
    """What the system refuses, as SiteError."""
    try:
        yield
    except OSError as problem:
        hint = "; run this as somebody who may" if isinstance(problem, PermissionError) else ""
        raise SiteError(f"{problem.filename or source}: cannot be copied: {reason_of(problem)}{hint}") from problem
