"""A database server beside an instance, with the site's dumps loaded. Its methods block."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import tarfile
import tempfile
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from docker.errors import APIError
from requests.exceptions import RequestException

from harness.errors import LabError, SiteError
from harness.facts.inventory import Table
from harness.lab.instance.launch import with_printed
from harness.lab.waiting import wait_until

if TYPE_CHECKING:
    from docker.models.containers import Container

    from harness.site import Database

__all__ = ["Server", "by_engine"]

_BEGIN_SECONDS = 60.0
_REST, _REST_SECONDS = 0.3, 5.0
_DUMP = "tmp/dump.sql"
_PIECE = 1 << 20
_ERROR = re.compile(r"^(?:psql:<stdin>:(?P<line>\d+): )?(?P<words>(?:psql: )?(?:ERROR|error|FATAL)\b.*)$")
_AT_LINE = re.compile(r"^(?P<code>ERROR \d+ \(\w+\)) at line (?P<line>\d+): ")
# What a server quotes of a statement may be a secret of the site's.
_QUOTED = re.compile(
    r"""(?<=\bnear )'.*|(?<=\bnear )"'.*|(?<=: )".*"|(?<=value: )'.*'|(?<=Duplicate entry )'.*'(?= for key)"""
)


def by_engine(databases: Iterable[Database]) -> Mapping[str, tuple[Database, ...]]:
    """The databases of each server."""
    found: dict[str, tuple[Database, ...]] = {}
    for database in databases:
        found[database.engine] = (*found.get(database.engine, ()), database)
    return found


class Server:
    """The server of one engine beside one instance, and the databases on it."""

    def __init__(self, instance: str, databases: tuple[Database, ...], container: Container) -> None:
        self.instance = instance
        self.databases = databases
        self._container = container

    def fill(self) -> None:
        """Wait until it answers, then load every dump. SiteError for a dump that it refuses; LabError."""
        wait_until(self._answers, "answer", within=_BEGIN_SECONDS, every=0.1, error=self._failure)
        for database in self.databases:
            code, words = self._run(database, "create")
            if code:
                raise self._failure(f"cannot make the database {database.name}: {_first_complaint(words)[1]}")
            for dump in database.dumps:
                self._load(database, dump)

    def tables(self) -> dict[str, Table]:
        """The tables of all databases, by `database.table`. Raises LabError."""
        found: dict[str, Table] = {}
        for database in self.databases:
            code, words = self._run(database, "count")
            if code:
                raise self._failure(f"does not count the rows of {database.name}: {_first_complaint(words)[1]}")
            for line in words.splitlines():
                entry = json.loads(line)
                filled = dict(zip(entry["columns"], entry["filled"], strict=True))
                found[f"{database.name}.{entry['table']}"] = Table(entry["rows"], filled)
        return found

    def tables_at_rest(self) -> dict[str, Table]:
        """The same, when nothing has come for a moment: Asterisk writes records by threads of their own."""
        ends = time.monotonic() + _REST_SECONDS
        seen = self.tables()
        while time.monotonic() < ends:
            time.sleep(_REST)  # there is nothing that would tell us that Asterisk has no more to write
            before, seen = seen, self.tables()
            if seen == before:
                break
        return seen

    def _answers(self) -> bool:
        return self._execute("database ready", {})[0] == 0

    def _load(self, database: Database, dump: Path) -> None:
        with _as_archive(dump) as archive:
            try:
                self._container.put_archive("/", archive)
            except (APIError, RequestException) as problem:
                raise self._failure(f"does not take {dump}: {problem}") from problem
        code, words = self._run(database, f"load < /{_DUMP}")
        if code:
            self._need_running(f"ended while it loaded {dump}")
            line, complaint = _first_complaint(words)
            place = f"{dump}:{line}" if line else str(dump)
            raise SiteError(
                f"{place}: {database.engine} refuses this dump of the database {database.name}: {complaint}\n"
                "  A dump is to hold one database whole, and nothing of users and their rights: pg_dump\n"
                "  --no-owner --no-privileges, or mariadb-dump and mysqldump of one database."
            )

    def _need_running(self, words: str) -> None:
        try:
            self._container.reload()
        except (APIError, RequestException) as problem:
            raise self._failure(words) from problem
        if self._container.status != "running":
            raise self._failure(words)

    def _run(self, database: Database, command: str) -> tuple[int, str]:
        environment = {"NAME": database.database, "OWNER": database.user, "PASSWORD": database.password}
        code, words = self._execute(f"database {command} 2>&1", environment)
        return code, words.replace(database.password, "***") if code else words

    def _execute(self, script: str, environment: Mapping[str, str]) -> tuple[int, str]:
        try:
            result = self._container.exec_run(["sh", "-c", script], environment=dict(environment))
        except (APIError, RequestException) as problem:
            raise self._failure("has ended, or does not answer") from problem
        return int(result.exit_code or 0), bytes(result.output or b"").decode(errors="replace")  # type: ignore[arg-type] # bytes, as it is no stream

    def _failure(self, words: str) -> LabError:
        engine = self.databases[0].engine
        error = LabError(f"{self.instance}: the server of {engine} {words}; that says nothing of Asterisk")
        return with_printed(error, self._container, "server")


def _first_complaint(printed: str) -> tuple[int, str]:
    """Line (0 if none) and words of the first thing that a server complains of."""
    for text in printed.splitlines():
        if found := _ERROR.match(text):
            words, line = found["words"], int(found["line"] or 0)
            if at := _AT_LINE.match(words):
                line = int(at["line"])
                words = f"{at['code']}: {words[at.end() :]}"
            return line, _QUOTED.sub("***", words).strip()
    last = next((text for text in reversed(printed.splitlines()) if text.strip()), "it says nothing")
    return 0, last.strip()[:200]


@contextmanager
def _as_archive(dump: Path) -> Iterator[IO[bytes]]:
    """A dump as the tar archive that the engine takes; on disk, as it may be larger than memory."""
    with tempfile.TemporaryFile() as file:
        try:
            with gzip.open(dump) if dump.suffix == ".gz" else dump.open("rb") as source:
                file.seek(tarfile.BLOCKSIZE)  # for the header, which has the size
                shutil.copyfileobj(source, file, _PIECE)
        except (gzip.BadGzipFile, EOFError, zlib.error) as problem:
            raise SiteError(f"{dump}: cannot be unpacked: {problem}") from problem
        except OSError as problem:
            raise LabError(
                f"{dump}: cannot be read, or not be unpacked into {tempfile.gettempdir()}: {problem}"
            ) from problem
        info = tarfile.TarInfo(_DUMP)
        info.size = file.tell() - tarfile.BLOCKSIZE
        file.write(bytes(-info.size % tarfile.BLOCKSIZE + 2 * tarfile.BLOCKSIZE))
        file.seek(0)
        file.write(info.tobuf(tarfile.GNU_FORMAT))
        file.seek(0)
        yield file
