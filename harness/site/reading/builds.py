"""How releases were built, or are to be: `makeopts` of [old], [old.build] and [candidate.build] in site.toml."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from harness.site.model import Build
from harness.site.reading.document import Node

__all__ = ["build_files", "build_of", "makeopts_of", "wrong_builds"]


def build_of(side: Node, root: Path) -> Build | None:
    """How one side is built, of a site.toml that has been checked; None where it does not say."""
    node = side.get("build")
    if node is None:
        return None
    usual = Build()
    return Build(
        base=node.string("base"),
        makeopts=_file(node, "makeopts", root),
        configure=node.strings("configure"),
        patches=tuple(root / name for name in node.strings("patches")),
        line=side.lines["build"],
        seconds=node.number("seconds", usual.seconds),
        disk_mb=int(node.number("disk_mb", usual.disk_mb)),
    )


def makeopts_of(side: Node, root: Path) -> Path | None:
    """The choices of one side's build: those that it names, else those that it is built with."""
    return _file(side, "makeopts", root) or _file(side.entry("build"), "makeopts", root)


def build_files(build: Node) -> Iterator[tuple[str, Node]]:
    """Key and value of every file that a table `build` names."""
    if node := build.get("makeopts"):
        yield "makeopts", node
    yield from (("patches", node) for node in build.entries("patches"))


def wrong_builds(table: Node, root: Path) -> Iterator[tuple[int, str]]:
    """Line and words of files that are not there."""
    for side in (table.entry("old"), table.entry("candidate")):
        given = side.get("makeopts")
        for key, node in (*([("makeopts", given)] if given else ()), *build_files(side.entry("build"))):
            if not (root / node.text).is_file():
                yield node.line, f'"{key}" names {node.text!r}, and there is no such file in the site'


def _file(node: Node, key: str, root: Path) -> Path | None:
    named = node.get(key)
    return root / named.text if named else None
