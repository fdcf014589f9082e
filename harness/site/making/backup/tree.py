"""A backup as a tree of files, be it a folder or an archive: what is where, and where its links lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path, PurePosixPath
from typing import Protocol

__all__ = ["MOST_DEEP", "Bounds", "Entry", "EntryKind", "Tree", "below", "resolve"]

MOST_DEEP = 40
"""Folders within folders, and links that lead to links (Linux follows as many)."""


class EntryKind(Enum):
    """What an entry is. `SAME` is a hard link: another name of a file of the archive."""

    FILE = auto()
    FOLDER = auto()
    LINK = auto()
    SAME = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Entry:
    """One name in a backup. `size` in bytes; `target` is what a link says, for `SAME` a path in the tree."""

    kind: EntryKind
    size: int = 0
    target: str = ""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one backup may cost: names in it, files and bytes that are taken, unpacked to packed size.

    No real backup comes near the ratio: text packs to a tenth, and what is packed smaller is small (`free` bytes).
    """

    names: int = 1_000_000
    files: int = 200_000
    size: int = 64 << 30
    ratio: int = 200
    free: int = 256 << 20


class Tree(Protocol):
    """Paths are relative, with `/`, without links followed; the top is the empty path."""

    def entry(self, path: str) -> Entry | None:
        """What is there, None where nothing is."""
        ...

    def children(self, folder: str) -> Sequence[str]:
        """Names in a folder, sorted."""
        ...

    def read(self, path: str) -> bytes:
        """Content of a small file, empty where it cannot be had."""
        ...

    def copy(self, wanted: Mapping[str, Sequence[Path]]) -> None:
        """Copy files, each to all of its places, the folders of which are made. Raises SiteError."""
        ...


def below(folder: str, name: str) -> str:
    """A name in a folder of the tree."""
    return f"{folder}/{name}" if folder else name


def resolve(tree: Tree, root: str, path: str) -> str | None:
    """Where `path`, below `root`, leads with all links followed; None where that is nowhere.

    Links are followed as on the machine of which the backup is: `root` is its `/`, and nothing leads out of it.
    """
    found: list[str] = []
    todo = _parts(path)
    followed = 0
    while todo:
        name = todo.pop(0)
        if name == "..":
            del found[-1:]
            continue
        here = below(root, "/".join([*found, name]))
        entry = tree.entry(here)
        if entry is None or len(found) >= MOST_DEEP:
            return None
        if entry.kind is EntryKind.SAME and not todo:
            return _same(tree, here)
        if entry.kind is EntryKind.LINK:
            followed += 1
            if followed > MOST_DEEP:
                return None
            if entry.target.startswith("/"):
                found.clear()
            todo[:0] = _parts(entry.target)
        else:
            found.append(name)
    return below(root, "/".join(found)) if found else root


def _same(tree: Tree, path: str) -> str | None:
    """The file of which a hard link is another name."""
    for _ in range(MOST_DEEP):
        entry = tree.entry(path)
        if entry is None or entry.kind is not EntryKind.SAME:
            return path if entry and entry.kind is EntryKind.FILE else None
        path = entry.target
    return None


def _parts(path: str) -> list[str]:
    """A path's names; `PurePosixPath` keeps the `..` that matter where links are."""
    return [part for part in PurePosixPath(path).parts if part != "/" and part != "//"]
