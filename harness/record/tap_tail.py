"""What a tap writes down, while it is written: read as AMI, AGI and ARI, and told apart by scenario."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from harness.errors import LabError
from harness.lab.instance.follow import Follow
from harness.model import AppSaid
from harness.record.agi_talk import AgiTalk
from harness.record.ami_talk import AmiTalk
from harness.record.http_talk import HttpTalk
from harness.record.ledger import Ledger
from harness.record.lines import FollowedLines
from harness.record.said import Said, Talk, broken
from harness.record.session import Session

__all__ = ["TapTail"]

_Interface = Literal["ami", "agi", "ari"]
_TALKS: dict[str, tuple[_Interface, Callable[[], Talk]]] = {
    "ami": ("ami", AmiTalk),
    "fastagi": ("agi", AgiTalk),
    "ari": ("ari", HttpTalk),
}
_KEPT_SECONDS = 60.0
"""Afterwards nothing more is expected to say whose something was."""


@dataclass(slots=True)
class _Connection:
    """A connection, who talks over it, and what is known of whose it is."""

    number: int
    app: str
    interface: _Interface
    talk: Talk
    owner: Session | None = None
    asked: dict[str, Session | None] = field(default_factory=dict)
    greeting: _Entry | None = None
    greeted: set[tuple[str, int]] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Entry:
    """Something said of which nobody knows yet whose it is. `holder` held the app when it was said."""

    at: float
    connection: _Connection
    said: Said
    holder: Session | None


class TapTail:
    """Follows what one tap writes in a thread and files it in the ledger, in the event loop.

    Whose it is, is known by the call that it names, by what was asked before, and last by who holds the app
    (`uses: [app/orders]`). The rest is counted in `unattributed`. How AMI greets a connection is part of every
    scenario in which something is said over it: clients decide by it. `greetings` are the first of each app.
    """

    def __init__(self, pieces: Follow, ledger: Ledger) -> None:
        self.heard = 0
        self.greetings: dict[str, AppSaid] = {}
        self._pending: list[_Entry] = []
        self._strays = 0
        self._ledger = ledger
        self._connections: dict[int, _Connection] = {}
        self._lines = FollowedLines(pieces, self._line, name="tap")

    @property
    def unattributed(self) -> int:
        """How much of what was said belongs to no scenario."""
        return self._strays + len(self._pending)

    async def caught_up(self, write_mark: Callable[[str], None], mark: str, *, within: float = 10.0) -> None:
        """Return when everything said before now is filed, as far as that can be known.

        Raises LabError when the tap does not answer, or what it writes does not come.
        """
        if not await self._lines.reach(lambda text: asyncio.to_thread(write_mark, text), mark, within=within):
            raise LabError(f"what the tap writes down did not come within {within:g} s")
        self._file_late()

    def close(self) -> None:
        """Stop reading."""
        self._lines.close()

    def _line(self, line: bytes) -> None:
        try:
            entry: dict[str, object] = json.loads(line)
        except ValueError:  # cut off by the tap's end
            return
        if "m" in entry:
            self._lines.pass_mark(str(entry["m"]))
            return
        number, way, at = int(str(entry["c"])), str(entry.get("d", ">")), float(str(entry["t"]))
        if entry.get("e") == "open":
            interface, talk = _TALKS[str(entry["i"])]
            self._connections[number] = _Connection(number, str(entry["n"]), interface, talk())
            return
        connection = self._connections[number]
        self._hear(connection, self._said(connection, way, entry), at)

    @staticmethod
    def _said(connection: _Connection, way: str, entry: dict[str, object]) -> Iterable[Said]:
        if data := entry.get("b"):
            return connection.talk.feed(way, base64.b64decode(str(data)))
        if entry.get("e") == "refused":
            return (broken(f"nobody takes the connection: {entry.get('why')}"),)
        return connection.talk.end(way, _reset(connection, entry) if entry.get("e") == "reset" else "")

    def _hear(self, connection: _Connection, said: Iterable[Said], at: float) -> None:
        for one in said:
            self.heard += 1
            entry = _Entry(at, connection, one, self._holder(connection, one))
            if one.kind == "greeting":
                self._greet(entry)
                continue
            owner = self._owner(entry) or (self._since_it_began(entry) if _is_new(one) else None)
            if owner is not None:
                self._file(entry, owner)
            else:
                self._remember(entry, None)
                self._pending.append(entry)

    def _greet(self, entry: _Entry) -> None:
        connection = entry.connection
        connection.greeting = entry
        greeting = entry.said.by(connection.app, connection.interface, entry.at, connection.number)
        self.greetings.setdefault(connection.app, greeting)

    def _holder(self, connection: _Connection, said: Said) -> Session | None:
        """Who holds the app, unless it is about a queue or room that another scenario holds."""
        if _is_for_all(connection, said):
            return None
        holder = self._ledger.holder_of(f"app/{connection.app}")
        things = self._ledger.holder_by_name(said.said)
        return holder if things in (None, holder) else None

    def _owner(self, entry: _Entry) -> Session | None:
        """Whose it is by what it says, None when that is not known (yet)."""
        owner = self._named(entry)
        # What was said before a scenario began is none of its own, whatever it holds.
        return owner if owner is not None and owner.started <= entry.at else None

    @staticmethod
    def _since_it_began(entry: _Entry) -> Session | None:
        return entry.holder if entry.holder is not None and entry.holder.started <= entry.at else None

    def _named(self, entry: _Entry) -> Session | None:
        connection, said = entry.connection, entry.said
        if connection.owner is not None:
            return connection.owner
        if said.kind in ("response", "answer", "event") and said.refers:
            owner = connection.asked.get(said.refers)
            if owner is not None:
                return owner
        if (owner := self._ledger.owner_of(*said.ids)) is not None:
            return owner
        if _is_for_all(connection, said):
            return self._ledger.holder_by_name(said.said)
        return None

    def _file(self, entry: _Entry, owner: Session) -> None:
        connection, said = entry.connection, entry.said
        self._remember(entry, owner)
        self._ledger.make(said.makes, owner)
        if said.action_id:
            self._ledger.ask(said.action_id, owner)
        if said.starts:
            self._ledger.expect(said.starts, owner, since=entry.at, by=said.action_id)
        if said.adopts:
            self._ledger.relate(said.ids, owner)
        greeting, play = connection.greeting, (owner.scenario, owner.play)
        if greeting is not None and play not in connection.greeted:
            connection.greeted.add(play)
            at = max(greeting.at, owner.started)
            owner.feed(greeting.said.by(connection.app, connection.interface, at, connection.number))
        owner.feed(said.by(connection.app, connection.interface, entry.at, connection.number))

    @staticmethod
    def _remember(entry: _Entry, owner: Session | None) -> None:
        if entry.said.whole:
            entry.connection.owner = owner
        if entry.said.refers and entry.said.kind in ("action", "request"):
            entry.connection.asked[entry.said.refers] = owner

    def _file_late(self) -> None:
        """What was said of calls that were not known then; what names none is the holder's of the app."""
        pending, self._pending = self._pending, []
        for entry in pending:
            owner = self._owner(entry) or self._since_it_began(entry)
            if owner is not None:
                self._file(entry, owner)
            else:
                self._pending.append(entry)
        old = time.monotonic() - _KEPT_SECONDS
        kept = [entry for entry in self._pending if entry.at > old]
        self._strays += len(self._pending) - len(kept)
        self._pending = kept


def _is_new(said: Said) -> bool:
    """Whether it may begin something of which nobody can know yet whose it is: then it is the holder's at once."""
    return said.kind in ("action", "request") and not said.ids


def _is_for_all(connection: _Connection, said: Said) -> bool:
    """AMI's events are for everybody, if they answer nothing: they come to the app whoever holds it."""
    return connection.interface == "ami" and said.kind == "event" and said.refers not in connection.asked


def _reset(connection: _Connection, entry: dict[str, object]) -> str:
    """Who broke the connection off. Asterisk does so with FastAGI when a call ends: empty, that is in order."""
    asterisk_is_near = connection.interface == "agi"
    is_near = entry.get("l") == "near"
    if asterisk_is_near and is_near:
        return ""
    who = "Asterisk" if asterisk_is_near == is_near else "the program"
    return f"{who} broke the connection off: {entry.get('why')}"
