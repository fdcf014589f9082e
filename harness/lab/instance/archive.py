"""Files as a tar archive, in the way in which the engine takes them into a container and gives them back."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from docker.errors import NotFound

from harness.site.reading.below import files_below

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from docker.models.containers import Container

__all__ = ["Archive", "below", "files", "first_file", "members", "read_file", "read_folder"]


@dataclass(slots=True)
class Archive:
    """Files on their way into a container, owned by one user there. Paths are absolute."""

    uid: int
    gid: int
    _buffer: io.BytesIO = field(default_factory=io.BytesIO)
    _made: set[str] = field(default_factory=set)
    _tar: tarfile.TarFile = field(init=False)

    def __post_init__(self) -> None:
        self._tar = tarfile.open(fileobj=self._buffer, mode="w")  # noqa: SIM115  closed by data()

    def folder(self, path: str, *, mode: int = 0o755) -> None:
        """An (empty) folder; one that is in the image keeps its content and gets owner and mode."""
        if path in self._made:
            return
        self._made.add(path)
        info = tarfile.TarInfo(path.lstrip("/"))
        info.type = tarfile.DIRTYPE
        self._add(info, mode, b"")

    def file(self, path: str, content: bytes, *, mode: int = 0o640, since: float = 0) -> None:
        """A file. `since` is its time of last change, in seconds since 1970."""
        info = tarfile.TarInfo(path.lstrip("/"))
        info.size, info.mtime = len(content), since
        self._add(info, mode, content)

    def files(self, folder: str, files: Mapping[str, bytes]) -> None:
        """Files by their path below a folder, with the folders they are in."""
        self.folder(folder)
        for name, content in sorted(files.items()):
            self._parents(folder, name)
            self.file(f"{folder}/{name}", content)

    def link(self, path: str, target: str) -> None:
        """A symbolic link."""
        info = tarfile.TarInfo(path.lstrip("/"))
        info.type, info.linkname = tarfile.SYMTYPE, target
        self._add(info, 0o777, b"")

    def tree(
        self, source: Path, folder: str, links: Mapping[str, str] | None = None, *, without: tuple[str, ...] = ()
    ) -> None:
        """A folder of this machine and all that is in it. Files that may be run stay so; links are followed.

        `links` are the links that `folder` has already, by name: what is in a folder of that name is laid over
        what the link leads to. A folder in its place would hide that. Files whose names end as one of `without`
        are left out.
        """
        self.folder(folder)
        for whole, path in files_below(source):
            if whole.endswith(without):
                continue
            top, slash, rest = whole.partition("/")
            target = (links or {}).get(top) if slash else None
            self._tree_file(path, *((target, rest) if target else (folder, whole)))

    def laid(self, source: Path) -> None:
        """Files below a folder of this machine, each at its path below `/`; folders there stay as they are."""
        for name, path in files_below(source):
            self._copy(path, f"/{name}")

    def _tree_file(self, path: Path, folder: str, name: str) -> None:
        self.folder(folder)
        self._parents(folder, name)
        self._copy(path, f"{folder}/{name}")

    def _copy(self, path: Path, target: str) -> None:
        stat = path.stat()
        mode = 0o755 if stat.st_mode & 0o111 else 0o644
        self.file(target, path.read_bytes(), mode=mode, since=stat.st_mtime)

    def data(self) -> bytes:
        """The archive. Nothing can be added after."""
        self._tar.close()
        return self._buffer.getvalue()

    def _parents(self, folder: str, name: str) -> None:
        for parent in reversed(PurePosixPath(name).parents[:-1]):
            self.folder(f"{folder}/{parent}")

    def _add(self, info: tarfile.TarInfo, mode: int, content: bytes) -> None:
        info.mode, info.uid, info.gid = mode, self.uid, self.gid
        self._tar.addfile(info, io.BytesIO(content))


def below(archive: bytes, folder: str) -> bytes:
    """What an archive for `/` has below a folder, as an archive for that folder."""
    start, buffer = f"{folder.strip('/')}/", io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(archive)) as whole, tarfile.open(fileobj=buffer, mode="w") as part:
        for member in whole:
            if member.name.startswith(start):
                content = whole.extractfile(member) if member.isfile() else None
                part.addfile(member.replace(name=member.name.removeprefix(start), deep=False), content)
    return buffer.getvalue()


def first_file(chunks: Iterable[bytes]) -> bytes:
    """Content of the first plain file of an archive, as `get_archive` of one file gives it."""
    return next((content for _, content in files(chunks)), b"")


def files(chunks: Iterable[bytes]) -> Iterator[tuple[str, bytes]]:
    """All plain files of an archive: path relative to the folder that was asked for, and content."""
    with tarfile.open(fileobj=io.BytesIO(b"".join(chunks))) as tar:
        for member in tar:
            if member.isfile() and (content := tar.extractfile(member)):
                yield member.name.partition("/")[2], content.read()


def read_file(container: Container, path: str) -> bytes:
    """A file's content, links followed, of a container that runs or not. FileNotFoundError where there is none."""
    try:
        return first_file(_followed(container, path))
    except NotFound as problem:
        raise FileNotFoundError(path) from problem


def read_folder(container: Container, path: str) -> dict[str, bytes]:
    """Plain files below a folder of a container that runs or not, by path relative to it. Empty without one."""
    try:
        return dict(files(_followed(container, path)))
    except NotFound:
        return {}


def members(container: Container, path: str) -> Iterator[tuple[str, tarfile.TarInfo]]:
    """What there is below a folder, by path relative to it, without keeping any content. None without one."""
    try:
        stream = _followed(container, path)
    except NotFound:
        return
    with tarfile.open(fileobj=io.BufferedReader(_Chunks(stream)), mode="r|") as tar:
        for member in tar:
            if name := member.name.partition("/")[2]:
                yield name, member


def _followed(container: Container, path: str) -> Iterator[bytes]:
    stream, stat = container.get_archive(path)
    if target := (stat or {}).get("linkTarget"):
        stream, _ = container.get_archive(target)
    return iter(stream)


class _Chunks(io.RawIOBase):
    """Pieces of bytes as a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        space = memoryview(buffer).cast("B")
        self._rest = self._rest or next(self._pieces, b"")
        piece, self._rest = self._rest[: len(space)], self._rest[len(space) :]
        space[: len(piece)] = piece
        return len(piece)
