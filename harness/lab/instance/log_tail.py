"""Asterisk's JSON log as lines that a person reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

__all__ = ["LogLine", "parse", "readable"]


@dataclass(frozen=True, slots=True)
class LogLine:
    """One message of Asterisk's log. `level` as Asterisk writes it (`WARNING`), `message` without end of line."""

    timestamp: str
    level: str
    file: str
    line: int
    function: str
    message: str
    call: str = ""

    def as_dict(self) -> dict[str, str | int]:
        """The fields by name."""
        return asdict(self)


def parse(content: bytes) -> Iterator[LogLine]:
    """The messages of a JSON log; what is no whole message (the end of a file being written) is left out."""
    for text in content.decode(errors="replace").splitlines():
        try:
            record = json.loads(text)
            log, place = record["logmsg"], record["logmsg"]["location"]
        except (ValueError, KeyError, TypeError):
            continue
        yield LogLine(
            record["timestamp"],
            log["level"],
            place["filename"],
            place["line"],
            place["function"],
            log["message"].rstrip("\n"),
            record.get("identifiers", {}).get("callid", ""),
        )


def readable(content: bytes) -> Iterator[str]:
    """The messages as `WARNING pbx.c: text`."""
    for line in parse(content):
        yield f"{line.level} {line.file}: {line.message}"
