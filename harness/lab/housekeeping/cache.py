"""Where the harness keeps what it may lose: facts about images, load baselines, locks. Never a site's data."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import msgspec

from harness.errors import LabError, reason_of
from harness.model import storage

__all__ = ["cache_folder", "load", "lock", "store"]

T = TypeVar("T")


def cache_folder() -> Path:
    """The user's cache folder of the harness (XDG), made where there is none."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path(os.environ.get("HOME") or "/tmp") / ".cache")
    folder = base / "asterisk-upgrade-harness"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def load(kind: str, key: str, type_: type[T], *, form: int = 1) -> T | None:
    """What was stored, None where nothing was, or anything of another form or type: it is asked for again."""
    try:
        document = msgspec.json.decode(_path(kind, key).read_bytes())
        return storage.converted(document["value"], type_) if document["form"] == form else None
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None


def store(kind: str, key: str, value: object, *, form: int = 1) -> None:
    """Keep a value with the number of its form. A reader sees all of it or nothing.

    Where it cannot be kept (a full disk, say) nothing is: it will be asked for again.
    """
    with suppress(OSError):
        path = _path(kind, key)
        path.parent.mkdir(exist_ok=True)
        with TemporaryDirectory(prefix=".", dir=path.parent) as beside:
            made = Path(beside, path.name)
            made.write_bytes(msgspec.json.encode({"form": form, "value": value}, order="deterministic"))
            made.replace(path)


@contextmanager
def lock(name: str) -> Iterator[None]:
    """One process at a time, on this machine and for this user; a dead process holds nothing.

    Raises LabError where there is no place for it.
    """
    try:
        folder = cache_folder() / "locks"
        folder.mkdir(exist_ok=True)
        file = (folder / name.replace("/", "_").replace(":", "_")).open("w")
    except OSError as problem:
        raise LabError(
            f"{problem.filename}: cannot be written ({reason_of(problem)}); XDG_CACHE_HOME may name another folder"
        ) from problem
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _path(kind: str, key: str) -> Path:
    return cache_folder() / kind / f"{key.removeprefix('sha256:')}.json"
