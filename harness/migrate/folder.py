"""Configuration folders: read one, and write what a migration makes of it, without losing what people changed."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from harness.asterisk.conf import Config
from harness.errors import SiteError, reason_of
from harness.migrate.apply import Rewritten
from harness.migrate.model import Subject
from harness.site.making.files import made_beside
from harness.site.reading.below import files_below

__all__ = ["MANIFEST", "changed_by_hand", "read_subject", "write_candidate", "write_copy"]

MANIFEST = ".migrated.json"
"""In the site folder: what the last migration wrote, as a digest of each file."""

_LARGEST = 16 << 20


def read_subject(folder: Path, texts: Mapping[str, str] | None = None) -> Subject:
    """A configuration folder, some of its files with other texts. Raises SiteError when a file cannot be read."""
    texts = texts or {}
    files = {name: texts[name] if name in texts else _text(path) for name, path in _files(folder)}
    lines = {name: tuple(line.removesuffix("\r") for line in text.split("\n")) for name, text in files.items()}
    return Subject(files, lines, Config(texts={name: _bytes(text) for name, text in files.items()}))


def changed_by_hand(
    old: Path, candidate: Path, manifest: Path, changed: Mapping[str, Rewritten]
) -> tuple[str, ...]:
    """Files of the candidate's folder that are neither as on the old side nor as a migration wrote them."""
    before, now, written = _digests(old), _digests(candidate), _read_manifest(manifest)
    new = before | {name: _digest(_bytes(rewritten.text)) for name, rewritten in changed.items()}
    last = written or new
    known = {name: {before.get(name), new.get(name), last.get(name)} for name in {*now, *new}}
    return tuple(sorted(name for name, digests in known.items() if now.get(name) not in digests))


def write_candidate(old: Path, candidate: Path, manifest: Path, changed: Mapping[str, Rewritten]) -> None:
    """Make the candidate's folder what a migration makes of the old one, all or nothing. Raises SiteError."""
    with made_beside(candidate) as made:
        _fill(old, made, changed)
        before = made.with_name("before")
        candidate.rename(before)
        try:
            made.rename(candidate)
        except OSError:
            before.rename(candidate)
            raise
        manifest.write_text(json.dumps(_digests(candidate), indent=1) + "\n", encoding="utf-8")


def write_copy(old: Path, target: Path, changed: Mapping[str, Rewritten]) -> None:
    """Write a migrated copy of the old folder to a new one. Raises SiteError where there is something already."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise SiteError(f"{target}: this is there already; nothing was written. Give another name")
    if target.resolve().is_relative_to(old.resolve()):
        raise SiteError(f"{target}: this is inside of the configuration that it would be a copy of")
    with made_beside(target) as made:
        _fill(old, made, changed)
        made.rename(target)


def _fill(old: Path, made: Path, changed: Mapping[str, Rewritten]) -> None:
    """Copy the folder with what its links lead to: they may lead nowhere from there."""
    made.mkdir()
    for name, path in files_below(old):
        target = made / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if name in changed:
            target.write_bytes(_bytes(changed[name].text))
            shutil.copymode(path, target)
        else:
            shutil.copy2(path, target)


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for name, path in files_below(folder):
        if path.stat().st_size <= _LARGEST:
            yield name, path


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except OSError as problem:
        raise SiteError(f"{path}: cannot be read: {reason_of(problem)}") from problem


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _digests(folder: Path) -> dict[str, str]:
    return {name: _digest(_bytes(_text(path))) for name, path in _files(folder)}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read_manifest(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
