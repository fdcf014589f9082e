"""What each thread of Asterisk executes, by its log: where in the dialplan a line of a call was written."""

from __future__ import annotations

import re
from collections import OrderedDict

from harness.asterisk.log import read_line
from harness.model import Spot

__all__ = ["Executing"]

_MARK = b"Executing ["
_THREAD = re.compile(rb'"lwp":\s*(\d+)')
_CALL = re.compile(rb'"callid":\s*"\[?(C-[0-9a-f]+)')
_PRIORITY = re.compile(
    r'Executing \[(?P<extension>.*)@(?P<context>[^@\]]*):(?P<priority>\d+)\] \w+\("(?P<channel>[^"]*)"', re.DOTALL
)
_MOST = 20_000
"""Threads that are remembered: those of calls that ended long ago are forgotten."""

Where = tuple[str, Spot | None]
"""A channel and what it executed."""
_NOWHERE: Where = ("", None)


class Executing:
    """The newest priority of each thread and each call.

    Nine lines of ten of a log say one, so they are read only when somebody asks.
    """

    def __init__(self) -> None:
        self._newest: OrderedDict[tuple[bytes, bytes], bytes | Where] = OrderedDict()

    def add(self, line: bytes) -> None:
        """Take a line of the log: what it executes, if it does, is the newest of its thread and its call."""
        if _MARK not in line or (call := _CALL.search(line)) is None:
            return
        for key in {(call[1], _thread(line)), (call[1], b"")}:
            self._newest[key] = line
            self._newest.move_to_end(key)
        while len(self._newest) > _MOST:
            self._newest.popitem(last=False)

    def where(self, line: bytes) -> Where:
        """The channel and the priority that a line's thread executes, else its call; empty and None if unknown."""
        call = _CALL.search(line)
        if call is None:
            return _NOWHERE
        for key in ((call[1], _thread(line)), (call[1], b"")):
            if found := self._newest.get(key):
                if isinstance(found, bytes):
                    found = self._newest[key] = _executed(found)
                return found
        return _NOWHERE


def _thread(line: bytes) -> bytes:
    found = _THREAD.search(line)
    return found[1] if found else b""


def _executed(line: bytes) -> Where:
    read = read_line(line)
    match = _PRIORITY.search(read.message) if read else None
    return (match["channel"], (match["context"], match["extension"], match["priority"])) if match else _NOWHERE
