"""Asterisk's log while it is written: what is wrong, what is played, what AGI scripts say, told apart by call."""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from harness.model import Via
from harness.record.ledger import Ledger
from harness.record.session import Session

__all__ = ["LogLine", "LogTail", "Pieces", "parse_line"]

_KEPT = frozenset({"NOTICE", "WARNING", "ERROR"})
_AGAIN, _GIVEN_UP = 0.05, 5.0
_CHANNEL = re.compile(r"([A-Za-z0-9]+/[^\s,;&|()\"'<>]*-[0-9a-f]{8}(?:;[12])?)")
_PLAYING = re.compile(
    r"<(?P<channel>[^>]+)> Playing '(?P<sound>[^']+?)(?:\.\w+)?'(?: \(language '(?P<language>\w*)'\))?"
)
# What `agi set debug on` makes Asterisk tell, for scripts and servers of all kinds: every line, both ways.
_AGI = re.compile(r"<(?P<channel>[^>]+)>AGI (?P<way>Tx >>|Rx <<) ?(?P<line>.*)", re.DOTALL)
_TOLD = (b"Playing '", b">AGI ")
_CALL_ID = re.compile(rb'"callid":"\[?(C-[0-9a-f]+)')
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the log as Asterisk wrote it."""

    level: str
    file: str
    function: str
    line: int
    call_id: str
    message: str

    @property
    def raw(self) -> str:
        """The line as headers, in the form in which traces keep it."""
        return (
            f"Level: {self.level}\r\nFile: {self.file}\r\nFunction: {self.function}\r\nLine: {self.line}\r\n"
            f"CallID: {self.call_id}\r\nMessage: {_in_one_line(self.message.strip())}\r\n"
        )


def parse_line(text: str) -> LogLine | None:
    """Read one line of the JSON log; None when it is none (cut off by a crash, say)."""
    try:
        entry = json.loads(text)
        place, said = entry["logmsg"]["location"], entry["logmsg"]
        return LogLine(
            said["level"],
            place["filename"],
            place["function"],
            int(place["line"]),
            entry["identifiers"]["callid"].strip("[]"),
            _COLOUR.sub("", said["message"]).strip("\n"),
        )
    except (ValueError, KeyError, TypeError):
        return None


class Pieces(Protocol):
    """A file as it grows."""

    def __iter__(self) -> Iterator[bytes]: ...
    def close(self) -> None: ...


class LogTail:
    """Follows one instance's log in a thread and files its lines in the ledger, in the event loop.

    The log may be quicker than the wire: a line of a call that is not known yet is tried again later. `others`
    are those, and in the end the warnings and errors that belong to no scenario, with the time they were read.
    """

    def __init__(self, pieces: Pieces, ledger: Ledger) -> None:
        self.others: list[tuple[float, LogLine]] = []
        self._pieces = pieces
        self._ledger = ledger
        self._rest = b""
        self._loop = asyncio.get_running_loop()
        self._marks: dict[str, asyncio.Event] = {}
        self._trying: asyncio.TimerHandle | None = None
        self._thread = threading.Thread(target=self._follow, name="log", daemon=True)
        self._thread.start()

    async def caught_up(self, write_mark: Callable[[str], object], mark: str, *, within: float = 5.0) -> bool:
        """Whether everything logged before now has been read: a mark is written to the log and waited for."""
        event = self._marks[mark] = asyncio.Event()
        try:
            result = write_mark(mark)
            if asyncio.iscoroutine(result):
                await result
            async with asyncio.timeout(within):
                await event.wait()
        except TimeoutError:
            return False
        finally:
            del self._marks[mark]
        self.others = [(at, line) for at, line in self.others if not self._file(line, at)]
        return True

    def close(self) -> None:
        """Stop reading."""
        if self._trying is not None:
            self._trying.cancel()
        self._pieces.close()
        self._thread.join(timeout=2)

    def _follow(self) -> None:
        try:
            for piece in self._pieces:
                self._loop.call_soon_threadsafe(self._feed, piece)
        except Exception:  # the container or the loop is gone: what was read stays
            return

    def _feed(self, piece: bytes) -> None:
        *lines, self._rest = (self._rest + piece).split(b"\n")
        for line in lines:
            self._line(line)

    def _line(self, line: bytes) -> None:
        for mark, event in self._marks.items():
            if mark.encode() in line:
                event.set()
        # Nine lines of ten say which priority is executed, and are worth reading only for a call id that is new.
        if b'"VERBOSE"' in line and not self._tells(line):
            return
        parsed = parse_line(line.decode("utf-8", "surrogateescape"))
        if parsed is None:
            return
        now = time.monotonic()
        if not self._file(parsed, now):
            self.others.append((now, parsed))
            if parsed.level == "VERBOSE":
                self._try_again()

    def _try_again(self) -> None:
        """Somebody may wait for a sound whose line was quicker than the wire: it is not filed in the end only."""
        if self._trying is None:
            self._trying = self._loop.call_later(_AGAIN, self._file_others)

    def _file_others(self) -> None:
        self._trying = None
        waited = self._is_waited_for
        left = [(at, line) for at, line in self.others if not (waited(at, line) and self._file(line, at))]
        self.others = left
        if any(waited(at, line) for at, line in left):
            self._try_again()

    @staticmethod
    def _is_waited_for(at: float, line: LogLine) -> bool:
        return line.level == "VERBOSE" and at > time.monotonic() - _GIVEN_UP

    def _tells(self, line: bytes) -> bool:
        return any(told in line for told in _TOLD) or self._introduces_a_call(line)

    def _introduces_a_call(self, line: bytes) -> bool:
        found = _CALL_ID.search(line) if b"Executing [" in line else None
        return found is not None and self._of_call(found[1].decode()) is None

    def _file(self, line: LogLine, at: float) -> bool:
        """Give a line to its scenario; whether that is done with it."""
        if line.level == "VERBOSE":
            return self._verbose(line, at)
        if line.level not in _KEPT:
            return True
        channel = _CHANNEL.search(line.message)
        owner = self._of_call(line.call_id) or (self._ledger.owner_of(channel[1]) if channel else None)
        alone = self._ledger.alone
        if owner is None and alone is not None and alone.started <= at:
            owner = alone
        if owner is not None:
            owner.note("log", line.raw, at)
        return owner is not None

    def _verbose(self, line: LogLine, at: float) -> bool:
        if spoken := _AGI.match(line.message):
            return self._give("agi", spoken["channel"], line.call_id, _spoken(spoken), at)
        playing = _PLAYING.search(line.message)
        if playing is None:
            channel = _CHANNEL.search(line.message.partition('("')[2])
            if channel and line.call_id:
                self._ledger.claim(line.call_id, channel[1])
            return True
        return self._give("log", playing["channel"], line.call_id, _playback(playing), at)

    def _give(self, via: Via, channel: str, call_id: str, raw: str, at: float) -> bool:
        owner = self._ledger.owner_of(channel) or self._of_call(call_id)
        if owner is not None:
            owner.note(via, raw, at)
        return owner is not None

    def _of_call(self, call_id: str) -> Session | None:
        return self._ledger.owner_of(call_id) if call_id else None


def _playback(playing: re.Match[str]) -> str:
    """What was played, in the form of an event: the same for builds that send such an event and those without."""
    return (
        f"Event: Playback\r\nChannel: {playing['channel']}\r\nSound: {playing['sound']}\r\n"
        f"Language: {playing['language'] or ''}\r\n"
    )


def _spoken(spoken: re.Match[str]) -> str:
    """A line of an AGI conversation: who says it on which channel."""
    who = "asterisk" if spoken["way"].startswith("Tx") else "script"
    return f"Agi: {who}\r\nChannel: {spoken['channel']}\r\nLine: {_in_one_line(spoken['line'])}\r\n"


def _in_one_line(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\r", "\\r").replace("\n", "\\n")
