"""One thing that a program and Asterisk said to each other, in the form in which traces keep it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from harness.model import Headers

__all__ = ["LONGEST", "Said", "Talk", "broken", "ids_in", "shortened"]

LONGEST = 1_000_000
"""Bytes of one message. What is longer is said to be, and not kept: no peer can fill our memory."""

_SHOWN = 4_000
_SECRETS = frozenset({"secret", "key", "api_key", "password", "authorization"})
_IDS = re.compile(
    r"""
      [A-Za-z][A-Za-z0-9]*/[^\s,;&|()"'<>/]+-[0-9a-f]{8}(?:;[12])?                  # a channel's name
    | \b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b              # of a bridge, a playback
    | \b(?:[\w.-]*-)?\d{10}\.\d+\b                                                  # of a channel
    | \b[0-9a-f]{14}[ab]\b                                                          # of a channel that we made
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Said:
    """`kind` is what it is (`action`, `answer`, `event`), `headers` what it holds.

    `ids` are those of the calls and things that it is about; `adopts` says that all of them belong together.
    `refers` is what an answer has in common with its question, `whole` that it speaks for its whole connection.
    """

    kind: str
    headers: Headers
    ids: tuple[str, ...] = ()
    refers: str = ""
    adopts: bool = True
    whole: bool = False

    def raw(self, app: str, interface: str) -> str:
        """The form of an observation. A value stays in its line, whatever it holds; secrets are left out."""
        own = (("App", app), ("Interface", interface), ("Kind", self.kind))
        return "".join(f"{_name(name)}: {_value(name, value)}\r\n" for name, value in (*own, *self.headers))


class Talk(Protocol):
    """Reads what passes over one connection. Never raises, whatever that is."""

    def feed(self, way: str, piece: bytes) -> Iterable[Said]:
        """Take the next bytes of a direction (`>` from who connected, `<` to it); what they complete."""

    def end(self, way: str, why: str) -> Iterable[Said]:
        """A direction has ended; `why` is empty where that was in order."""


def broken(why: str, data: bytes = b"") -> Said:
    """What cannot be read, and why."""
    return Said("broken", (("Problem", why), ("Data", shortened(data.decode("utf-8", "backslashreplace")))))


def ids_in(texts: Iterable[str]) -> tuple[str, ...]:
    """Names and ids in texts that no other call has, each once."""
    found: dict[str, None] = {}
    for text in texts:
        if len(text) > 8:
            found.update(dict.fromkeys(_IDS.findall(text)))
    return tuple(found)


def shortened(text: str) -> str:
    """A text that is not too long for a trace."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}... ({len(text)} characters)"


def _name(name: str) -> str:
    return re.sub(r"[:\r\n]", "_", name)


def _value(name: str, value: str) -> str:
    if name.rpartition(".")[2].lower() in _SECRETS:
        return "(secret)"
    if name == "Body":  # JSON, of one line already
        return value
    return value.replace("\\", "\\\\").replace("\r", "\\r").replace("\n", "\\n")


class Lines:
    """Cuts a stream into lines. `overlong` is true from the moment on at which one had no end."""

    __slots__ = ("_rest", "overlong")

    def __init__(self) -> None:
        self._rest: list[bytes] = []
        self.overlong = False

    def feed(self, piece: bytes) -> Sequence[bytes]:
        """The lines that a piece completes, without their ends."""
        if self.overlong:
            return ()
        first, *more = piece.split(b"\n")
        self._rest.append(first)
        if not more:
            self.overlong = sum(map(len, self._rest)) > LONGEST
            return ()
        whole = [b"".join(self._rest), *more[:-1]]
        self._rest = [more[-1]]
        return [line.rstrip(b"\r") for line in whole]

    @property
    def unfinished(self) -> bytes:
        """What came after the last whole line."""
        return b"".join(self._rest)
