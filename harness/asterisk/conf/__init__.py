"""Asterisk's configuration format, with file and line kept.

Reads as main/config.c does: comments, sections, templates and inheritance, additions, includes. What cannot be
read is a problem with its place, never an exception.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness.asterisk.conf.model import Conf, Option, Problem, Section, is_true
from harness.asterisk.conf.reader import Reader

__all__ = ["ETC", "Conf", "Config", "Option", "Problem", "Section", "is_true"]

ETC = "/etc/asterisk"
"""Where Asterisk looks for its configuration unless it is told otherwise."""

_NOWHERE = Path("/dev/null")
"""A folder in which there is no file."""


@dataclass(frozen=True, slots=True)
class Config:
    """A configuration folder, each file read once and when it is asked for.

    `texts` stand for the content of files, by path: what the folder would be with those changed or added. Without
    a folder they are all there is.
    """

    folder: Path = _NOWHERE
    texts: Mapping[str, bytes | str] = field(default_factory=dict, repr=False)
    _confs: dict[str, Conf] = field(default_factory=dict, init=False, repr=False, compare=False)

    def file(self, name: str) -> Conf:
        """A file by its path in the folder, with what it includes; empty where there is none."""
        if name not in self._confs:
            self._confs[name] = self._read(name, self.etc)
        return self._confs[name]

    @property
    def etc(self) -> str:
        """What the machine calls the folder: asterisk.conf's astetcdir."""
        conf = self._read("asterisk.conf", ETC)
        named = [section.get("astetcdir") for section in conf.sections if section.name.lower() == "directories"]
        return next((path for path in named if path.startswith("/")), ETC)

    def _read(self, name: str, etc: str) -> Conf:
        reader = Reader(self.folder, self.texts, etc)
        reader.read(name)
        return reader.done()
