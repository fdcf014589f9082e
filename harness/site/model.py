"""A checked site: everything that the rest of the harness may rely on without looking again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from harness.model import Severity, Waiver

__all__ = ["App", "Build", "Data", "Database", "Limits", "OwnModule", "Phone", "Ready", "Site", "SiteSide"]


@dataclass(frozen=True, slots=True)
class Build:
    """How a release is built from its source: on which system (`debian:sid`), with which choices.

    `makeopts` is a file menuselect.makeopts, `patches` are files, put on in this order; all paths are absolute.
    `configure` are options of configure. `seconds` is how long it may take, `disk_mb` how many megabytes it may
    write. `line` is where site.toml has it.
    """

    base: str = ""
    makeopts: Path | None = None
    configure: tuple[str, ...] = ()
    patches: tuple[Path, ...] = ()
    line: int = 0
    seconds: float = 7200.0
    disk_mb: int = 8192


@dataclass(frozen=True, slots=True)
class SiteSide:
    """One release and the configuration folder for it (absolute path).

    `modules` is a folder of modules that were built for it, None where it has those of the data, if any.
    `makeopts` has the choices of its build, `build` says how it is built; None where the site does not say.
    """

    release: str
    config: Path
    modules: Path | None = None
    makeopts: Path | None = None
    build: Build | None = None


@dataclass(frozen=True, slots=True)
class Data:
    """What is restored besides configuration; None for what the site has not.

    `modules` holds modules that are not Asterisk's own (`.so`) and serve both releases, `keys` is as
    /var/lib/asterisk/keys, `machine` holds further files by their paths on the machine.
    """

    astdb: Path | None = None
    voicemail: Path | None = None
    sounds: Path | None = None
    agi_bin: Path | None = None
    odbc_ini: Path | None = None
    odbcinst_ini: Path | None = None
    keys: Path | None = None
    modules: Path | None = None
    machine: Path | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of everything. Seconds, megabytes, counts."""

    concurrency: int = 200
    trios: int = 2
    deadline: float = 30.0
    events: int = 10_000
    log_mb: int = 512
    recording_kb: int = 0
    replays: int = 12
    replay_seconds: float = 300.0
    boot_seconds: float = 60.0
    memory_mb: int = 1024
    pids: int = 8192


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone that registers at the site: section name, and what it logs in with."""

    name: str
    username: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ready:
    """When a program is ready: it has printed `text`, and listens on `port` (a number or a placeholder).

    Without either it is ready when it runs. `seconds` is how long it may take.
    """

    text: str = ""
    port: str = ""
    seconds: float = 20.0


@dataclass(frozen=True, slots=True)
class App:
    """A program of the site's own that talks to Asterisk.

    `folder` (absolute) holds its files, None where it has none; `image` is empty where it runs in that of its
    instance's release. `command`, `environment` and `ready.port` may hold `{ami_port}`, `{ari_port}` and
    `{fastagi_port}`. `fastagi_port` is where the dialplan looks for it, 0 for an app that serves no FastAGI.
    `line` is where site.toml has it.
    """

    name: str
    command: tuple[str, ...]
    folder: Path | None = None
    image: str = ""
    uses: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    fastagi_port: int = 0
    ready: Ready = field(default_factory=Ready)
    stop_seconds: float = 5.0
    line: int = 0


@dataclass(frozen=True, slots=True)
class Database:
    """A database that Asterisk reads or writes, with what is loaded into it before Asterisk starts.

    `engine` is postgresql or mariadb; `dumps` are SQL files (absolute, `.gz` or not), loaded in this order into
    `database`, which belongs to `user`. `port` is where the site's configuration expects the server, at localhost
    or one of `hosts`. `dsns` are the names by which ODBC knows it. `line` is where site.toml has it.
    """

    name: str
    engine: str
    dumps: tuple[Path, ...]
    database: str
    user: str
    password: str = field(repr=False)
    port: int = 0
    dsns: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class OwnModule:
    """A module that is none of Asterisk's, built for each release: its source's folder (absolute), and by what.

    `build` is a command of the shell in a copy of that folder, `packages` the Debian packages that it needs,
    `seconds` how long it may take, `disk_mb` how many megabytes it may write. `line` is where site.toml has it.
    """

    source: Path
    build: str = "make"
    packages: tuple[str, ...] = ()
    seconds: float = 600.0
    line: int = 0
    disk_mb: int = 2048


@dataclass(frozen=True, slots=True)
class Site:
    """A site folder after checking. Paths are absolute; `root` is the folder itself.

    `production` is a file with what production's Asterisk had loaded and in force (`harness collect`), None where
    that is not known. `standins` are host names that lead to the far end of the lab, `agi_servers` those of
    FastAGI servers that scenarios stand in for; `trunks` are the endpoints that log in
    nowhere here (providers): the far end answers for them, under their name.
    """

    name: str
    root: Path
    old: SiteSide
    candidate: SiteSide
    data: Data = field(default_factory=Data)
    production: Path | None = None
    packages: tuple[str, ...] = ()
    python: tuple[str, ...] = ()
    apps: tuple[App, ...] = ()
    databases: tuple[Database, ...] = ()
    own_modules: tuple[OwnModule, ...] = ()
    notes: tuple[Path, ...] = ()
    severities: Mapping[str, Severity] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    waivers: tuple[Waiver, ...] = ()
    scenario_files: tuple[Path, ...] = ()
    python_files: tuple[Path, ...] = ()
    standins: tuple[str, ...] = ()
    agi_servers: tuple[str, ...] = ()
    phones: tuple[Phone, ...] = ()
    trunks: tuple[str, ...] = ()

    def data_of(self, side: SiteSide) -> Data:
        """The data for one release: with the modules that were built for it, where it has its own."""
        return replace(self.data, modules=side.modules) if side.modules else self.data

    @property
    def builds(self) -> Mapping[str, Build]:
        """How releases are built that are given as sources, by their name."""
        return {side.release: side.build for side in (self.old, self.candidate) if side.build}

    @property
    def engines(self) -> tuple[str, ...]:
        """The kinds of servers that its databases need."""
        return tuple(sorted({database.engine for database in self.databases}))
