"""AGI as a server hears and speaks it: the environment, then a command and its answer in turn."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from harness.record.said import LONGEST, Lines, Said, broken, ids_in

__all__ = ["AgiTalk"]

_USAGE, _USAGE_ENDS = b"520-", b"520 "


class AgiTalk:
    """One call that Asterisk has handed to a FastAGI server. Asterisk is who connected (`>`)."""

    def __init__(self) -> None:
        self._lines = {way: Lines() for way in "<>"}
        self._told: list[tuple[str, str]] | None = []
        self._usage: list[str] = []
        self._asked: deque[str] = deque()
        self._over = False

    def feed(self, way: str, piece: bytes) -> Iterable[Said]:
        """Take bytes; what the lines in them are."""
        lines = self._lines[way]
        was_overlong = lines.overlong
        for line in lines.feed(piece):
            yield from self._asterisk(line) if way == ">" else self._server(line)
        if lines.overlong and not was_overlong:
            yield broken(f"a line of more than {LONGEST} bytes")

    def end(self, way: str, why: str) -> Iterable[Said]:
        """Half a line, an environment without its end and a broken connection are worth telling.

        When the call has ended, or the server has, it is chance who closes first.
        """
        rest = self._lines[way].unfinished
        if rest:
            yield broken("the connection ended within a line", rest)
        if way == ">" and self._told is not None:
            yield broken("the connection ended within the environment")
        if why and not self._over:
            yield broken(why)
        self._over = self._over or way == "<"

    def _asterisk(self, line: bytes) -> Iterable[Said]:
        text = line.decode("utf-8", "surrogateescape")
        if self._told is not None:
            name, _, value = text.partition(":")
            if text:
                self._told.append((name, value.removeprefix(" ")))
                return
            headers, self._told = tuple(self._told), None
            ids = ids_in(value for name, value in headers if name in ("agi_uniqueid", "agi_channel"))
            yield Said("environment", headers, ids, whole=True)
        elif line == b"HANGUP":
            self._over = True
            yield Said("hangup", ())
        elif line.startswith(_USAGE) or (self._usage and not line.startswith(_USAGE_ENDS)):
            self._usage.append(text)
        else:
            answer = "\n".join([*self._usage, text])
            self._usage.clear()
            command = self._asked.popleft() if self._asked else ""
            yield Said("answer", (("Command", command), ("Answer", answer)))

    def _server(self, line: bytes) -> Iterable[Said]:
        text = line.decode("utf-8", "surrogateescape")
        if text.strip():
            self._asked.append(text)
            yield Said("command", (("Command", text),))
