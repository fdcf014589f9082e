"""A release: one Asterisk build that can be started, and where it keeps its things."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["DEFAULT_DIRECTORIES", "HOME", "TOOLS", "Release", "ScriptRunner"]

HOME = "/.asterisk-upgrade-harness"
"""Below it is what the harness itself needs in a container."""
TOOLS = f"{HOME}/bin"
"""Where it puts programs that an image lacks."""

DEFAULT_DIRECTORIES: Mapping[str, str] = {
    "astetcdir": "/etc/asterisk",
    "astmoddir": "/usr/lib/asterisk/modules",
    "astvarlibdir": "/var/lib/asterisk",
    "astdbdir": "/var/lib/asterisk",
    "astkeydir": "/var/lib/asterisk",
    "astdatadir": "/var/lib/asterisk",
    "astagidir": "/var/lib/asterisk/agi-bin",
    "astspooldir": "/var/spool/asterisk",
    "astrundir": "/var/run/asterisk",
    "astlogdir": "/var/log/asterisk",
    "astsbindir": "/usr/sbin",
}
"""Asterisk's own defaults (`main/options.c`), for what a release was not asked."""


@dataclass(frozen=True, slots=True)
class ScriptRunner:
    """Where the harness's own Python scripts run: an image, the path of its Python 3, and a user there."""

    image: str
    python: str
    user: str


@dataclass(frozen=True, slots=True)
class Release:
    """One Asterisk build, ready to be started.

    `spec` is what the site says (`debian:sid`, `image:REF`), `image` the tag that is started, `digest` the id
    of that image. `version` is the short number (`22.10.1`). `directories` are those that its Asterisk has in
    force. `binary`, `faketime` and `python` are the paths of Asterisk, libfaketime and Python 3 in the
    image; the latter two are empty where it has none. `path` is the image's own PATH, `lacks` names programs that
    the harness needs and the image has not. `scripts` runs the harness's own scripts where the image has no
    Python. `remark` says what a person should know about how the image
    came about (a package that the mirror did not have), mostly nothing.
    """

    spec: str
    image: str
    digest: str
    version: str
    binary: str = "/usr/sbin/asterisk"
    uid: int = 101
    gid: int = 101
    directories: Mapping[str, str] = field(default_factory=lambda: DEFAULT_DIRECTORIES)
    faketime: str = ""
    python: str = ""
    path: str = ""
    lacks: tuple[str, ...] = ()
    scripts: ScriptRunner | None = None
    remark: str = ""
    packages: tuple[str, ...] = ()

    @property
    def user(self) -> str:
        """User and group of its Asterisk, as docker takes them."""
        return f"{self.uid}:{self.gid}"

    @property
    def config_file(self) -> str:
        """The path of asterisk.conf, as Asterisk is given it."""
        return f"{self.directory('astetcdir')}/asterisk.conf"

    @property
    def tools(self) -> str:
        """The folder of programs that the harness brings; empty for an image that lacks none."""
        return TOOLS if self.lacks else ""

    @property
    def runner(self) -> ScriptRunner | None:
        """Where the harness's own scripts run: in the image, or in another; None where there is no Python."""
        return self.scripts or (ScriptRunner(self.image, self.python, self.user) if self.python else None)

    @property
    def environment(self) -> Mapping[str, str]:
        """What programs of the harness get to find others by; never a program of the site's."""
        return {"PATH": f"{self.path}:{self.tools}"} if self.tools else {}

    def directory(self, name: str) -> str:
        """Path of one of asterisk.conf's [directories] (`astspooldir`), by Asterisk's default if not asked."""
        return self.directories.get(name) or DEFAULT_DIRECTORIES[name]

    def command(self, line: str) -> tuple[str, ...]:
        """The program that says a line to Asterisk's own command line, and prints what it answers."""
        return (self.binary, "-C", self.config_file, "-rx", line)
