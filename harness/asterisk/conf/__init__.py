"""Asterisk's configuration format, with file and line kept.

Reads as main/config.c does: comments, sections, templates and inheritance, additions, includes. What cannot be
read is a problem with its place, never an exception.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness.asterisk.conf.model import Conf, Option, Problem, Section
from harness.asterisk.conf.reader import Reader

__all__ = ["Conf", "Config", "Option", "Problem", "Section", "read_conf"]


@dataclass(frozen=True, slots=True)
class Config:
    """A configuration folder; files are read when they are asked for.

    `texts` stand for the content of files, by path: what a folder would be with those changed.
    """

    folder: Path
    texts: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    def file(self, name: str) -> Conf:
        """A file by its path in the folder, empty where there is none."""
        reader = Reader(self.folder, self.texts)
        reader.read(name)
        return reader.done()


def read_conf(folder: Path, texts: Mapping[str, bytes] | None = None) -> Config:
    """A configuration folder, some of its files with other content."""
    return Config(folder, texts or {})
