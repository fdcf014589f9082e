"""The site's own modules that are built for each release, as `[[module]]` in site.toml names them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from harness.site.model import OwnModule
from harness.site.reading.document import Node

__all__ = ["own_modules_of", "wrong_own_modules"]


def own_modules_of(table: Node, root: Path) -> tuple[OwnModule, ...]:
    """The modules of a site.toml that has been checked, in its order."""
    return tuple(_own_module(node, root) for node in table.entries("module"))


def wrong_own_modules(table: Node, root: Path) -> Iterator[tuple[int, str]]:
    """Line and words of sources that are not there, or are there twice."""
    seen: set[Path] = set()
    for node in table.entries("module"):
        source, line = root / node.string("source"), node.lines["source"]
        if not source.is_dir():
            yield line, f'"source" is {node.string("source")!r}, and there is no such folder in the site'
        elif source.resolve() in seen:
            yield line, f'"source" is {node.string("source")!r}, which is built already, by a [[module]] above'
        seen.add(source.resolve())


def _own_module(node: Node, root: Path) -> OwnModule:
    usual = OwnModule(root / node.string("source"))
    return OwnModule(
        usual.source,
        node.string("build", usual.build),
        node.strings("packages"),
        node.number("seconds", usual.seconds),
        node.lines["source"],
        int(node.number("disk_mb", usual.disk_mb)),
    )
