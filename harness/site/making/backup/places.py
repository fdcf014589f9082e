"""Where in a backup the parts of a site lie: as its asterisk.conf says, else where they usually are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from harness.errors import SiteError
from harness.site.making.files import resolve
from harness.site.making.machine import folders_of

__all__ = ["CONFIG", "dumps_of", "places_of", "root_of"]

CONFIG = "etc/asterisk"
_MOST_SEEN = 500_000
_DEEP = 12
# Not part of what a machine keeps, or so full of other machines' files that a second /etc/asterisk proves nothing.
_NOT_SEARCHED = frozenset({"proc", "sys", "dev", "run", "usr", "docker", "containers", "node_modules", ".git"})
_DUMP = re.compile(r".+\.sql(\.(gz|xz|bz2|zst))?", re.IGNORECASE)
_MODULES = ("usr/lib/asterisk/modules", "usr/lib64/asterisk/modules")


def root_of(top: Path, shown: Path) -> Path:
    """The folder that is the machine's `/`: the topmost with an etc/asterisk in it.

    Raises SiteError when there is none, or several at the same depth.
    """
    for level in _levels(top):
        found = [folder for folder in level if (config := resolve(folder, CONFIG)) and config.is_dir()]
        if len(found) > 1:
            names = ", ".join(f"{folder.relative_to(top)}/" for folder in found[:5])
            raise SiteError(f"{shown}: several machines are in it ({names}); give a backup of one of them")
        if found:
            return found[0]
    raise SiteError(
        f"{shown}: there is no {CONFIG} in it; wanted: a backup with the paths of the machine. "
        "A configuration folder alone is given with --config"
    )


def places_of(root: Path, directories: Mapping[str, str]) -> Mapping[str, Path]:
    """Where astdb, voicemail, sounds, agi_bin, modules and keys are, of those that are there.

    `directories` are asterisk.conf's.
    """
    named = {name: path for name, path in directories.items() if path.startswith("/")}
    usual = "/var/lib/asterisk"
    databases = (named.get("astdbdir", named.get("astvarlibdir", usual)), usual)
    candidates: Mapping[str, Sequence[str]] = {
        "astdb": [f"{folder}/astdb.sqlite3" for folder in databases],
        **folders_of(named),
        "modules": (named.get("astmoddir", ""), *_MODULES, *_multiarch(root)),
    }
    found = {name: _first(root, paths, name == "astdb") for name, paths in candidates.items()}
    return {name: path for name, path in found.items() if path}


def dumps_of(top: Path) -> Iterator[Path]:
    """Dumps of databases (`*.sql`, packed or not), anywhere but in what is installed."""
    for level in _levels(top):
        for path in sorted(path for folder in level for path in folder.iterdir() if _DUMP.fullmatch(path.name)):
            if path.is_file() and not path.is_symlink():
                yield path


def _levels(top: Path) -> Iterator[list[Path]]:
    """Folders that are searched, the topmost first and all of one depth together."""
    level, seen = [top], 0
    for _ in range(_DEEP):
        yield level
        level = [path for folder in level for path in sorted(folder.iterdir()) if _is_searched(path)]
        seen += len(level)
        if seen > _MOST_SEEN:
            return


def _is_searched(path: Path) -> bool:
    return path.name not in _NOT_SEARCHED and path.is_dir() and not path.is_symlink()


def _multiarch(root: Path) -> Iterator[str]:
    """Debian's folders of an architecture: usr/lib/x86_64-linux-gnu."""
    if library := resolve(root, "usr/lib"):
        yield from (f"usr/lib/{path.name}/asterisk/modules" for path in sorted(library.glob("*-linux-*")))


def _first(root: Path, paths: Sequence[str], is_file: bool) -> Path | None:
    for path in filter(None, paths):
        found = resolve(root, path)
        if found and (found.is_file() if is_file else found.is_dir() and any(found.iterdir())):
            return found
    return None
