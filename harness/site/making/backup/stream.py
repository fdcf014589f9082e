"""An archive as the bytes of its tar (plain, gzip, xz, bzip2 or zstd, by what it begins with), never too many.

zstd is read by the program of that name: Python 3.11 has no such module.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from harness.errors import SiteError
from harness.site.making.backup.tree import Bounds

__all__ = ["Stream", "open_stream"]

_PIECE = 1 << 20
_ZSTD = b"\x28\xb5\x2f\xfd"
_ZSTD_SKIPPED = b"\x2a\x4d\x18"  # a frame that is not data, which may come first; its first byte is 0x50 to 0x5f


class _Source(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Stream:
    """Reads on until a bound is passed, then raises SiteError.

    `limit` is how far may be read for now, in unpacked bytes; whoever reads the archive moves it on.
    """

    def __init__(self, path: Path, source: _Source, most: int) -> None:
        self._path, self._source, self._most = path, source, most
        self._total = 0
        self.limit = most

    def read(self, size: int) -> bytes:
        """Up to so many bytes, fewer only at the end."""
        data = self._source.read(size)
        self._total += len(data)
        if self._total > self._most:
            raise SiteError(
                f"{self._path}: unpacks to more than {self._most >> 20} MB, far more than its size lets expect; "
                "this is no backup. If you trust it, unpack it and give the folder"
            )
        if self._total > self.limit:
            raise SiteError(f"{self._path}: the name of a member has no end; the archive is damaged")
        return data

    def drain(self) -> None:
        """Read to the end: checksums stand there."""
        self.limit = self._most
        while self.read(_PIECE):
            pass


@contextmanager
def open_stream(path: Path, bounds: Bounds) -> Iterator[Stream]:
    """The tar of an archive. Raises SiteError when it cannot be opened, OSError and others while it is read."""
    try:
        with path.open("rb") as file:
            packed = path.stat().st_size
            start = file.read(6)
            file.seek(0)
            with _unpacked(path, file, start) as source:
                plain = source is file
                most = packed if plain else max(packed * bounds.ratio, bounds.free)
                yield Stream(path, source, most)
    except OSError as problem:
        if str(problem.filename) != str(path):
            raise
        raise SiteError(f"{path}: cannot be read: {problem.strerror}") from problem


@contextmanager
def _unpacked(path: Path, file: IO[bytes], start: bytes) -> Iterator[_Source]:
    if start.startswith(b"\x1f\x8b"):
        with gzip.GzipFile(fileobj=file) as unpacked:
            yield unpacked
    elif start.startswith(b"BZh"):
        with bz2.BZ2File(file) as unzipped:
            yield unzipped
    elif start.startswith(b"\xfd7zXZ\x00"):
        with lzma.LZMAFile(file) as plain:
            yield plain
    elif start.startswith(_ZSTD) or start[1:4] == _ZSTD_SKIPPED:
        with _zstd(path, file) as piped:
            yield piped
    else:
        yield file


@contextmanager
def _zstd(path: Path, file: IO[bytes]) -> Iterator[_Source]:
    program = shutil.which("zstd")
    if program is None:
        raise SiteError(
            f"{path}: this is packed with zstd, and there is no program zstd here; install it (Debian: "
            "apt install zstd), or unpack the archive and give the folder"
        )
    command = [program, "--decompress", "--stdout", "--quiet", "--quiet"]
    os.lseek(file.fileno(), 0, os.SEEK_SET)  # a buffer has read ahead
    with subprocess.Popen(command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        try:
            yield _Piped(process.stdout, process)
        finally:
            process.kill()


class _Piped:
    """What a program writes; its end counts as one only when the program says that all was well."""

    def __init__(self, output: IO[bytes], process: subprocess.Popen[bytes]) -> None:
        self._output, self._process = output, process

    def read(self, size: int, /) -> bytes:
        data = self._output.read(size)
        if len(data) < size and self._process.wait() != 0:
            raise EOFError("zstd cannot unpack it")
        return data
