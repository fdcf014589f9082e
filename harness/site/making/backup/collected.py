"""What `harness collect` made besides the machine's files: where those lie, astdb, what was asked and said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness.asterisk.conf import Config
from harness.asterisk.directories import directories_of
from harness.errors import SiteError
from harness.site.making.files import LeftOut, resolve

__all__ = ["Collected", "collected_in"]

_FOLDER, _ROOT, _REPORT, _FORMAT = "asterisk-collected", "root", "report.txt", "1"
_MOST_SAID, _LONGEST = 100, 1 << 20


@dataclass(frozen=True, slots=True)
class Collected:
    """`root` is the machine's `/`, `directories` what Asterisk had in force, as asterisk.conf names them.

    `astdb` is a consistent copy, `answers` what Asterisk was asked; None where there is none. `lacks` is what
    could not be read on the machine.
    """

    root: Path
    directories: Mapping[str, str]
    astdb: Path | None = None
    answers: Path | None = None
    lacks: tuple[LeftOut, ...] = field(default=())


def collected_in(top: Path, shown: Path) -> Collected | None:
    """What was collected; None for a backup of another make. Raises SiteError for one of another format."""
    folder = resolve(top, _FOLDER)
    if folder is None or (written := _file(top, "format")) is None:
        return None
    format_ = _text(written).strip()
    if format_ != _FORMAT:
        raise SiteError(
            f"{shown}: collected in format {format_[:20]!r}, and this harness reads {_FORMAT}; "
            "collect it with the script that this harness prints (`harness collect`)"
        )
    report = resolve(top, _REPORT)
    said = _text(report).splitlines()[:_MOST_SAID] if report and report.is_file() else []
    return Collected(
        resolve(top, _ROOT) or top,
        directories_of(Config(folder).file("asterisk.conf")),
        _file(top, "astdb.sqlite3"),
        _file(top, "answers"),
        tuple(LeftOut(line, "said when it was collected") for line in said),
    )


def _file(top: Path, name: str) -> Path | None:
    path = resolve(top, f"{_FOLDER}/{name}")
    return path if path and path.is_file() else None


def _text(path: Path) -> str:
    with path.open(encoding="utf-8", errors="replace") as file:
        return file.read(_LONGEST)
