"""Copies an /etc/asterisk: its files as they are, nothing from outside of it, and no more than is sane."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from harness.errors import SiteError

__all__ = ["copy_config"]

_MOST_FILES = 20_000
_MOST_BYTES = 256 * 1024 * 1024
_DEPTH = 20


def copy_config(source: Path, target: Path) -> tuple[str, ...]:
    """Copy a configuration folder; returns what was left out, a line each.

    Links inside the folder become what they lead to, links out of it and what is no file are left out.
    Raises SiteError when a file cannot be read, or when there is too much.
    """
    root = source.resolve()
    left_out: list[str] = []
    files = total = 0
    for path in _files(root, root, 0, left_out):
        files, total = files + 1, total + path.stat().st_size
        if files > _MOST_FILES or total > _MOST_BYTES:
            raise SiteError(
                f"{source}: this is more than {_MOST_FILES} files or {_MOST_BYTES >> 20} MB; "
                "is it Asterisk's configuration folder?"
            )
        _copy(path, target / path.relative_to(root))
    if not files:
        raise SiteError(f"{source}: there is no file in it; give the folder that is Asterisk's /etc/asterisk")
    return tuple(left_out)


def _files(folder: Path, root: Path, depth: int, left_out: list[str]) -> Iterator[Path]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as problem:
        raise SiteError(f"{folder}: cannot be read: {problem.strerror}") from problem
    for path in entries:
        shown = path.relative_to(root).as_posix()
        reason = _reason(path, root, depth)
        if reason:
            left_out.append(f"{shown}: {reason}")
        elif path.is_dir():
            yield from _files(path, root, depth + 1, left_out)
        else:
            yield path


def _reason(path: Path, root: Path, depth: int) -> str:
    """Why something is not copied, empty when it is."""
    try:
        real = path.resolve()
    except (OSError, RuntimeError):  # links in a circle
        return "a link in a circle"
    if not real.is_relative_to(root):
        return f"a link that leads out, to {real}"
    if real.is_dir():
        loops = path.is_symlink() and path.is_relative_to(real)
        return "a link in a circle" if loops else "nested too deeply" if depth >= _DEPTH else ""
    return "" if real.is_file() else "no file (a broken link, a socket or a device)"


def _copy(source: Path, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        target.chmod(source.stat().st_mode & 0o777 | 0o600)
    except PermissionError as problem:
        raise SiteError(
            f"{problem.filename}: may not be read or written; run this as somebody who may"
        ) from problem
    except OSError as problem:
        raise SiteError(f"{problem.filename or source}: cannot be copied: {problem.strerror}") from problem
