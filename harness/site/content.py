"""What a site's folder holds, as one number that is the same on every machine.

It is the `dirHash` of in-toto (Go's Hash1): the SHA-256 of what `sha256sum` prints of all files, sorted by their
names as bytes. A link counts as a file with the name of its target in it, as in git. What no run reads does not
count, nor do times, owners and modes.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from harness.errors import SiteError, reason_of
from harness.model.run_folder import KEPT, PAGE, REPORT, SIGNED, SOURCES, STATEMENT, TRACES

__all__ = ["content_hash"]

_OF_TOOLS = frozenset((".git", ".hg", ".jj", ".svn", ".pytest_cache", ".mypy_cache", ".ruff_cache"))
"""Folders of tools, wherever they lie."""
_OF_A_RUN = frozenset((REPORT, KEPT))
_BESIDE_A_RUN = _OF_A_RUN | {PAGE, SOURCES, STATEMENT, SIGNED, TRACES}
_MARK = b"asterisk-upgrade-harness/"
_HEAD = 1_000
"""Bytes of a file in which it says that the harness wrote it."""
_ESCAPES = ((b"\\", b"\\\\"), (b"\n", b"\\n"), (b"\r", b"\\r"))


def content_hash(root: Path) -> str:
    """The SHA-256, in hexadecimal, of the files of a site's folder. SiteError where one cannot be read."""
    try:
        named = sorted((os.fsencode(path.relative_to(root)), path) for path in _files(root))
        lines = [_line(name, path) for name, path in named]
    except OSError as problem:
        raise SiteError(f"{problem.filename or root}: {reason_of(problem)} (while hashing {root})") from problem
    return hashlib.sha256(b"".join(lines)).hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    """Every file and link that counts: not what a run left or Python compiles for itself, nor sockets."""
    entries = list(folder.iterdir())
    passed_over = _OF_TOOLS | _BESIDE_A_RUN if any(_is_of_a_run(entry) for entry in entries) else _OF_TOOLS
    for entry in entries:
        if entry.name in passed_over:
            continue
        if entry.is_symlink():
            yield entry
        elif entry.is_dir():
            yield from _files(entry)
        elif entry.is_file() and not (folder.name == "__pycache__" and entry.suffix == ".pyc"):
            yield entry


def _is_of_a_run(path: Path) -> bool:
    if path.name not in _OF_A_RUN or not path.is_file():
        return False
    with path.open("rb") as file:
        return _MARK in file.read(_HEAD)


def _line(name: bytes, path: Path) -> bytes:
    """What sha256sum prints of a file: a name with a backslash or a line break is escaped, and marked as such."""
    escaped = name
    for character, instead in _ESCAPES:
        escaped = escaped.replace(character, instead)
    mark = b"\\" if escaped != name else b""
    return mark + _digest(path).encode() + b"  " + escaped + b"\n"


def _digest(path: Path) -> str:
    if path.is_symlink():
        return hashlib.sha256(os.fsencode(path.readlink())).hexdigest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
