"""An archive as a folder of its files. Nothing in it is believed: no name leads out of the folder, and no link.

Files are unpacked as they come, below names of our own making: Debian 12's Python has no filters of tarfile yet.
Links are made when all files are there, so that none is followed meanwhile; whoever reads the folder follows them
only as on the machine they come from.
"""

from __future__ import annotations

import errno
import lzma
import os
import re
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, cast

from harness.errors import SiteError
from harness.site.making.backup.stream import Stream, open_stream
from harness.site.making.files import MOST_DEEP, Bounds, LeftOut
from harness.site.reading.problems import printable

__all__ = ["unpack"]

_HEADERS = 4 << 20  # bytes of one member's names and attributes
_SMALL = 64 << 20
_DUMPDIR = b"D"  # a folder, in GNU's incremental archives
# Files that no site has: those of packages, recordings of calls, and other machines.
_SKIPPED = re.compile(
    r"(^|/)(usr/(?!local/|.*asterisk)|var/cache/|var/lib/(docker|containers|dpkg|apt)/|spool/asterisk/monitor/)"
)
# What tarfile and the modules that unpack raise for bytes that make no sense.
_DAMAGED = (
    tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, OverflowError, IndexError,
    MemoryError,
)  # fmt: skip
# What the system says of a name that it cannot have, or that is that of something else already.
_IMPOSSIBLE = (
    errno.ENAMETOOLONG, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.EINVAL, errno.EFBIG, errno.ENOENT,
    errno.EPERM,
)  # fmt: skip


def unpack(archive: Path, folder: Path, bounds: Bounds) -> tuple[LeftOut, ...]:
    """Unpack into an empty folder; of two members of one name the later counts.

    Returns what can be no part of a backup. Raises SiteError when the archive is none, damaged, or
    too much, and OSError when it cannot be read or the folder cannot be written.
    """
    unpacking, last = _Unpacking(archive, folder, bounds.size), ""
    try:
        with open_stream(archive, bounds) as stream:
            stream.limit = _HEADERS
            with tarfile.open(fileobj=cast("IO[bytes]", stream), mode="r|", tarinfo=_Member) as tar:
                for number, member in enumerate(_members(tar, stream)):
                    if number >= bounds.names:
                        raise SiteError(f"{archive}: more than {number} members; unpack what is Asterisk's")
                    last = member.name
                    unpacking.take(tar, member)
            stream.drain()
    except _DAMAGED as problem:
        if getattr(problem, "errno", None):  # the system's word, not that of who unpacks
            raise
        raise _damage(archive, last, str(problem) or type(problem).__name__) from problem
    unpacking.link()
    return tuple(unpacking.left_out)


def _damage(archive: Path, last: str, words: str) -> SiteError:
    if not last:
        return SiteError(
            f"{archive}: this is no tar archive, or its beginning is damaged ({words}); wanted: a tar, plain or "
            "packed with gzip, xz, bzip2 or zstd"
        )
    return SiteError(
        f"{archive}: damaged or cut off, in {printable(last[:200])} or what comes after it ({words}); "
        "nothing was made of it"
    )


class _Unpacking:
    """Puts members where they belong in `folder`. Devices become pipes, which nobody reads."""

    def __init__(self, archive: Path, folder: Path, most: int) -> None:
        self._archive, self._folder = archive, folder
        self._most = self._left = most
        self._links: dict[str, tarfile.TarInfo] = {}
        self.left_out: list[LeftOut] = []

    def take(self, tar: tarfile.TarFile, member: tarfile.TarInfo) -> None:
        """Unpack a file or a folder, and remember anything else."""
        name = _name(member.name)
        if name is None:
            reason = "a name that leads out of the archive, or is too long"
            self.left_out.append(LeftOut(member.name[:80], reason))
        elif member.issparse() and member.size > _SMALL:
            self.left_out.append(LeftOut(name[:80], "a file with holes"))
        elif name and not _is_left(member, name):
            with self._tolerance(name):
                self._take(tar, member, name)

    def _take(self, tar: tarfile.TarFile, member: tarfile.TarInfo, name: str) -> None:
        path = self._folder / name
        self._links.pop(name, None)
        if path.is_file():
            path.unlink()
        if member.isreg():
            self._write(tar, member, path)
        elif member.isdir() or member.type == _DUMPDIR:
            path.mkdir(parents=True, exist_ok=True)
        else:
            self._links[name] = member

    def _write(self, tar: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> None:
        self._left -= member.size  # a file with holes needs few bytes in the archive
        content = tar.extractfile(member)
        if self._left < 0 or content is None:
            raise SiteError(
                f"{self._archive}: more than {self._most >> 20} MB, which cannot all belong to the site, at "
                f"{printable(member.name[:80])}; unpack what is Asterisk's and give the folder"
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            shutil.copyfileobj(content, file)
        path.chmod(member.mode & 0o777 | 0o600)
        with suppress(OSError, OverflowError, ValueError):  # a time that no file can have
            os.utime(path, (member.mtime, member.mtime))

    def link(self) -> None:
        """Make what is no file: hard links first, and none below a symbolic link."""
        links = sorted(self._links.items(), key=lambda link: (link[1].issym(), -link[0].count("/")))
        for name, member in links:
            with self._tolerance(name):
                path = self._folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                if member.issym():
                    path.symlink_to(member.linkname)
                elif member.islnk():
                    os.link(self._folder / (_name(member.linkname) or name), path, follow_symlinks=False)
                else:
                    os.mkfifo(path)

    @contextmanager
    def _tolerance(self, name: str) -> Iterator[None]:
        """Leave out what cannot be; that the disk is full, or somebody may not write, is another matter."""
        try:
            yield
        except (OSError, ValueError) as problem:
            if isinstance(problem, OSError) and problem.errno not in _IMPOSSIBLE:
                raise
            missing = getattr(problem, "errno", 0) == errno.ENOENT
            words = "another name of a file that is not in the backup" if missing else "cannot be unpacked"
            self.left_out.append(LeftOut(name[:80], words))


def _is_left(member: tarfile.TarInfo, name: str) -> bool:
    """Whether it is of no use to a site, or the link to itself that tar writes of what it was given twice."""
    of_no_use = member.isreg() and _SKIPPED.search(name)
    return bool(of_no_use) or (member.islnk() and _name(member.linkname) == name)


class _Member(tarfile.TarInfo):
    """A header as GNU tar reads it: a damaged one in the middle is an error, not the end of the archive.

    In its incremental archives times stand where other formats have the beginning of a name.
    """

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> _Member:
        return cls._with_its_name(super().frombuf(buf, encoding, errors), buf, encoding, errors)

    @classmethod
    def _frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str, **more: bool) -> _Member:
        """What tarfile calls in place of `frombuf` since security updates of 2025."""
        member = super()._frombuf(buf, encoding, errors, **more)  # type: ignore[misc] # not in every Python
        return cls._with_its_name(member, buf, encoding, errors)

    @staticmethod
    def _with_its_name(member: _Member, buf: bytes | bytearray, encoding: str, errors: str) -> _Member:
        if buf[257:265] == tarfile.GNU_MAGIC:
            member.name = bytes(buf[:100]).partition(b"\0")[0].decode(encoding, errors)
        return member

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


def _name(name: str) -> str | None:
    """A member's name as a path in the folder; None for one that leads out or that no system can have."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    return None if ".." in parts or "\0" in name or len(parts) > MOST_DEEP else "/".join(parts)
