"""ODBC as the site has it: /etc/odbc.ini and /etc/odbcinst.ini of an instance. Pure.

A file of the site's own is taken as it is. Without one, each data source that site.toml names is written, and a
driver for each name that such files usually have.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from harness.model.report import OverlayLine

if TYPE_CHECKING:
    from harness.site import Data, Database

__all__ = ["ODBC_INI", "SOCKET_FOLDERS", "odbc_files", "odbc_lines"]

ODBC_INI, ODBCINST_INI = "/etc/odbc.ini", "/etc/odbcinst.ini"
SOCKET_FOLDERS = ("/run/mysqld", "/run/postgresql")
"""Where clients look for a server at `localhost`, which for some of them is never TCP."""

_POSTGRESQL, _MARIADB = "psqlodbcw.so", "libmaodbc.so"  # found in ODBC's own folder, whatever the machine
_DRIVERS = {
    "PostgreSQL Unicode": _POSTGRESQL,
    "PostgreSQL ANSI": "psqlodbca.so",
    "PostgreSQL": _POSTGRESQL,
    "MariaDB Unicode": _MARIADB,
    "MariaDB": _MARIADB,
    "MySQL": _MARIADB,
}
_DRIVER = {"postgresql": "PostgreSQL Unicode", "mariadb": "MariaDB Unicode"}
_KEYS = {"postgresql": ("Servername", "Username"), "mariadb": ("Server", "User")}
_WHY = "the site's database, beside each instance"


def odbc_files(databases: Iterable[Database], data: Data) -> Mapping[str, bytes]:
    """The files by their path; none for a site that has neither databases nor files of ODBC."""
    databases = tuple(databases)
    files = {}
    if databases:
        drivers = "\n".join(f"[{name}]\nDriver = {library}\n" for name, library in _DRIVERS.items())
        files[ODBC_INI] = "\n".join(_sources(databases)).encode()
        files[ODBCINST_INI] = drivers.encode()
    own = {ODBC_INI: data.odbc_ini, ODBCINST_INI: data.odbcinst_ini}
    return files | {name: path.read_bytes() for name, path in own.items() if path is not None}


def odbc_lines(databases: Iterable[Database], data: Data) -> tuple[OverlayLine, ...]:
    """What of it the harness wrote, for the report, without passwords."""
    if data.odbc_ini is not None:
        return ()
    texts = (line for source in _sources(databases, shown=True) for line in source.splitlines())
    return tuple(OverlayLine(ODBC_INI, text, _WHY) for text in texts)


def _sources(databases: Iterable[Database], *, shown: bool = False) -> Iterable[str]:
    for one in databases:
        server, user = _KEYS[one.engine]
        for dsn in one.dsns:
            yield (
                f"[{dsn}]\nDriver = {_DRIVER[one.engine]}\n{server} = 127.0.0.1\nPort = {one.port}\n"
                f"Database = {one.database}\n{user} = {one.user}\n"
                f"Password = {'***' if shown else one.password}\n"
            )
