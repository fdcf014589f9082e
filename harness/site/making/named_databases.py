"""Databases that a configuration names, and whether a dump of each is there."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.asterisk.conf import Config, is_true
from harness.model import Place

__all__ = ["NamedDatabase", "databases_of", "is_dumped"]

_HEAD = 64 * 1024
# Files in which a section names a database, what for, and by which option: `dbname` is that of a database itself,
# any other that of a class of res_odbc.conf or a data source.
_NAMED: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "res_pgsql.conf": ("realtime", ("dbname",)),
    "res_config_mysql.conf": ("realtime", ("dbname",)),
    "res_mysql.conf": ("realtime", ("dbname",)),
    "cdr_pgsql.conf": ("call records", ("dbname",)),
    "cdr_mysql.conf": ("call records", ("dbname",)),
    "cel_pgsql.conf": ("channel events", ("dbname",)),
    "cdr_tds.conf": ("call records", ("dbname",)),
    "cel_tds.conf": ("channel events", ("dbname",)),
    "cdr_adaptive_odbc.conf": ("call records", ("connection",)),
    "cdr_odbc.conf": ("call records", ("dsn",)),
    "cel_odbc.conf": ("channel events", ("connection",)),
    "func_odbc.conf": ("functions of the dialplan", ("dsn", "readhandle", "writehandle")),
    "voicemail.conf": ("voicemail", ("odbcstorage",)),
}
_SQL_DRIVERS = frozenset({"odbc", "pgsql", "mysql"})


@dataclass(frozen=True, slots=True)
class NamedDatabase:
    """One database. `named`: its name is known, and not only that of a data source (ODBC), so a dump has it."""

    name: str
    use: str
    place: Place
    named: bool = False


def databases_of(config: Config) -> tuple[NamedDatabase, ...]:
    """Databases by the first place that names each, in the order of files."""
    found: dict[str, NamedDatabase] = {}
    for database in (*_odbc(config), *_in_sections(config), *_realtime(config)):
        found.setdefault(database.name.lower(), database)
    return tuple(found.values())


def is_dumped(database: NamedDatabase, dumps: tuple[Path, ...]) -> bool:
    """Whether there is a dump of it: any will do for a data source of ODBC, else one that has its name."""
    if not database.named:
        return bool(dumps)
    word = re.compile(rf"(?<![A-Za-z0-9]){re.escape(database.name)}(?![A-Za-z0-9])", re.IGNORECASE)
    return any(word.search(dump.name) or word.search(_head(dump)) for dump in dumps)


def _odbc(config: Config) -> Iterator[NamedDatabase]:
    """Classes of res_odbc.conf that are enabled."""
    for section in config.file("res_odbc.conf").usable:
        source = section.option("dsn")
        if is_true(section.get("enabled")) and source and source.value:
            yield NamedDatabase(section.name, f"ODBC, data source {source.value}", source.place)


def _in_sections(config: Config) -> Iterator[NamedDatabase]:
    for file, (use, names) in _NAMED.items():
        for section in config.file(file).usable:
            for option in filter(None, map(section.option, names)):
                named = option.name.lower() == "dbname"
                name = option.value if named else option.value.partition(",")[0].strip()
                if option.value:
                    yield NamedDatabase(name, use, option.place, named=named)


def _realtime(config: Config) -> Iterator[NamedDatabase]:
    """`family => driver,database,table` of extconfig.conf."""
    for option in config.file("extconfig.conf").options("settings"):
        driver, _, rest = option.value.partition(",")
        name = rest.partition(",")[0].strip().strip('"').partition("/")[0]
        if driver.strip().lower() in _SQL_DRIVERS and name:
            yield NamedDatabase(name, f"realtime, {option.name}", option.place)


def _head(dump: Path) -> str:
    """The beginning of a dump, empty where it cannot be read here."""
    try:
        with gzip.open(dump) if dump.suffix.lower() == ".gz" else dump.open("rb") as file:
            return file.read(_HEAD).decode("utf-8", "replace")
    except (OSError, EOFError, zlib.error):
        return ""
