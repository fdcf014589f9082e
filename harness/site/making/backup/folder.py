"""A backup that is a folder: read where it lies, without following a link of this machine."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.errors import SiteError
from harness.site.making.backup.tree import Entry, EntryKind

__all__ = ["FolderTree"]

_SMALL = 1 << 20
_KINDS = {stat.S_IFREG: EntryKind.FILE, stat.S_IFDIR: EntryKind.FOLDER, stat.S_IFLNK: EntryKind.LINK}


class FolderTree:
    """A folder as a tree of a backup."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def entry(self, path: str) -> Entry | None:
        """What is there; links are told, not followed."""
        here = self._folder / path
        try:
            status = here.lstat() if path else here.stat()
            kind = _KINDS.get(stat.S_IFMT(status.st_mode), EntryKind.OTHER)
            target = os.readlink(here) if kind is EntryKind.LINK else ""  # noqa: PTH115 # as it is written: with //
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as problem:
            raise _unreadable(here, problem) from problem
        return Entry(kind, status.st_size, target)

    def children(self, folder: str) -> Sequence[str]:
        """Names in a folder, sorted."""
        here = self._folder / folder
        try:
            return sorted(os.listdir(here))  # noqa: PTH208 # names are all that is wanted
        except OSError as problem:
            raise _unreadable(here, problem) from problem

    def read(self, path: str) -> bytes:
        """Content of a small file."""
        try:
            with (self._folder / path).open("rb") as file:
                return file.read(_SMALL)
        except OSError as problem:
            raise _unreadable(self._folder / path, problem) from problem

    def copy(self, wanted: Mapping[str, Sequence[Path]]) -> None:
        """Copy files, with their times and whether they may be run. Raises SiteError."""
        for path, targets in sorted(wanted.items()):
            for target in targets:
                try:
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(self._folder / path, target)
                    status = (self._folder / path).stat()
                    target.chmod(status.st_mode & 0o777 | 0o600)
                    os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
                except OSError as problem:
                    raise _unreadable(Path(problem.filename or target), problem) from problem


def _unreadable(path: Path, problem: OSError) -> SiteError:
    hint = "; run this as somebody who may" if isinstance(problem, PermissionError) else ""
    return SiteError(f"{path}: cannot be copied: {problem.strerror}{hint}")
