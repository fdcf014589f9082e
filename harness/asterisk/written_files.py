"""Files that Asterisk writes in calls, as values: messages, recordings, mails, queue_log, CDR and CEL. Pure.

One reader for each format; `pieces_of` knows which file has which. A file that grows line by line is read from
where it ended before.
"""

from __future__ import annotations

import csv
import email
import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from email.header import decode_header, make_header
from email.message import Message
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Final

from harness.model import Headers

__all__ = ["CDR", "CEL", "MAIL", "MESSAGE", "QUEUE_LOG", "SOUND", "Piece", "grows", "pieces_of"]

CDR: Final = "CDR line"
CEL: Final = "CEL line"
MAIL: Final = "mail"
MESSAGE: Final = "voicemail message"
QUEUE_LOG: Final = "queue_log"
SOUND: Final = "recording"
_FILE = "file"

_MASTER = (
    "AccountCode Source Destination DestinationContext CallerID Channel DestinationChannel LastApplication "
    "LastData StartTime AnswerTime EndTime Duration BillableSeconds Disposition AMAFlags UniqueID UserField"
).split()
# Bytes of a second, by the ending of the file's name. The formats of voicemail and recordings, by formats/*.c.
_BYTES = {
    "wav": 16_000.0, "wav16": 32_000.0, "sln": 16_000.0, "slin": 16_000.0, "raw": 16_000.0, "sln16": 32_000.0,
    "ulaw": 8_000.0, "ul": 8_000.0, "mu": 8_000.0, "pcm": 8_000.0, "alaw": 8_000.0, "al": 8_000.0, "g722": 8_000.0,
    "gsm": 1_650.0, "WAV": 1_625.0, "wav49": 1_625.0, "g729": 1_000.0, "g723": 800.0, "ilbc": 1_900.0,
}  # fmt: skip
_HEADER_BYTES = {"wav": 44, "wav16": 44, "WAV": 60, "wav49": 60}
_SAMPLES = frozenset({"wav", "wav16", "sln", "slin", "raw", "sln16"})
_HEARD = "wav"
_FAINT = 64
"""Samples below this are silence: comfort noise and the rounding of codecs."""
_LOUD_SHARE = 1_000
_LETTER = re.compile(rb"(?:\A\s*|\n\.?\n)(?=(?:Date|From|Return-Path): .*\n[A-Z][\w-]*: )")


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing that was written: a record, a message, a mail, a recording. `path` is below spool or log.

    `sound` is a recording as any player takes it (WAV, 16 bit), empty where it has another form or is not whole.
    """

    kind: str
    path: str
    details: Headers
    sound: bytes = b""


def grows(path: str) -> bool:
    """Whether a file is one to which lines or mails are added."""
    return _line_reader(path) is not None or not _is_of_one_call(path)


def pieces_of(path: str, data: bytes, size: int) -> Iterator[Piece]:
    """What stands in a file, or was added to it. `data` may be the start only of a file that has `size` bytes."""
    ending = PurePosixPath(path).suffix.removeprefix(".")
    if reader := _line_reader(path):
        yield from reader(path, data.decode("utf-8", "backslashreplace"))
    elif ending in _BYTES:
        whole = data if ending == _HEARD and len(data) == size else b""
        yield Piece(SOUND, path, tuple(_sound(ending, data, size)), whole)
    elif ending == "txt" and data.lstrip().startswith((b";", b"[message]")):
        yield Piece(MESSAGE, path, tuple(_message(data.decode("utf-8", "backslashreplace"))))
    elif letters := tuple(_letters(data)):
        yield from (Piece(MAIL, path, tuple(_mail(letter))) for letter in letters)
    else:
        yield Piece(_FILE, path, (("Empty", "no" if size else "yes"),))


def _line_reader(path: str) -> Callable[[str, str], Iterator[Piece]] | None:
    folder, _, name = path.rpartition("/")
    if name.startswith("queue_log"):
        return _queue_log
    return {"cdr-csv": _cdr, "cdr-custom": _cdr, "cel-custom": _cel}.get(folder)


def _is_of_one_call(path: str) -> bool:
    return path.startswith(("voicemail/", "monitor/", "recording/")) or PurePosixPath(path).suffix[1:] in _BYTES


def _queue_log(path: str, text: str) -> Iterator[Piece]:
    """`epoch|call id|queue|agent|event|data…`."""
    for line in text.splitlines():
        at, *rest = line.split("|")
        if at.isdecimal() and len(rest) > 3:
            call, queue, agent, event, *data = rest
            numbered = ((f"Data{number}", value) for number, value in enumerate(data, 1))
            yield Piece(
                QUEUE_LOG, path, (("Event", event), ("Queue", queue), ("Agent", agent), ("Call", call), *numbered)
            )


def _cdr(path: str, text: str) -> Iterator[Piece]:
    names = _MASTER if path.startswith("cdr-csv/") else ()
    yield from (Piece(CDR, path, columns) for columns in _columns(text, names))


def _cel(path: str, text: str) -> Iterator[Piece]:
    yield from (Piece(CEL, path, columns) for columns in _columns(text, ()))


def _columns(text: str, names: Sequence[str]) -> Iterator[Headers]:
    """The columns of each line, by name where it is known, else by number."""
    for row in csv.reader(text.splitlines()):
        named = (names[number] if number < len(names) else f"Column {number + 1}" for number in range(len(row)))
        if row:
            yield tuple(zip(named, row, strict=True))


def _message(text: str) -> Iterator[tuple[str, str]]:
    """The lines `name=value` of what voicemail keeps beside a recording."""
    for line in text.splitlines():
        name, sign, value = line.partition("=")
        if sign and not name.startswith(";"):
            yield name.strip(), value.strip()


def _sound(ending: str, data: bytes, size: int) -> Iterator[tuple[str, str]]:
    head = _HEADER_BYTES.get(ending, 0)
    yield "Format", ending
    yield "Seconds", f"{max(0, size - head) / _BYTES[ending]:.1f}"
    if ending in _SAMPLES:
        yield "Silent", "no" if _is_loud(data[head:]) else "yes"


def _is_loud(data: bytes) -> bool:
    """Whether some of the samples (16 bits, the lower byte first) are loud: one in a thousand is a click."""
    samples = array("h", data[: len(data) // 2 * 2])
    return sum(abs(sample) > _FAINT for sample in samples) * _LOUD_SHARE > len(samples) > 0


def _letters(data: bytes) -> Iterator[bytes]:
    """Mails one after the other, as a `mailcmd` that appends to a file leaves them."""
    plain = data.replace(b"\r\n", b"\n")
    begins = [found.end() for found in _LETTER.finditer(plain)]
    yield from (plain[at:end] for at, end in pairwise((*begins, len(plain))))


def _mail(data: bytes) -> Iterator[tuple[str, str]]:
    """Its headers, its text, and its attachments: their names, types, and what they hold of a recording."""
    letter = email.message_from_bytes(data)
    yield from ((name, " ".join(_decoded(str(value)).split())) for name, value in letter.raw_items())
    for part in letter.walk():
        if not part.is_multipart():
            content = part.get_payload(decode=True)
            yield from _part(part, content if isinstance(content, bytes) else b"")


def _part(part: Message, content: bytes) -> Iterator[tuple[str, str]]:
    name = part.get_filename()
    if name is None:
        text = content.decode("utf-8", "backslashreplace").strip()
        yield "Text", text.removesuffix("\n.").strip()
        return
    yield "Attachment", f"{name} ({part.get_content_type()})"
    if (ending := PurePosixPath(name).suffix.removeprefix(".")) in _BYTES:
        yield from ((f"Attachment {key}", value) for key, value in _sound(ending, content, len(content)))


def _decoded(value: str) -> str:
    """A header in words; as it came where it says that it is something that nobody knows."""
    value = value.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    try:
        return str(make_header(decode_header(value)))
    except (LookupError, ValueError):
        return value
