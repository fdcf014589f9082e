"""The one seam between an inventory and a running Asterisk: questions out, text in."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

__all__ = ["Ask", "ContainerAsk", "Runs"]

_MARK = "\x1e"
_COMMANDS = 'binary=$1; shift; for command; do printf "\\036%s\\n" "$command"; "$binary" -rx "$command" 2>&1; done'
_FILES = (
    'cd "$1" && find -L . -type f -size -512k | sort |'
    ' while read -r file; do printf "\\036%s\\n" "$file"; cat "$file"; done'
)
_PATHS = 'cd "$1" 2>/dev/null && find -L . -type f 2>/dev/null | sort; :'
_EXISTING = 'for path; do test -e "$path" && printf "%s\\n" "$path"; done; :'
# So many arguments at once stay far below what a kernel takes for one program.
_BATCH = 500


class Ask(Protocol):
    """Everything an inventory wants to know of one instance."""

    async def cli(self, commands: Sequence[str]) -> tuple[str, ...]:
        """What each command of Asterisk's command line prints, in the order asked."""
        ...

    async def files(self, folder: str) -> Mapping[str, str]:
        """Text of the plain files below a folder by their path relative to it; empty where there is none."""
        ...

    async def names(self, folder: str) -> tuple[str, ...]:
        """Names in a folder; empty where there is none."""
        ...

    async def paths(self, folder: str) -> tuple[str, ...]:
        """Paths of the plain files below a folder, relative to it; empty where there is none."""
        ...

    async def read(self, path: str) -> bytes:
        """A file's content. FileNotFoundError where there is none."""
        ...

    async def existing(self, paths: Iterable[str]) -> frozenset[str]:
        """Those of the paths that are there."""
        ...


class Runs(Protocol):
    """What is needed of an instance of the lab. Both methods block."""

    def run(self, *argv: str) -> str: ...
    def read_file(self, path: str) -> bytes: ...


class ContainerAsk:
    """Asks an instance of the lab, many questions with one call of the engine."""

    def __init__(self, instance: Runs, *, binary: str = "asterisk") -> None:
        self._instance = instance
        self._binary = binary

    async def cli(self, commands: Sequence[str]) -> tuple[str, ...]:
        """What each command prints, in the order asked."""
        answers: list[str] = []
        for start in range(0, len(commands), _BATCH):
            batch = commands[start : start + _BATCH]
            text = await self._run("sh", "-c", _COMMANDS, "sh", self._binary, *batch)
            parts = tuple(_parts(text))
            if len(parts) != len(batch):
                raise OSError(f"asked {len(batch)} commands, got {len(parts)} answers: {text[:200]!r}")
            answers += (body for _, body in parts)
        return tuple(answers)

    async def files(self, folder: str) -> Mapping[str, str]:
        """Text of the plain files below a folder by their path relative to it."""
        text = await self._run("sh", "-c", _FILES, "sh", folder)
        return {name.removeprefix("./"): body for name, body in _parts(text)}

    async def names(self, folder: str) -> tuple[str, ...]:
        """Names in a folder; empty where there is none."""
        return tuple((await self._run("sh", "-c", 'ls "$1" 2>/dev/null', "sh", folder)).splitlines())

    async def paths(self, folder: str) -> tuple[str, ...]:
        """Paths of the plain files below a folder, relative to it, links followed; empty where there is none."""
        text = await self._run("sh", "-c", _PATHS, "sh", folder)
        return tuple(path.removeprefix("./") for path in text.splitlines())

    async def read(self, path: str) -> bytes:
        """A file's content."""
        return await asyncio.to_thread(self._instance.read_file, path)

    async def existing(self, paths: Iterable[str]) -> frozenset[str]:
        """Those of the paths that are there."""
        wanted = sorted(set(paths))
        found: set[str] = set()
        for start in range(0, len(wanted), _BATCH):
            text = await self._run("sh", "-c", _EXISTING, "sh", *wanted[start : start + _BATCH])
            found.update(text.splitlines())
        return frozenset(found)

    async def _run(self, *argv: str) -> str:
        return await asyncio.to_thread(self._instance.run, *argv)


def _parts(text: str) -> Iterator[tuple[str, str]]:
    for part in text.split(_MARK)[1:]:
        name, _, body = part.partition("\n")
        yield name, body
