"""Which files an `#include` means: globs, braces, and nothing outside of the configuration folder."""

from __future__ import annotations

import glob
import re
from collections.abc import Collection, Iterable
from fnmatch import fnmatchcase
from pathlib import Path

__all__ = ["included"]

_BRACES = re.compile(r"\{([^{}]*)\}")
_MOST = 64


def included(folder: Path, texts: Collection[str], target: str, *, etc: str) -> tuple[str, ...] | None:
    """Paths, relative to the folder, of the files that are there; None when the target leads out of it.

    `etc` is what the machine calls the folder. Where its links lead is for whoever reads the site to check.
    """
    relative = re.sub("/+", "/", target)
    relative = relative.removeprefix(f"{etc.rstrip('/')}/")
    if relative.startswith("/") or ".." in relative.split("/"):
        return None
    found: dict[str, None] = {}
    for pattern in _alternatives(relative):
        names = _matching(folder, texts, pattern) if glob.has_magic(pattern) else [pattern]
        found.update((name, None) for name in names if name in texts or _is_ours(folder, name))
    return tuple(found)


def _matching(folder: Path, texts: Iterable[str], pattern: str) -> list[str]:
    """As the C library does it: no hidden files, and `**` is no more than `*`."""
    found = glob.glob(pattern, root_dir=folder)  # noqa: PTH207 # pathlib's globs differ in both
    return sorted({*found, *(name for name in texts if _matches(name.split("/"), pattern.split("/")))})


def _matches(parts: list[str], patterns: list[str]) -> bool:
    return len(parts) == len(patterns) and all(
        fnmatchcase(part, pattern) and (part[:1] != "." or pattern[:1] == ".")
        for part, pattern in zip(parts, patterns, strict=True)
    )


def _is_ours(folder: Path, name: str) -> bool:
    try:
        return (folder / name).is_file()
    except (OSError, ValueError):  # a name too long
        return False


def _alternatives(pattern: str) -> list[str]:
    """`{a,b}.conf` as `a.conf` and `b.conf`; braces beyond a sane number are left as they are."""
    todo, done = [pattern], list[str]()
    while todo and len(todo) + len(done) <= _MOST:
        first = todo.pop(0)
        braces = _BRACES.search(first)
        if braces is None:
            done.append(first)
            continue
        todo[:0] = [first[: braces.start()] + part + first[braces.end() :] for part in braces[1].split(",")]
    return done + todo
