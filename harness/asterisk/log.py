"""Asterisk's log as it writes it with `[json]`: one object a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

import msgspec

from harness.model import LogLine

__all__ = ["newest_with", "place_in", "read_line", "read_log", "readable"]

# `at line 3 of queues.conf`, `on line 7 of file '/etc/asterisk/x.conf'`, `x.conf:12`, `x.conf, line 12`.
_FILE = r"(?P<file>[\w./+-]+\.(?:conf|ael|lua))"
_PLACES = (
    re.compile(rf"\bline (?P<line>\d+)\)? (?:of|in|from) (?:file |config file )?['\"]?{_FILE}", re.IGNORECASE),
    re.compile(rf"{_FILE}['\"]?(?::|,? (?:at |on )?line )(?P<line>\d+)\b", re.IGNORECASE),
)
_LONGEST = 4_000
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class _Location(msgspec.Struct):
    filename: str
    function: str
    line: int


class _Said(msgspec.Struct):
    level: str
    message: str
    location: _Location


class _Identifiers(msgspec.Struct, frozen=True):
    callid: str = ""


class _Entry(msgspec.Struct):
    logmsg: _Said
    identifiers: _Identifiers = _Identifiers()


_entries = msgspec.json.Decoder(_Entry)


def read_line(data: bytes, at: float = 0.0) -> LogLine | None:
    """A line of the log, its message without colours; None when it is none (cut off by a crash, say)."""
    try:
        entry = _entries.decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError):  # no line, or with bytes that are no text
        return _read_odd(data, at)
    said, place = entry.logmsg, entry.logmsg.location
    message = said.message if "\x1b" not in said.message else _COLOUR.sub("", said.message)
    call_id = entry.identifiers.callid.strip("[]")
    return LogLine(at, said.level, message.strip("\n"), call_id, place.filename, place.function, place.line)


def _read_odd(data: bytes, at: float) -> LogLine | None:
    try:
        entry = json.loads(data.decode("utf-8", "surrogateescape"))
        said, call_id = entry["logmsg"], entry.get("identifiers", {}).get("callid", "")
        level, message, place = said["level"], said["message"], said["location"]
        file, function, number = place["filename"], place["function"], int(place["line"])
        message = _COLOUR.sub("", message).strip("\n")
        level, text, call_id, file, function = map(_text, (level, message, call_id.strip("[]"), file, function))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return LogLine(at, level, text, call_id, file, function, number, b"" if _is_text(message) else data)


def read_log(content: bytes) -> Iterator[LogLine]:
    """The lines of a log; what is no whole line (the end of a file being written) is left out."""
    return (line for data in content.splitlines() if (line := read_line(data)) is not None)


def readable(content: bytes) -> Iterator[str]:
    """The lines as `WARNING pbx.c: text`."""
    return (f"{line.level} {line.file}: {line.message}" for line in read_log(content))


def newest_with(words: str, lines: Sequence[LogLine]) -> str:
    """The message of the newest of these lines that has these words; empty where none has."""
    messages = (line.message.strip() for line in reversed(lines))
    return next((message for message in messages if words in message), "")


def place_in(message: str) -> tuple[str, int] | None:
    """The file, without its folder, and the line that a message names: `at line 3 of queues.conf`."""
    for pattern in _PLACES:
        if found := pattern.search(message, 0, _LONGEST):
            return found["file"].rpartition("/")[2], int(found["line"])
    return None


def _text(value: str) -> str:
    """A text without what UTF-8 has no bytes for: `\\xff` for a byte that is no character."""
    if _is_text(value):
        return value
    try:
        data = value.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half of a pair, that the line spells as `\\ud800`
        data = value.encode("utf-8", "surrogatepass")
    return data.decode("utf-8", "backslashreplace")


def _is_text(value: str) -> bool:
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)
