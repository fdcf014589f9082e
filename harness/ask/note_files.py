"""Which files tell of changes, and their text: of an image's documentation, a source tree, or a single file."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from harness.errors import SiteError

__all__ = ["NOTES", "note_texts", "notes_in"]

NOTES = re.compile(r"(?i)^(?:UPGRADE[\w.-]*|CHANGES|changelog|ChangeLog-[\w.-]+)(?:\.txt|\.md)?(?:\.gz)?$")
"""Names of files that tell of changes."""

_LARGEST = 32 << 20
_MOST_FILES = 1_000


def notes_in(files: Mapping[str, bytes]) -> dict[str, str]:
    """Text of those files of a folder that tell of changes, unpacked; what cannot be unpacked is left out."""
    found = {name: _text(content) for name, content in files.items() if NOTES.match(name.rpartition("/")[2])}
    return {name: text for name, text in found.items() if text}


def note_texts(paths: Iterable[Path]) -> dict[str, str]:
    """Text of the files that somebody gives: single files, or source trees. SiteError where one cannot be read."""
    return {name: text for path in paths for name, text in _given(path)}


def _given(path: Path) -> Iterator[tuple[str, str]]:
    try:
        if not path.is_dir():
            yield path.name, _text(path.read_bytes())
            return
        found = sorted(
            file
            for pattern in ("*", "ChangeLogs/*", "ChangeLogs/historical/*")
            for file in path.glob(pattern)
            if file.is_file() and NOTES.match(file.name)
        )
        if not found:
            raise SiteError(f"{path}: no release notes in it; wanted: UPGRADE.txt, CHANGES or ChangeLogs/")
        for file in found[:_MOST_FILES]:
            yield file.relative_to(path).as_posix(), _text(file.read_bytes())
    except OSError as problem:
        raise SiteError(f"{problem.filename or path}: cannot be read: {problem.strerror}") from problem


def _text(content: bytes) -> str:
    """Unpacked if it is packed, and no more than is sane; empty when it cannot be."""
    if content.startswith(b"\x1f\x8b"):
        try:
            content = zlib.decompressobj(wbits=31).decompress(content, _LARGEST)
        except zlib.error:
            return ""
    return content[:_LARGEST].decode("utf-8", "replace")
