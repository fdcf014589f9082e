"""AGI as a server hears and speaks it: the environment, then a command and its answer in turn."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from harness.asterisk.volatile import ids_in
from harness.model import text_of
from harness.record.said import LONGEST, LineCutter, Said, broken

__all__ = ["AgiTalk"]

_USAGE, _USAGE_ENDS = b"520-", b"520 "


class AgiTalk:
    """One call that Asterisk has handed to a FastAGI server. Asterisk is who connected (`>`)."""

    def __init__(self) -> None:
        self._lines = {way: LineCutter() for way in "<>"}
        self._environment: list[bytes] | None = []
        self._usage: list[bytes] = []
        self._unanswered: deque[str] = deque()
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
        if way == ">" and self._environment is not None:
            yield broken("the connection ended within the environment")
        if why and not self._over:
            yield broken(why)
        self._over = self._over or way == "<"

    def _asterisk(self, line: bytes) -> Iterable[Said]:
        if self._environment is not None:
            if line:
                self._environment.append(line)
                return
            said, self._environment = _environment(self._environment), None
            yield said
        elif line == b"HANGUP":
            self._over = True
            yield Said("hangup")
        elif line.startswith(_USAGE) or (self._usage and not line.startswith(_USAGE_ENDS)):
            self._usage.append(line)
        else:
            answer = b"\n".join([*self._usage, line])
            self._usage.clear()
            command = self._unanswered.popleft() if self._unanswered else ""
            text, odd = text_of(answer)
            yield Said("answer", details=(("Command", command), ("Answer", text)), odd=odd)

    def _server(self, line: bytes) -> Iterable[Said]:
        if line.strip():
            text, odd = text_of(line)
            self._unanswered.append(text)
            yield Said("command", details=(("Command", text),), odd=odd)


def _environment(lines: Sequence[bytes]) -> Said:
    text, odd = text_of(b"\n".join(lines))
    parts = (line.partition(":") for line in text.split("\n") if line)
    headers = tuple((name, value.removeprefix(" ")) for name, _, value in parts)
    ids = ids_in(value for name, value in headers if name in ("agi_uniqueid", "agi_channel"))
    return Said("environment", details=headers, odd=odd, ids=ids, whole=True)
