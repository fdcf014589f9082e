"""The site's databases, as `[[database]]` in site.toml names them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from harness.asterisk.conf import Config
from harness.site.model import Database
from harness.site.reading.document import Node
from harness.site.reading.problems import did_you_mean

__all__ = ["PORTS", "databases_of", "odbc_sources", "wrong_databases"]

PORTS: Mapping[str, int] = {"postgresql": 5432, "mariadb": 3306}
"""Where the servers of each engine listen, if nobody says otherwise."""

_OURS = (5038, 8088, *range(21000, 22000))
_SECTION = re.compile(r"^\s*\[\s*(?P<name>[^\]]+?)\s*\]", re.MULTILINE)
_Databases = Sequence[tuple[Node, Database]]
_NO = frozenset({"no", "false", "n", "f", "0", "off"})


def databases_of(table: Node, root: Path) -> tuple[Database, ...]:
    """The databases of a site.toml that has been checked, in its order."""
    return tuple(_database(node, root) for node in table.entries("database"))


def wrong_databases(table: Node, root: Path, configs: Sequence[Config]) -> Iterator[tuple[int, str]]:
    """Line and words of what the schema cannot judge: names, dumps, ports, users, data sources."""
    databases = tuple((node, _database(node, root)) for node in table.entries("database"))
    yield from _twice(databases)
    yield from _wrong_ports(databases)
    ini = table.entry("data").string("odbc_ini")
    for node, _ in databases:
        for dump in node.strings("dump"):
            if not (root / dump).is_file():
                yield node.lines["dump"], f'"dump" is {dump!r}, and there is no such file in the site'
        yield from _wrong_sources(node, odbc_sources(configs), root / ini if ini else None, ini)


def odbc_sources(configs: Iterable[Config]) -> tuple[str, ...]:
    """The data sources that res_odbc.conf of these sides names and that are not switched off."""
    sections = (section for config in configs for section in config.file("res_odbc.conf").usable)
    used = (one.get("dsn") for one in sections if one.get("enabled", "yes").lower() not in _NO)
    return tuple(dict.fromkeys(dsn for dsn in used if dsn))


def _database(node: Node, root: Path) -> Database:
    return Database(
        name=node.string("name"),
        engine=node.string("engine"),
        dumps=tuple(root / dump for dump in node.strings("dump")),
        database=node.string("database") or node.string("name"),
        user=node.string("user"),
        password=node.string("password"),
        port=int(node.number("port", PORTS[node.string("engine")])),
        dsns=node.strings("dsn"),
        hosts=node.strings("hosts"),
        line=node.line,
    )


def _twice(databases: _Databases) -> Iterator[tuple[int, str]]:
    names: set[str] = set()
    places: set[tuple[str, str]] = set()
    sources: set[str] = set()
    passwords: dict[tuple[str, str], str] = {}
    for node, one in databases:
        if one.name in names:
            yield node.lines["name"], f'there is a database "{one.name}" already; each needs a name of its own'
        elif (one.engine, one.database) in places:
            yield node.line, f'there is "{one.database}" of {one.engine} already; give its dumps as one list'
        if passwords.setdefault((one.engine, one.user), one.password) != one.password:
            line = node.lines["password"]
            yield line, f'"{one.user}" has another password above; a server knows one of each user'
        for dsn in one.dsns:
            if dsn in sources:
                yield node.lines["dsn"], f'"dsn" is {dsn!r}, which is another database already'
            sources.add(dsn)
        names.add(one.name)
        places.add((one.engine, one.database))


def _wrong_ports(databases: _Databases) -> Iterator[tuple[int, str]]:
    """An engine has one server; its databases are found on one port."""
    ports: dict[str, int] = {}
    for node, one in databases:
        line = node.lines.get("port", node.line)
        first = ports.setdefault(one.engine, one.port)
        if one.port != first:
            yield line, f'"port" is {one.port}, and {first} above; the databases of {one.engine} are on one server'
        elif one.port in _OURS:
            yield line, f'"port" is {one.port}, which the harness needs itself'
        elif any(one.port == other for name, other in ports.items() if name != one.engine):
            yield line, f'"port" is {one.port}, where the other engine\'s server is'


def _wrong_sources(node: Node, used: Sequence[str], ini: Path | None, shown: str) -> Iterator[tuple[int, str]]:
    known, where = used, "res_odbc.conf of either side"
    if ini is not None and ini.is_file():
        text = ini.read_text(encoding="utf-8", errors="replace")
        known, where = tuple(found["name"] for found in _SECTION.finditer(text)), shown
    for dsn in node.strings("dsn"):
        if dsn not in known:
            yield node.lines["dsn"], f'"dsn" is {dsn!r}, and there is none in {where}{did_you_mean(dsn, known)}'
