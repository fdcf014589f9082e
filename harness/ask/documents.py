"""Reads what a release says of itself in the files of its image: documentation, declarations, samples."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping
from typing import Protocol, cast
from xml.etree import ElementTree

from harness.ask.ask import Ask
from harness.ask.note_files import notes_in
from harness.asterisk.cli_tables import Unreadable
from harness.asterisk.documents.xml import read_documents
from harness.model import Json

__all__ = ["Folders", "ask_declarations", "ask_documents", "ask_makeopts", "ask_notes", "ask_samples"]

_DATA = ("/usr/share/asterisk", "/var/lib/asterisk")
_DOCUMENTS = "documentation/core-en_US.xml"
_SAMPLES = (
    "/usr/share/asterisk/conf/samples",
    "/usr/share/doc/asterisk-config/examples/configs/samples",
    "/usr/share/doc/asterisk/examples/configs/samples",
    "/usr/share/doc/asterisk/configs/samples",
    "/usr/share/asterisk-stock/etc",
)
"""Where samples are, the last place being the image's own /etc/asterisk as it was."""
_MAKEOPTS = tuple(
    f"{folder}/menuselect.makeopts"
    for folder in ("/usr/share/doc/asterisk", "/usr/share/asterisk", "/usr/src/asterisk", "/etc/asterisk")
)
_NOTES = "/usr/share/doc/asterisk"
_LARGEST = 1 << 20


class Folders(Protocol):
    """What is needed of an instance to read whole folders. Blocks."""

    def read_folder(self, path: str) -> Mapping[str, bytes]: ...


async def ask_documents(ask: Ask, data: Iterable[str] = ()) -> ElementTree.Element:
    """The XML documentation. `data` are folders to look into first. Unreadable where the image has none."""
    for folder in (*data, *_DATA):
        try:
            return read_documents(await ask.read(f"{folder}/{_DOCUMENTS}"))
        except (FileNotFoundError, ValueError):
            continue
    raise Unreadable(f"the image has no {_DOCUMENTS}")


def ask_notes(folders: Folders) -> dict[str, str]:
    """The files that tell of changes; empty where the image has none."""
    return notes_in(folders.read_folder(_NOTES))


def ask_declarations(folders: Folders, data: Iterable[str] = ()) -> list[Mapping[str, Json]]:
    """ARI's API declarations (rest-api/*.json), by name of file. Unreadable where the image has none."""
    for folder in (*data, *_DATA):
        files = folders.read_folder(f"{folder}/rest-api")
        read = [_json(files[name]) for name in sorted(files) if name.endswith(".json")]
        if found := [cast("Mapping[str, Json]", each) for each in read if isinstance(each, dict)]:
            return found
    raise Unreadable("the image has no rest-api/*.json")


def ask_samples(folders: Folders) -> dict[str, str]:
    """The sample files by the name they have in /etc/asterisk. Empty where the image has none."""
    for place in _SAMPLES:
        files = folders.read_folder(place)
        samples = {name.removesuffix(".gz").removesuffix(".sample"): _text(files[name]) for name in sorted(files)}
        if found := {name: text for name, text in samples.items() if text}:
            return found
    return {}


async def ask_makeopts(ask: Ask) -> str:
    """The text of menuselect.makeopts, empty where the image has none."""
    for path in (*_MAKEOPTS, *(f"{path}.gz" for path in _MAKEOPTS)):
        try:
            return _text(await ask.read(path))
        except FileNotFoundError:
            continue
    return ""


def _text(content: bytes) -> str:
    """A text, unpacked if need be; empty for what is none, or larger than any such file is."""
    try:
        if content.startswith(b"\x1f\x8b"):
            unpacker = zlib.decompressobj(wbits=31)
            content = unpacker.decompress(content, _LARGEST + 1)
    except zlib.error:
        return ""
    return "" if len(content) > _LARGEST or b"\0" in content else content.decode(errors="replace")


def _json(content: bytes) -> Json:
    try:
        return cast(Json, json.loads(content))
    except (ValueError, RecursionError):
        return None
