"""One thing that a program and Asterisk said to each other, and what tells whose it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from harness.model import AmiPacket, AppSaid, AriAnswer, AriEvent, AriRequest, Headers

__all__ = ["LONGEST", "Said", "Talk", "broken"]

LONGEST = 8_000_000
"""Bytes of one message. What is longer is said to be, and not kept: no peer can fill our memory."""

_SHOWN = 4_000


@dataclass(frozen=True, slots=True)
class Said:
    """`kind`, `said`, `details` and `odd` are those of an `AppSaid`.

    `ids` are those of the calls and things that it is about; `adopts` says that all of them belong together.
    `makes` are ids that the program chose for what is to be made, `starts` is a device that it calls without.
    `refers` is what an answer has in common with its question on its connection, `action_id` the id that the
    program gave its action. `whole` is that it speaks for its whole connection.
    """

    kind: str
    said: AmiPacket | AriRequest | AriAnswer | AriEvent | None = None
    details: Headers = ()
    odd: bytes = b""
    ids: tuple[str, ...] = ()
    refers: str = ""
    adopts: bool = True
    whole: bool = False
    makes: tuple[str, ...] = ()
    starts: str = ""
    action_id: str = ""

    def by(self, app: str, interface: Literal["ami", "agi", "ari"], at: float, connection: int = 0) -> AppSaid:
        """What is seen of it: said by or to `app` at that time over that connection."""
        return AppSaid(at, app, interface, self.kind, self.said, self.details, self.odd, connection, self.refers)


class Talk(Protocol):
    """Reads what passes over one connection. Never raises, whatever that is."""

    def feed(self, way: str, piece: bytes) -> Iterable[Said]:
        """Take the next bytes of a direction (`>` from who connected, `<` to it); what they complete."""

    def end(self, way: str, why: str) -> Iterable[Said]:
        """A direction has ended; `why` is empty where that was in order."""


def broken(why: str, data: bytes = b"") -> Said:
    """What cannot be read, and why."""
    text = data.decode("utf-8", "backslashreplace")
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}... ({len(text)} characters)"
    return Said("broken", details=(("Problem", why), ("Data", shown)))


class LineCutter:
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
