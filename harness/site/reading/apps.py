"""The site's own programs, as `[[app]]` in site.toml names them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from harness.site.model import App, Ready
from harness.site.reading.document import Node
from harness.site.reading.problems import did_you_mean, one_of

__all__ = ["PLACEHOLDERS", "apps_of", "wrong_apps"]

PLACEHOLDERS = {"ami_port": "ami", "ari_port": "ari", "fastagi_port": "fastagi"}
"""What stands for a port of the lab, and the interface that it is there for."""

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_FASTAGI = 4573
_OURS = range(21000, 22000)


def apps_of(table: Node, root: Path) -> tuple[App, ...]:
    """The programs of a site.toml that has been checked, in its order."""
    return tuple(_app(node, root) for node in table.entries("app"))


def wrong_apps(table: Node, root: Path) -> Iterator[tuple[int, str]]:
    """Line and words of what the schema cannot judge: names, folders, placeholders, ports."""
    names: set[str] = set()
    ports: dict[int, str] = {}
    for node in table.entries("app"):
        name = node.string("name")
        if name in names:
            yield node.lines["name"], f'there is an app "{name}" already; each needs a name of its own'
        names.add(name)
        yield from _wrong_folder(node, root)
        yield from _wrong_placeholders(node)
        if "fastagi" in node.strings("uses"):
            yield from _wrong_port(node, name, ports)
        elif "fastagi_port" in node.fields:
            yield node.lines["fastagi_port"], '"fastagi_port" is for apps that have "fastagi" in "uses"'


def _app(node: Node, root: Path) -> App:
    ready = node.entry("ready")
    usual = Ready()
    fastagi = "fastagi" in node.strings("uses")
    return App(
        name=node.string("name"),
        command=node.strings("command"),
        folder=_folder(node, root),
        image=node.string("image"),
        uses=node.strings("uses"),
        environment=node.entry("environment").texts(),
        fastagi_port=int(node.number("fastagi_port", _FASTAGI if fastagi else 0)),
        ready=Ready(
            ready.string("text"),
            ready.string("port") or ("{fastagi_port}" if fastagi and not ready.string("text") else ""),
            ready.number("seconds", usual.seconds),
        ),
        stop_seconds=node.number("stop_seconds", 5.0),
        line=node.line,
    )


def _folder(node: Node, root: Path) -> Path | None:
    folder = root / node.string("folder", f"apps/{node.string('name')}")
    return folder if folder.is_dir() else None


def _wrong_folder(node: Node, root: Path) -> Iterator[tuple[int, str]]:
    if _folder(node, root) is not None:
        return
    named = node.get("folder")
    if named is not None:
        yield named.line, f'"folder" is {named.text!r}, and there is no such folder in the site'
    elif "image" not in node.fields:
        name = node.string("name")
        yield node.line, f'there is no folder apps/{name} with the files of the app; "folder" names another'


def _wrong_placeholders(node: Node) -> Iterator[tuple[int, str]]:
    uses = node.strings("uses")
    for value in _texts(node):
        for name in _PLACEHOLDER.findall(value.text):
            interface = PLACEHOLDERS.get(name)
            if interface is None and name.endswith("port"):
                yield value.line, f"there is no placeholder {{{name}}}{did_you_mean(name, PLACEHOLDERS)}"
            elif interface is not None and interface not in uses:
                yield value.line, f'{{{name}}} is there for apps that have "{interface}" in "uses"'


def _texts(node: Node) -> Iterator[Node]:
    for below in map(node.entry, ("command", "environment", "ready")):
        yield from (*below.items, *below.fields.values())


def _wrong_port(node: Node, name: str, ports: dict[int, str]) -> Iterator[tuple[int, str]]:
    port = int(node.number("fastagi_port", _FASTAGI))
    line = node.lines.get("fastagi_port", node.line)
    if port in ports:
        others = one_of((ports[port], name))
        yield line, f'"fastagi_port" is {port} for {others}: the dialplan could not tell them apart'
    elif port in _OURS:
        yield line, f'"fastagi_port" is {port}; {_OURS[0]} to {_OURS[-1]} are the harness\'s own'
    ports[port] = name
