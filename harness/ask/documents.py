"""Reads what a release says of itself in the files of its image: documentation, declarations, samples, notes."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import cast
from xml.etree import ElementTree

from harness.ask.over_ami import AmiAsk
from harness.asterisk.cli_tables import Unreadable
from harness.asterisk.documents.xml import read_documents
from harness.errors import SiteError, reason_of
from harness.facts.inventory import NOT_IN_IMAGE
from harness.model import Json

__all__ = [
    "DATA_FOLDERS",
    "DOCUMENTS",
    "MAKEOPTS",
    "Folders",
    "ask_declarations",
    "ask_documents",
    "ask_makeopts",
    "ask_notes",
    "ask_samples",
    "note_texts",
    "notes_in",
    "plain_text",
]

Folders = Callable[[str], Mapping[str, bytes]]
"""A folder → content of the plain files below it, by path relative to it; of an instance or an image. Blocks."""

DATA_FOLDERS = ("/usr/share/asterisk", "/var/lib/asterisk")
DOCUMENTS = "documentation/core-en_US.xml"
_SAMPLES = (
    "/usr/share/asterisk/conf/samples",
    "/usr/share/doc/asterisk-config/examples/configs/samples",
    "/usr/share/doc/asterisk/examples/configs/samples",
    "/usr/share/doc/asterisk/configs/samples",
)
"""Where samples are; else the image's own configuration is one."""
MAKEOPTS = tuple(
    f"{folder}/menuselect.makeopts"
    for folder in ("/usr/share/doc/asterisk", "/usr/share/asterisk", "/usr/src/asterisk", "/etc/asterisk")
)
_NOTES = "/usr/share/doc/asterisk"
_NOTE_NAMES = re.compile(
    r"(?i)^(?:UPGRADE[\w.-]*|CHANGES|changelog|ChangeLog-[\w.-]+)(?:\.txt|\.md)?(?:\.gz)?(?<!\.html)(?<!\.html\.gz)$"
)
"""Names of files that tell of changes."""
_LARGEST, _LARGEST_NOTES = 1 << 20, 32 << 20
_MOST_FILES = 1_000


async def ask_documents(ask: AmiAsk, data: Iterable[str] = ()) -> ElementTree.Element:
    """The XML documentation. `data` are folders to look into first. Unreadable where the image has none."""
    for folder in (*data, *DATA_FOLDERS):
        try:
            return read_documents(await ask.read(f"{folder}/{DOCUMENTS}"))
        except (FileNotFoundError, ValueError):
            continue
    raise Unreadable(f"{NOT_IN_IMAGE}{DOCUMENTS}")


def ask_notes(folders: Folders) -> dict[str, str]:
    """The files that tell of changes; empty where the image has none."""
    return notes_in(folders(_NOTES))


def ask_declarations(folders: Folders, data: Iterable[str] = ()) -> list[Mapping[str, Json]]:
    """ARI's API declarations (rest-api/*.json), by name of file. Unreadable where the image has none."""
    for folder in (*data, *DATA_FOLDERS):
        files = folders(f"{folder}/rest-api")
        read = [_json(files[name]) for name in sorted(files) if name.endswith(".json")]
        if found := [cast("Mapping[str, Json]", each) for each in read if isinstance(each, dict)]:
            return found
    raise Unreadable(f"{NOT_IN_IMAGE}rest-api/*.json")


def ask_samples(folders: Folders, etc: str) -> dict[str, str]:
    """The sample files of an image by the name they have in `etc`, its configuration. Empty where it has none."""
    for place in (*_SAMPLES, etc):
        files = folders(place)
        samples = {
            name.removesuffix(".gz").removesuffix(".sample"): plain_text(files[name]) for name in sorted(files)
        }
        if found := {name: text for name, text in samples.items() if text}:
            return found
    return {}


async def ask_makeopts(ask: AmiAsk) -> str:
    """The text of menuselect.makeopts, empty where the image has none."""
    for path in (*MAKEOPTS, *(f"{path}.gz" for path in MAKEOPTS)):
        try:
            return plain_text(await ask.read(path))
        except FileNotFoundError:
            continue
    return ""


def notes_in(files: Mapping[str, bytes]) -> dict[str, str]:
    """Text of those files of a folder that tell of changes, unpacked; what cannot be unpacked is left out."""
    notes = (name for name in files if _NOTE_NAMES.match(name.rpartition("/")[2]))
    return {name: text for name in notes if (text := _note_text(files[name]))}


def note_texts(paths: Iterable[Path]) -> dict[str, str]:
    """Text of the files that somebody gives: single files, or source trees. SiteError where one cannot be read."""
    return {name: text for path in paths for name, text in _given(path)}


def _given(path: Path) -> Iterator[tuple[str, str]]:
    try:
        if not path.is_dir():
            yield path.name, _note_text(path.read_bytes())
            return
        found = sorted(
            file
            for pattern in ("*", "ChangeLogs/*", "ChangeLogs/historical/*")
            for file in path.glob(pattern)
            if file.is_file() and _NOTE_NAMES.match(file.name)
        )
        if not found:
            raise SiteError(f"{path}: no release notes in it; wanted: UPGRADE.txt, CHANGES or ChangeLogs/")
        for file in found[:_MOST_FILES]:
            yield file.relative_to(path).as_posix(), _note_text(file.read_bytes())
    except OSError as problem:
        raise SiteError(f"{problem.filename or path}: cannot be read: {reason_of(problem)}") from problem


def plain_text(content: bytes) -> str:
    """A text, unpacked if need be; empty for what is none, or larger than any such file is."""
    text = _unpacked(content, _LARGEST + 1)
    return "" if len(text) > _LARGEST or b"\0" in text else text.decode(errors="replace")


def _note_text(content: bytes) -> str:
    return _unpacked(content, _LARGEST_NOTES).decode("utf-8", "replace")


def _unpacked(content: bytes, most: int) -> bytes:
    """The beginning of a file, unpacked if it is packed; empty when it cannot be."""
    if not content.startswith(b"\x1f\x8b"):
        return content[:most]
    try:
        return zlib.decompressobj(wbits=31).decompress(content, most)
    except zlib.error:
        return b""


def _json(content: bytes) -> Json:
    try:
        return cast(Json, json.loads(content))
    except (ValueError, RecursionError):
        return None
