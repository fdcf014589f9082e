"""A backup → the files of a site: configuration, and what is restored besides it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from harness.errors import SiteError
from harness.site.making.backup.folder import FolderTree
from harness.site.making.backup.own_modules import is_own
from harness.site.making.backup.places import CONFIG, dumps_of, places_of, root_of
from harness.site.making.backup.tar import TarTree
from harness.site.making.backup.tree import MOST_DEEP, Bounds, EntryKind, Tree, below, resolve

__all__ = ["Restored", "restore"]

_TARGETS = {
    "astdb": "data/astdb.sqlite3",
    "voicemail": "data/voicemail",
    "sounds": "data/sounds",
    "agi_bin": "data/agi-bin",
    "modules": "data/modules",
    "keys": "data/keys",
}
_DUMPS = "data/sql"
_MOST_SHOWN = 100
# How Debian calls the prompts of its packages: the candidate's own are to be heard.
_PROMPTS = re.compile(r"[a-z]{2}(_[A-Z]{2})?(_[fm]_\w+)?")
_PACKAGED = "usr/share/asterisk/sounds"


@dataclass(frozen=True, slots=True)
class Restored:
    """What a site got from a backup, by paths in it: site.toml's [data], key → path, and database dumps.

    `left_out` has a line each.
    """

    data: dict[str, str] = field(default_factory=dict)
    dumps: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def restore(backup: Path, target: Path, *, config: str, bounds: Bounds | None = None) -> Restored:
    """Copy what a site needs out of an archive or a folder; the backup is only read.

    The configuration goes to `config` below `target`, everything else below `data`. Raises SiteError when nothing
    can be read as a backup, when a part of it is damaged, or when it is too much.
    """
    bounds = bounds or Bounds()
    tree: Tree
    early: list[str] = []
    if backup.is_dir():
        tree = FolderTree(backup.resolve())
    else:
        tree = TarTree(backup, bounds, lambda name: name.endswith(f"{CONFIG}/asterisk.conf"))
        early = tree.left_out
    root = root_of(tree, backup)
    places = places_of(tree, root)
    chosen = _Chosen(tree, root, target, backup, bounds)
    chosen.folder(resolve(tree, root, CONFIG) or "", config, _everything)
    if not chosen.wanted:
        raise SiteError(f"{backup}: there is no file in {below(root, CONFIG)}; is it Asterisk's configuration?")
    for name, place in places.items():
        if name == "astdb":
            chosen.file(place, _TARGETS[name])
        else:
            chosen.folder(place, _TARGETS[name], _filter(name, place))
    dumps = [path for path in dumps_of(tree) if not _is_within(path, places)]
    for path, name in zip(dumps, _flat(dumps), strict=True):
        chosen.file(path, f"{_DUMPS}/{name}")
    tree.copy(chosen.wanted)
    made = {name: path for name, path in _TARGETS.items() if (target / path).exists()}
    dumped = tuple(f"{_DUMPS}/{name}" for name in _flat(dumps) if (target / _DUMPS / name).exists())
    return Restored(made, dumped, tuple(_printable([*early, *chosen.left_out])))


_Filter = Callable[[str], bool]


def _everything(_name: str) -> bool:
    return True


def _filter(part: str, place: str) -> _Filter:
    """Which names of a part's folder are a site's own."""
    if part == "modules":
        return lambda name: name.endswith(".so") and not is_own(name)
    if part == "sounds" and place.endswith(_PACKAGED):
        return lambda name: not _PROMPTS.fullmatch(name) and name != "priv-callerintros"
    return _everything


class _Chosen:
    """Files that are wanted, and where to; counts them, and what cannot be had."""

    def __init__(self, tree: Tree, root: str, target: Path, backup: Path, bounds: Bounds) -> None:
        self._tree, self._root, self._target, self._backup, self._bounds = tree, root, target, backup, bounds
        self._files = self._size = 0
        self.wanted: dict[str, list[Path]] = {}
        self.left_out: list[str] = []

    def file(self, path: str, to: str) -> None:
        """One file of the tree, links followed already."""
        entry = self._tree.entry(path)
        source = resolve(self._tree, "", path) if entry and entry.kind is EntryKind.SAME else path
        found = self._tree.entry(source) if source else None
        if source is None or found is None:
            self.left_out.append(f"{path}: another name of a file that is not in the backup")
            return
        self._files, self._size = self._files + 1, self._size + found.size
        if self._files > self._bounds.files or self._size > self._bounds.size:
            raise SiteError(
                f"{self._backup}: more than {self._bounds.files} files or {self._bounds.size >> 20} MB belong to "
                f"the site, at {path}; make a backup with less (old voicemail, recordings)"
            )
        self.wanted.setdefault(source, []).append(self._target / to)

    def folder(self, folder: str, to: str, wanted: _Filter) -> None:
        """A folder of the tree with all that is in it; `wanted` chooses among the names at its top."""
        for path, name in self._walk(folder, "", (folder,), wanted):
            self.file(path, f"{to}/{name}")

    def _walk(
        self, folder: str, prefix: str, above: tuple[str, ...], wanted: _Filter
    ) -> Iterator[tuple[str, str]]:
        for name in filter(wanted, self._tree.children(folder)):
            shown = below(prefix, name)
            path = self._followed(below(folder, name))
            entry = self._tree.entry(path) if path is not None else None
            if path is None or entry is None:
                self._leave(folder, name, "a link that leads nowhere in the backup")
            elif entry.kind is EntryKind.FOLDER and (path in above or len(above) > MOST_DEEP):
                self._leave(folder, name, "a link in a circle" if path in above else "nested too deeply")
            elif entry.kind is EntryKind.FOLDER:
                yield from self._walk(path, shown, (*above, path), _everything)
            elif entry.kind is EntryKind.FILE:
                yield path, shown
            else:
                self._leave(folder, name, "no file (a socket or a device)")

    def _followed(self, path: str) -> str | None:
        entry = self._tree.entry(path)
        if entry is None or entry.kind not in (EntryKind.LINK, EntryKind.SAME):
            return path
        inside = path.removeprefix(f"{self._root}/") if self._root else path
        return resolve(self._tree, self._root, inside)

    def _leave(self, folder: str, name: str, reason: str) -> None:
        self.left_out.append(f"{below(folder, name)}: {reason}")


def _is_within(path: str, places: Mapping[str, str]) -> bool:
    """Whether a file is part of what is copied already."""
    return any(path.startswith(f"{place}/") for place in places.values())


def _printable(lines: list[str]) -> Iterator[str]:
    """Lines for people, not too many: an archive may have any name in it."""
    for line in lines[:_MOST_SHOWN]:
        yield "".join(char if char.isprintable() else ascii(char)[1:-1] for char in line)
    if len(lines) > _MOST_SHOWN:
        yield f"... and {len(lines) - _MOST_SHOWN} more"


def _flat(paths: list[str]) -> list[str]:
    """A name of its own for each file: the last part of its path, or all of it where two are called the same."""
    names = [PurePosixPath(path).name for path in paths]
    return [
        name if names.count(name) == 1 else path.replace("/", "-") for name, path in zip(names, paths, strict=True)
    ]
