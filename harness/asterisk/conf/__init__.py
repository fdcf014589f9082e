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

__all__ = ["Conf", "Config", "Option", "Problem", "Section", "is_true"]

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
            reader = Reader(self.folder, self.texts)
            reader.read(name)
            self._confs[name] = reader.done()
        return self._confs[name]
