"""Asterisk's log while it is written: what is wrong, what is played, what AGI scripts say, told apart by call."""

from __future__ import annotations

import asyncio
import re
import sys
import time
from collections.abc import Callable
from typing import Literal

import msgspec

from harness.asterisk.log import read_line
from harness.lab.instance.follow import Follow
from harness.model import AgiLine, LogLine, Playback
from harness.record.executing import Executing
from harness.record.ledger import Ledger
from harness.record.lines import FollowedLines
from harness.record.session import Session

__all__ = ["LogTail"]

_KEPT = frozenset({"NOTICE", "WARNING", "ERROR"})
_AGAIN, _GIVEN_UP = 0.05, 5.0
_NAMED_WITHIN = 4_000
"""Characters of a message in which it names its channel: a hostile one of megabytes is not searched."""
_CHANNEL = re.compile(r"(?<![A-Za-z0-9])([A-Za-z0-9]+/[^\s,;&|()\"'<>]*-[0-9a-f]{8}(?:;[12])?)")
# `Request 'REGISTER' from '<sip:101@pbx>' failed for '192.0.2.7:5060' …`, which names no call: fail2ban reads it.
_REFUSED = re.compile(r"from '[^']*?sips?:([^@;>']+)[@;>'][^']*' failed for '")
_CALL_FILE = re.compile(r"/outgoing/([0-9a-f]+f)(?![\w.])")
_PLAYING = re.compile(
    r"<(?P<channel>[^>]+)> Playing '(?P<sound>[^']+?)(?:\.\w+)?'(?: \(language '(?P<language>\w*)'\))?"
)
# What `agi set debug on` makes Asterisk tell, for scripts and servers of all kinds: every line, both ways.
_AGI = re.compile(r"<(?P<channel>[^>]+)>AGI (?P<way>Tx >>|Rx <<) ?(?P<line>.*)", re.DOTALL)
_TELLING = (b"Playing '", b">AGI ")
_CALL_ID = re.compile(rb'"callid":"\[?(C-[0-9a-f]+)')


class LogTail:
    """Follows one instance's log in a thread and files its lines in the ledger, in the event loop.

    The log may be quicker than the wire: what is told of a call that is not known yet is tried again, since
    somebody may wait for it. `others` are warnings and errors that belong to no scenario, as far as is known.
    Beyond `most` bytes nothing more is read, and `too_much` is called.
    """

    def __init__(
        self,
        pieces: Follow,
        ledger: Ledger,
        *,
        most: int = sys.maxsize,
        too_much: Callable[[], object] | None = None,
    ) -> None:
        self.others: list[LogLine] = []
        self._early: dict[tuple[str, str], list[AgiLine | Playback]] = {}
        self._ledger = ledger
        self._executing = Executing()
        self._loop = asyncio.get_running_loop()
        self._trying: asyncio.TimerHandle | None = None
        self._lines = FollowedLines(pieces, self._line, name="log", most=most, too_much=too_much)

    @property
    def unattributed(self) -> int:
        """How many lines belong to no scenario."""
        return len(self.others) + sum(map(len, self._early.values()))

    def forget_others(self) -> None:
        """What was said so far and belongs to no scenario is none of what comes now."""
        self.others.clear()

    async def caught_up(self, write_mark: Callable[[str], object], mark: str, *, within: float = 5.0) -> bool:
        """Whether everything logged before now has been read: a mark is written to the log and waited for."""
        if not await self._lines.reach(write_mark, mark, within=within):
            return False
        self._file_early()
        self.others = [line for line in self.others if not self._file(line)]
        return True

    def close(self) -> None:
        """Stop reading."""
        if self._trying is not None:
            self._trying.cancel()
        self._lines.close()

    def _line(self, line: bytes) -> None:
        for mark in self._lines.awaited:
            if mark.encode() in line:
                self._lines.pass_mark(mark)
        if self._passes_by(line):
            return
        self._executing.add(line)
        # Nine lines of ten say which priority is executed, and are worth reading only for a call id that is new.
        if b'"VERBOSE"' in line and not self._tells(line):
            return
        read = read_line(line, time.monotonic())
        if read is None:
            return
        if read.level == "VERBOSE":
            self._verbose(read, line)
        elif read.level in _KEPT:
            channel, spot = self._executing.where(line)
            read = msgspec.structs.replace(read, channel=channel, spot=spot)
            if not self._file(read):
                self.others.append(read)

    def _passes_by(self, line: bytes) -> bool:
        """Whether a line is of a call of which nothing more is kept."""
        call = _CALL_ID.search(line) if self._ledger.has_full else None
        return call is not None and self._ledger.is_full(call[1].decode())

    def _tells(self, line: bytes) -> bool:
        if any(telling in line for telling in _TELLING):
            return True
        call = _CALL_ID.search(line) if b"Executing [" in line else None
        if call is None:
            return False
        owner = self._of_call(call[1].decode())
        if owner is not None:
            owner.count_priority()
        return owner is None

    def _verbose(self, line: LogLine, data: bytes) -> None:
        seen = _heard(line)
        if seen is None:
            channel = _CHANNEL.search(line.message.partition('("')[2])
            if channel and line.call_id:
                self._ledger.claim(line.call_id, channel[1])
            return
        executing, spot = self._executing.where(data)
        if executing == seen.channel:  # else a thread that serves another channel
            seen = msgspec.structs.replace(seen, spot=spot)
        key = (seen.channel, line.call_id)
        owner = self._owner(*key) if key not in self._early else None
        if owner is not None:
            owner.feed(seen)
        else:
            self._early.setdefault(key, []).append(seen)
            self._try_again()

    def _try_again(self) -> None:
        if self._trying is None:
            self._trying = self._loop.call_later(_AGAIN, self._file_early)

    def _file_early(self) -> None:
        """Give what was too early to its scenario. One look for each call: there may be thousands of lines."""
        self._trying = None
        for key in tuple(self._early):
            if (owner := self._owner(*key)) is not None:
                for seen in self._early.pop(key):
                    owner.feed(seen)
        recent = time.monotonic() - _GIVEN_UP
        if any(lines[-1].at > recent for lines in self._early.values()):
            self._try_again()

    def _file(self, line: LogLine) -> bool:
        """Give a warning or error to its scenario; whether it has one, or is of the harness's own making."""
        channel = _CHANNEL.search(line.message, 0, _NAMED_WITHIN)
        owner = self._of_call(line.call_id) or (self._ledger.owner_of(channel[1]) if channel else None)
        if owner is None and (refused := _REFUSED.search(line.message, 0, _NAMED_WITHIN)):
            owner = self._ledger.holder_of(f"phone/{refused[1]}")
        if owner is None and (file := _CALL_FILE.search(line.message, 0, _NAMED_WITHIN)):
            if file[1] in self._ledger.taken_back:
                return True
            owner = self._ledger.owner_of(file[1])
        alone = self._ledger.alone
        if owner is None and alone is not None and alone.started <= line.at:
            owner = alone
        if owner is not None:
            owner.feed(line)
        return owner is not None

    def _owner(self, channel: str, call_id: str) -> Session | None:
        return self._ledger.owner_of(channel) or self._of_call(call_id)

    def _of_call(self, call_id: str) -> Session | None:
        return self._ledger.owner_of(call_id) if call_id else None


def _heard(line: LogLine) -> AgiLine | Playback | None:
    """What is played, or said in an AGI conversation; None for a line that tells neither."""
    if spoken := _AGI.match(line.message):
        is_asterisk = spoken["way"].startswith("Tx")
        who: Literal["asterisk", "script"] = "asterisk" if is_asterisk else "script"
        return AgiLine(line.at, who, spoken["channel"], spoken["line"], line.odd)
    if playing := _PLAYING.search(line.message, 0, _NAMED_WITHIN):
        return Playback(line.at, playing["channel"], playing["sound"], playing["language"] or "")
    return None
