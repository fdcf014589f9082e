"""A backup that is an archive: its names are read first, then the files that are wanted are copied out of it.

Nothing of an archive is believed. A member is a name in a tree of our own, and only what was asked for is written,
to places that we choose: a path, a link or a device in it leads nowhere.
"""

from __future__ import annotations

import lzma
import os
import shutil
import tarfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, cast

from harness.errors import SiteError
from harness.site.making.backup.stream import Stream, open_stream
from harness.site.making.backup.tree import MOST_DEEP, Bounds, Entry, EntryKind

__all__ = ["TarTree"]

_HEADERS = 4 << 20  # bytes of one member's names and attributes
_PIECE = 1 << 20
_SMALL = 1 << 20
_LONGEST = 4096  # of a path, as Linux has it
_DUMPDIR = b"D"  # a folder, in GNU's incremental archives
# What tarfile and the modules that unpack raise for bytes that make no sense.
_DAMAGED = (
    tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, OverflowError, IndexError,
    MemoryError,
)  # fmt: skip


class TarTree:
    """The members of an archive as a tree; of two of one name the later counts, as it does when it is unpacked.

    `keep` says which small files are read at once, by path. Raises SiteError when it is damaged or no archive.
    """

    def __init__(self, path: Path, bounds: Bounds, keep: Callable[[str], bool]) -> None:
        self._path, self._bounds = path, bounds
        self._entries: dict[str, Entry] = {"": Entry(EntryKind.FOLDER)}
        self._numbers: dict[str, int] = {}
        self._children: dict[str, set[str]] = {}
        self._kept: dict[str, bytes] = {}
        self.left_out: list[str] = []
        """Members that can be no part of a backup, a line each."""

        def note(number: int, member: tarfile.TarInfo, tar: tarfile.TarFile) -> None:
            if name := self._name(member):
                self._add(name, number, member)
                if (
                    keep(name)
                    and member.isreg()
                    and member.size <= _SMALL
                    and (content := tar.extractfile(member))
                ):
                    self._kept[name] = content.read()

        self._each(note)

    def entry(self, path: str) -> Entry | None:
        """The last member of that name, or a folder that only members' names speak of."""
        return self._entries.get(path)

    def children(self, folder: str) -> Sequence[str]:
        """Names in a folder, sorted."""
        return sorted(self._children.get(folder, ()))

    def read(self, path: str) -> bytes:
        """Content of a small file that was to be kept."""
        return self._kept.get(path, b"")

    def copy(self, wanted: Mapping[str, Sequence[Path]]) -> None:
        """Copy files out of the archive, with their times and whether they may be run. Raises SiteError."""
        todo = {self._numbers[path]: (path, targets) for path, targets in wanted.items() if targets}

        def take(number: int, member: tarfile.TarInfo, tar: tarfile.TarFile) -> None:
            path, targets = todo.get(number, ("", ()))
            same = path and _clean(member.name) == path and member.size == self._entries[path].size
            if same and (content := tar.extractfile(member)):
                _write(content, member, targets)
                del todo[number]

        if todo:
            self._each(take)
        if todo:
            raise SiteError(f"{self._path}: changed while it was read; nothing was made of it")

    def _add(self, name: str, number: int, member: tarfile.TarInfo) -> None:
        kind, target = _kind(member), ""
        if kind is EntryKind.LINK:
            target = member.linkname
        elif kind is EntryKind.SAME:
            target = _clean(member.linkname) or ""
        self._entries[name] = Entry(kind, member.size, target)
        self._numbers[name] = number
        while name:
            folder, _, last = name.rpartition("/")
            names = self._children.setdefault(folder, set())
            if last in names:
                break
            names.add(last)
            self._entries.setdefault(folder, Entry(EntryKind.FOLDER))
            name = folder

    def _name(self, member: tarfile.TarInfo) -> str:
        """Its path in the tree, empty for the top and for what is left out."""
        name = _clean(member.name)
        if name is None:
            self.left_out.append(f"{member.name[:80]}: a name that leads out of the archive, or is too long")
        return name or ""

    def _each(self, visit: Callable[[int, tarfile.TarInfo, tarfile.TarFile], None]) -> None:
        """Show all members with their number to `visit`, which may read a member's content, and only then."""
        last = ""
        try:
            with open_stream(self._path, self._bounds) as stream:
                stream.limit = _HEADERS
                with tarfile.open(fileobj=cast("IO[bytes]", stream), mode="r|", tarinfo=_Member) as tar:
                    for number, member in enumerate(_members(tar, stream)):
                        if number >= self._bounds.names:
                            raise SiteError(f"{self._path}: more than {number} members; unpack what is Asterisk's")
                        last = member.name
                        visit(number, member, tar)
                stream.drain()
        except _DAMAGED as problem:
            raise self._damaged(last, problem) from problem

    def _damaged(self, last: str, problem: BaseException) -> SiteError:
        reason = str(problem) or type(problem).__name__
        if not last:
            return SiteError(
                f"{self._path}: this is no tar archive, or its beginning is damaged ({reason}); wanted: a tar, "
                "plain or packed with gzip, xz, bzip2 or zstd"
            )
        return SiteError(
            f"{self._path}: damaged or cut off, in {last[:200]} or what comes after it ({reason}); "
            "nothing was made of it"
        )


class _Member(tarfile.TarInfo):
    """A header that is damaged is an error: tarfile takes one in the middle for the end of the archive."""

    @classmethod
    def fromtarfile(cls, tar: tarfile.TarFile) -> _Member:
        try:
            return super().fromtarfile(tar)
        except tarfile.HeaderError as problem:
            if type(problem).__name__ == "EOFHeaderError":
                raise
            raise tarfile.ReadError(str(problem)) from problem


def _members(tar: tarfile.TarFile, stream: Stream) -> Iterator[tarfile.TarInfo]:
    """Members, with no more read of each one's header than a header can have."""
    while True:
        stream.limit = tar.offset + _HEADERS
        member = tar.next()
        if member is None:
            return
        stream.limit = tar.offset + _HEADERS
        yield member
        tar.members.clear()  # type: ignore[attr-defined] # or all of them are kept; undocumented


def _kind(member: tarfile.TarInfo) -> EntryKind:
    if member.isreg():
        return EntryKind.FILE
    if member.isdir() or member.type == _DUMPDIR:
        return EntryKind.FOLDER
    return EntryKind.LINK if member.issym() else EntryKind.SAME if member.islnk() else EntryKind.OTHER


def _clean(name: str) -> str | None:
    """A member's name as a path of the tree; None for one that leads out or that no system can have."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if ".." in parts or "\0" in name or len(parts) > MOST_DEEP or len(name) > _LONGEST:
        return None
    return "/".join(parts)


def _write(content: IO[bytes], member: tarfile.TarInfo, targets: Sequence[Path]) -> None:
    first = targets[0]
    left = member.size
    with _writing(first):
        first.parent.mkdir(parents=True, exist_ok=True)
        file = first.open("xb")
    with file:
        while left > 0 and (piece := content.read(min(left, _PIECE))):
            left -= len(piece)
            with _writing(first):
                file.write(piece)
                file.flush()
    if left:
        raise tarfile.ReadError("its content is shorter than its header says")
    first.chmod(member.mode & 0o777 | 0o600)
    with suppress(OSError, OverflowError, ValueError):  # a time that no file can have
        os.utime(first, (member.mtime, member.mtime))
    for target in targets[1:]:
        with _writing(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(first, target)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """What goes wrong here is no damage of the archive."""
    try:
        yield
    except OSError as problem:
        raise SiteError(f"{path}: cannot be written: {problem.strerror}") from problem
