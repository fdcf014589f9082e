"""An archive as the bytes of its tar (plain, gzip, xz, bzip2 or zstd, by what it begins with), never too many.

zstd is read by the program of that name: Python 3.11 has no such module.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import IO, Protocol

from harness.errors import SiteError
from harness.site.making.files import Bounds

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
                f"{self._path}: unpacks to more than {self._most >> 20} MB, which no backup of this size does; "
                "if you trust it, unpack it (or what of it is Asterisk's) and give the folder"
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
    """The tar of an archive. Raises OSError, and others while it is read."""
    with path.open("rb", buffering=0) as file:
        packed = path.stat().st_size
        start = file.read(6)
        file.seek(0)
        with _plain(path, file, start) as source:
            most = packed if source is file else max(packed * bounds.ratio, bounds.free)
            yield Stream(path, source, most)


def _plain(path: Path, file: IO[bytes], start: bytes) -> AbstractContextManager[_Source]:
    for magic, opened in ((b"\x1f\x8b", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ\x00", lzma.open)):
        if start.startswith(magic):
            return opened(file)
    if start.startswith(_ZSTD) or start[1:4] == _ZSTD_SKIPPED:
        return _zstd(path, file)
    return nullcontext(file)


@contextmanager
def _zstd(path: Path, file: IO[bytes]) -> Iterator[IO[bytes]]:
    command = ["zstd", "--decompress", "--stdout", "--quiet", "--quiet"]
    try:
        process = subprocess.Popen(command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except FileNotFoundError:
        raise SiteError(
            f"{path}: this is packed with zstd, and there is no program zstd here; install it (Debian: "
            "apt install zstd), or unpack the archive and give the folder"
        ) from None
    with process:
        assert process.stdout is not None
        try:
            yield process.stdout
            if process.wait():
                raise EOFError("zstd cannot unpack it")
        finally:
            process.kill()
