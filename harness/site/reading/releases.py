"""Releases that are files of this machine: `source:PATH` and `deb:PATH@debian:SUITE`, with the path made whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from harness.site.model import SiteSide
from harness.site.reading.document import Node

__all__ = ["missing_path", "placed", "wrong_releases"]


def placed(spec: str, folder: Path) -> str:
    """The same release, its path absolute; a relative one begins in `folder`. Others are as they were."""
    kind, _, rest = spec.partition(":")
    if kind == "source":
        return f"{kind}:{(folder / rest).resolve()}"
    path, at, base = rest.rpartition("@")
    return f"{kind}:{(folder / path).resolve()}{at}{base}" if kind == "deb" else spec


def wrong_releases(table: Node, old: SiteSide, candidate: SiteSide) -> Iterator[tuple[int, str]]:
    """Line and words of files that are not there, and of one source that is to be two releases."""
    for name, side in (("old", old), ("candidate", candidate)):
        if path := missing_path(side.release):
            yield (
                table.entry(name).lines["release"],
                f'"release" names {path}, and there is no such file or folder',
            )
    if candidate.build and old.release == candidate.release and old.build != candidate.build:
        text = "the old release is built from the same source, and otherwise; name it by another path (a copy)"
        yield candidate.build.line, text


def missing_path(spec: str) -> Path | None:
    """The path that a release names, where nothing is there."""
    path = _path(spec)
    return path if path and not path.exists() else None


def _path(spec: str) -> Path | None:
    kind, _, rest = spec.partition(":")
    if kind == "source":
        return Path(rest)
    return Path(rest.rpartition("@")[0]) if kind == "deb" else None
