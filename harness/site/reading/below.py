"""All files below a folder of a site. Links are followed: `load_site` has refused those that lead out of it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

__all__ = ["files_below", "leads_out", "unusable"]

_MOST_DEEP = 40


def files_below(folder: Path) -> Iterator[tuple[str, Path]]:
    """Each file by its path in the folder, sorted, those of linked folders too; no circle is followed."""
    for path in _below(folder, (folder.resolve(),)):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path


def leads_out(path: Path, root: Path) -> str:
    """Where a path leads that leads out of a folder (absolute, without links); empty for one that stays in it."""
    try:
        real = path.resolve()
    except (OSError, RuntimeError, ValueError):
        return ""  # a circle, or a name that no system can have: there is nothing
    return "" if real.is_relative_to(root) else str(real)


def unusable(paths: Iterable[Path], root: Path) -> Iterator[tuple[Path, str]]:
    """What of these files and folders lies outside of the site or cannot be read, each with what is wrong with it.

    What cannot be read would be taken for what is not there.
    """
    for top in paths:
        for path in (top, *(_below(top, (top.resolve(),)) if top.is_dir() else ())):
            if path.is_symlink() and (real := leads_out(path, root)):
                yield (
                    path,
                    f"this is a link that leads out of the site, to {real}; copy what it leads to in its place",
                )
            elif path.exists() and not os.access(path, os.R_OK | (os.X_OK if path.is_dir() else 0)):
                yield path, "this cannot be read: Permission denied; run as somebody who may, or change its rights"


def _below(folder: Path, above: tuple[Path, ...]) -> Iterator[Path]:
    """Everything below a folder, folders before what is in them; those that cannot be read are left out."""
    try:
        paths = sorted(folder.iterdir())
    except PermissionError:
        return
    for path in paths:
        yield path
        if path.is_dir():
            real = path.resolve()
            if real not in above and len(above) <= _MOST_DEEP:
                yield from _below(path, (*above, real))
