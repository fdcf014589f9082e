"""A shell in a container that stays open: asking it costs some milliseconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from shlex import quote
from typing import TYPE_CHECKING

from harness.errors import LabError
from harness.lab.engine.exec_stream import ExecStream

if TYPE_CHECKING:
    from docker.models.containers import Container

__all__ = ["FileState", "Shell"]

_ANSWER = (
    'copy=$(mktemp); ( {command}\n) >"$copy" 2>/dev/null </dev/null; wc -c <"$copy"; cat "$copy"; rm -f "$copy"\n'
)
_LIST = "cd {folder} && find . -type f -exec stat -c '%s %Y %n' {{}} +"
# How many bytes follow, and these; an empty line where the file cannot be read.
_READ = """\
if tail -c +{begin} {path} >"$copy.part"; then
  head -c {most} "$copy.part" >"$copy.head"; wc -c <"$copy.head"; cat "$copy.head"
else echo; fi"""
_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class FileState:
    """Bytes of a file, and when it was changed last, in whole seconds since 1970."""

    size: int
    changed: int


class Shell:
    """One shell, for one who asks at a time. `close` it in the end."""

    def __init__(self, container: Container, *, name: str, environment: Mapping[str, str] | None = None) -> None:
        self._stream = ExecStream(container, ["sh"], environment=environment)
        self._name = name
        self._rest = b""

    def ask(self, command: str, *, within: float) -> bytes:
        """What a command prints. LabError when the shell is gone, or so many seconds pass without an answer."""
        try:
            self._stream.limit(within)
            self._stream.send(_ANSWER.format(command=command).encode("utf-8", "surrogateescape"))
            size = int(self._read_until(b"\n"))
            while len(self._rest) < size:
                self._rest += self._piece()
        except (OSError, ValueError) as problem:
            why = f"{problem}" or type(problem).__name__
            raise LabError(f"{self._name}: a shell in the container does not answer: {why}") from problem
        answer, self._rest = self._rest[:size], self._rest[size:]
        return answer

    def list_files(self, folder: str) -> dict[str, FileState]:
        """Plain files below a folder, by their path relative to it. None without one."""
        printed = self.ask(_LIST.format(folder=quote(folder)), within=_SECONDS)
        found = (line.split(" ", 2) for line in printed.decode("utf-8", "surrogateescape").splitlines())
        return {
            words[2].removeprefix("./"): FileState(int(words[0]), int(words[1]))
            for words in found
            if len(words) > 2 and words[0].isdecimal()
        }

    def read_added(self, folder: str, since: Mapping[str, int], *, most: int) -> dict[str, bytes]:
        """What stands in files below a folder from so many bytes on, at most so many bytes of each.

        A file that is gone by then is left out.
        """
        asked = (
            _READ.format(begin=begin + 1, path=quote(f"./{path}"), most=most) for path, begin in since.items()
        )
        command = "\n".join((f"cd {quote(folder)} || exit", *asked, 'rm -f "$copy.part" "$copy.head"'))
        data = self.ask(command, within=_SECONDS)
        found: dict[str, bytes] = {}
        for path in since:
            size, _, data = data.partition(b"\n")
            if count := size.strip():
                found[path], data = data[: int(count)], data[int(count) :]
        return found

    def close(self) -> None:
        """End it."""
        self._stream.close()

    def _read_until(self, end: bytes) -> bytes:
        while end not in self._rest:
            self._rest += self._piece()
        found, _, self._rest = self._rest.partition(end)
        return found

    def _piece(self) -> bytes:
        if piece := self._stream.piece():
            return piece
        raise OSError("it has ended")
