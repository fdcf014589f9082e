"""A release: one Asterisk build that can be started, and where it keeps its things."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["DEFAULT_DIRECTORIES", "Release"]

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
"""Asterisk's own defaults (`main/options.c`), for a release whose asterisk.conf does not name them."""


@dataclass(frozen=True, slots=True)
class Release:
    """One Asterisk build, ready to be started.

    `spec` is what the site says (`debian:sid`, `image:REF`), `image` the tag that is started, `digest` the id
    of that image. `version` is the short number (`22.10.1`). `directories` are those of the release's own
    asterisk.conf. `binary`, `faketime` and `python` are the paths of Asterisk, libfaketime and Python 3 in the
    image; the latter two are empty where it has none. `remark` says what a person should know about how the image
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
    remark: str = ""
    packages: tuple[str, ...] = ()

    @property
    def user(self) -> str:
        """User and group of its Asterisk, as docker takes them."""
        return f"{self.uid}:{self.gid}"

    def directory(self, name: str) -> str:
        """Path of one of asterisk.conf's [directories] (`astspooldir`), by Asterisk's default if not named."""
        return self.directories.get(name) or DEFAULT_DIRECTORIES[name]
