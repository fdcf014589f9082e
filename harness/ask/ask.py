"""What the files of a running instance say, asked through the engine."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

__all__ = ["Ask", "Runs"]

_MARK = "\x1e"
_FILES = (
    'cd "$1" && find -L . -type f -size -512k | sort |'
    ' while read -r file; do printf "\\036%s\\n" "$file"; cat "$file"; done'
)
_PATHS = 'cd "$1" 2>/dev/null && find -L . -type f 2>/dev/null | sort; :'
_EXISTING = 'for path; do test -e "$path" && printf "%s\\n" "$path"; done; :'
# So many arguments at once stay far below what a kernel takes for one program.
_BATCH = 500


class Runs(Protocol):
    """What is needed of an instance of the lab. Both methods block."""

    def run(self, *argv: str) -> str: ...
    def read_file(self, path: str) -> bytes: ...


class Ask:
    """Asks for the files of an instance, for many with one call of the engine."""

    def __init__(self, instance: Runs) -> None:
        self._instance = instance

    async def files(self, folder: str) -> Mapping[str, str]:
        """Text of the plain files below a folder by their path relative to it; empty where there is none."""
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
        """A file's content. FileNotFoundError where there is none."""
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
