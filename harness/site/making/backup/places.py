"""Where in a backup the parts of a site lie: as its asterisk.conf says, else where they usually are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from harness.asterisk.conf import conf_of
from harness.errors import SiteError
from harness.site.making.backup.tree import EntryKind, Tree, below, resolve
from harness.site.making.machine import directories_of

__all__ = ["CONFIG", "dumps_of", "places_of", "root_of"]

CONFIG = "etc/asterisk"
_MOST_SEEN = 500_000
_DEEP = 12
# Not part of what a machine keeps, or so full of other machines' files that a second /etc/asterisk proves nothing.
_NOT_SEARCHED = frozenset({"proc", "sys", "dev", "run", "usr", "docker", "containers", "node_modules", ".git"})
_DUMP = re.compile(r".+\.sql(\.(gz|xz|bz2|zst))?", re.IGNORECASE)
_MODULES = ("usr/lib/asterisk/modules", "usr/lib64/asterisk/modules")


def root_of(tree: Tree, shown: Path) -> str:
    """The folder of the tree that is the machine's `/`: the topmost with an etc/asterisk in it.

    Raises SiteError when there is none, or several at the same depth.
    """
    level, seen = [""], 0
    for _ in range(_DEEP):
        if found := [folder for folder in level if _is_folder(tree, folder, CONFIG)]:
            if len(found) > 1:
                names = ", ".join(f"{folder}/" for folder in found[:5])
                raise SiteError(f"{shown}: several machines are in it ({names}); give a backup of one of them")
            return found[0]
        below_these = [inner for folder in level for inner in _folders(tree, folder)]
        seen += len(below_these)
        if seen > _MOST_SEEN:
            break
        level = below_these
    raise SiteError(
        f"{shown}: there is no {CONFIG} in it; wanted: a backup with the paths of the machine. "
        "A configuration folder alone is given with --config"
    )


def places_of(tree: Tree, root: str) -> Mapping[str, str]:
    """The paths of astdb, voicemail, sounds, agi_bin, modules and keys in the tree, of those that are there."""
    named = _directories(tree, root)
    var, data = named.get("astvarlibdir", "var/lib/asterisk"), named.get("astdatadir", "")
    candidates: Mapping[str, tuple[str, ...]] = {
        "astdb": (f"{named.get('astdbdir', var)}/astdb.sqlite3", "var/lib/asterisk/astdb.sqlite3"),
        "voicemail": (f"{named.get('astspooldir', 'var/spool/asterisk')}/voicemail",),
        "sounds": (f"{data or var}/sounds", f"{var}/sounds", "usr/share/asterisk/sounds"),
        "agi_bin": (
            named.get("astagidir") or f"{data or var}/agi-bin",
            f"{var}/agi-bin",
            "usr/share/asterisk/agi-bin",
        ),
        "modules": (named.get("astmoddir", ""), *_MODULES, *_multiarch(tree, root)),
        "keys": (f"{named.get('astkeydir', var)}/keys", f"{var}/keys"),
    }
    found = {name: _first(tree, root, paths, name == "astdb") for name, paths in candidates.items()}
    return {name: path for name, path in found.items() if path}


def dumps_of(tree: Tree) -> Iterator[str]:
    """Dumps of databases (`*.sql`, packed or not), anywhere but in what is installed."""
    todo, seen = [("", 0)], 0
    while todo and seen < _MOST_SEEN:
        folder, depth = todo.pop(0)
        for name in tree.children(folder):
            seen += 1
            path = below(folder, name)
            entry = tree.entry(path)
            if entry and entry.kind is EntryKind.FOLDER and name not in _NOT_SEARCHED and depth < _DEEP:
                todo.append((path, depth + 1))
            elif entry and entry.kind in (EntryKind.FILE, EntryKind.SAME) and _DUMP.fullmatch(name):
                yield path


def _folders(tree: Tree, folder: str) -> Iterator[str]:
    for name in tree.children(folder):
        path = below(folder, name)
        entry = tree.entry(path)
        if name not in _NOT_SEARCHED and entry and entry.kind is EntryKind.FOLDER:
            yield path


def _is_folder(tree: Tree, root: str, path: str) -> bool:
    found = resolve(tree, root, path)
    entry = tree.entry(found) if found is not None else None
    return entry is not None and entry.kind is EntryKind.FOLDER


def _directories(tree: Tree, root: str) -> Mapping[str, str]:
    """What asterisk.conf says about directories."""
    path = resolve(tree, root, f"{CONFIG}/asterisk.conf")
    config = conf_of({"asterisk.conf": tree.read(path) if path else b""})
    named = directories_of(config.file("asterisk.conf"))
    return {name: value for name, value in named.items() if value.startswith("/")}


def _multiarch(tree: Tree, root: str) -> Iterator[str]:
    """Debian's folders of an architecture: usr/lib/x86_64-linux-gnu."""
    library = resolve(tree, root, "usr/lib")
    entry = tree.entry(library) if library else None
    if library and entry and entry.kind is EntryKind.FOLDER:
        for name in tree.children(library):
            if "-linux-" in name:
                yield f"usr/lib/{name}/asterisk/modules"


def _first(tree: Tree, root: str, paths: tuple[str, ...], is_file: bool) -> str:
    for path in filter(None, paths):
        found = resolve(tree, root, path)
        entry = tree.entry(found) if found else None
        if not found or entry is None:
            continue
        if entry.kind is EntryKind.FILE if is_file else entry.kind is EntryKind.FOLDER and tree.children(found):
            return found
    return ""
