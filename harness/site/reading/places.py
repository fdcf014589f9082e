"""Where site.toml says that things lie: all of it within the site, and all of it readable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from harness.site.reading.below import leads_out, unusable
from harness.site.reading.builds import build_files
from harness.site.reading.document import Node

__all__ = ["unusable_of", "wrong_places"]


def _named_paths(table: Node) -> Iterator[tuple[str, Node, int]]:
    """What site.toml names in the site: key, path, and line."""
    for side in ("old", "candidate"):
        for key in ("config", "modules", "makeopts"):
            if node := table.entry(side).get(key):
                yield key, node, node.line
        for key, node in build_files(table.entry(side).entry("build")):
            yield key, node, node.line
    for key, node in table.entry("data").fields.items():
        yield key, node, node.line
    if node := table.get("production"):
        yield "production", node, node.line
    for app in table.entries("app"):
        if node := app.get("folder"):
            yield "folder", node, node.line
    for module in table.entries("module"):
        if node := module.get("source"):
            yield "source", node, node.line
    for database in table.entries("database"):
        for node in database.entries("dump") or filter(None, [database.get("dump")]):
            yield "dump", node, database.lines["dump"]
    for node in table.entries("notes"):
        yield "notes", node, node.line


def wrong_places(table: Node, root: Path) -> Iterator[tuple[int, str]]:
    """Line and words of each that leads out of the site."""
    for key, node, line in _named_paths(table):
        if real := leads_out(root / node.text, root):
            yield line, f'"{key}" is {node.text!r}, which leads out of the site, to {real}; copy it into the site'


def unusable_of(table: Node, root: Path, configs: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """Files below these that lie elsewhere or cannot be read. A folder of the command line stands for itself."""
    apps = [root / "apps" / app.string("name") for app in table.entries("app") if app.get("folder") is None]
    named = [root / node.text for _, node, _ in _named_paths(table)]
    ours = [config for config in configs if config.is_relative_to(root)]
    yield from unusable(dict.fromkeys((*ours, *named, *apps)), root)
    for config in configs:
        if config not in ours:
            yield from unusable([config], config)
