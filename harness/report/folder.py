"""The folder of a run: `report.json`, the page `index.html` with `sources.json` (`harness.stages.page`),
`run.json` (`harness.stages.kept`), `statement.json` or `statement.dsse.json` (`harness.stages.sign`) and, below
`traces/`, the kept traces.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.errors import SiteError, reason_of
from harness.model.report import Report
from harness.model.run_folder import KEPT, PAGE, REPORT, SIGNED, SOURCES, STATEMENT, TRACES
from harness.report.json_report import FAMILY, dumps, loads

__all__ = [
    "PAGE_MARK",
    "claim_folder",
    "has_run",
    "read_bytes",
    "read_report",
    "write_file",
    "write_report",
    "write_whole",
]

_OWNER_ALONE, _OWNER_WRITES = 0o700, 0o600
PAGE_MARK = "asterisk-upgrade-harness/page/1"
"""What stands in the page's head: by it a page of the harness is known."""
_HEAD = 1_000
"""Characters of a file in which it says that the harness wrote it."""


def claim_folder(folder: Path) -> int:
    """Make `folder` ready for a new run: it exists, and what an earlier run left in it is gone.

    Deletes nothing else. The folder is this run's own until the descriptor that is returned is closed, at the
    latest when the process ends. Raises SiteError when the folder cannot be written, another run writes to it,
    or it holds a `report.json` or an `index.html` that somebody else wrote.
    """
    with _site_errors(folder):
        traces = folder / TRACES
        folder.mkdir(mode=_OWNER_ALONE, parents=True, exist_ok=True)
        traces.mkdir(exist_ok=True)
        traces.chmod(_OWNER_ALONE)  # what was said in calls is nobody else's business
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            _lock(descriptor, folder)
            _clear(folder)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor


def _lock(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise SiteError(f"another run writes to {folder}: name another folder with --report") from None


def _clear(folder: Path) -> None:
    ours = [(folder / REPORT, FAMILY), (folder / PAGE, PAGE_MARK)]
    for path, mark in ours:
        if path.exists() and not _holds(path, mark):
            raise SiteError(f"{path} was not written by the harness: name another folder with --report")
    others = (folder / name for name in (KEPT, SOURCES, STATEMENT, SIGNED))
    for path in (*(path for path, _ in ours), *others):
        path.unlink(missing_ok=True)
    for trace in (folder / TRACES).glob("*.jsonl"):
        trace.unlink()


def _holds(path: Path, mark: str) -> bool:
    """Whether a file's beginning names the harness."""
    with path.open(encoding="utf-8", errors="replace") as file:
        return mark in file.read(_HEAD)


def write_report(report: Report, folder: Path) -> Path:
    """Write `report.json` into `folder`, whole or not at all; returns its path. Raises SiteError."""
    return write_file(folder, REPORT, dumps(report))


def write_file(folder: Path, name: str, text: str) -> Path:
    """Write a text into `folder`, whole or not at all, for its owner alone; returns its path. Raises SiteError."""
    target = folder / name
    with _site_errors(folder):
        folder.mkdir(mode=_OWNER_ALONE, parents=True, exist_ok=True)
        write_whole(target, text, mode=_OWNER_WRITES)
    return target


def write_whole(target: Path, text: str, *, mode: int) -> None:
    """Write a file with these rights, whole or not at all. Raises OSError."""
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as beside:
        made = Path(beside, target.name)
        with made.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        made.chmod(mode)
        made.replace(target)


def has_run(folder: Path) -> bool:
    """Whether the folder keeps a run, and not a report alone."""
    return (folder / KEPT).exists()


def read_bytes(path: Path) -> bytes:
    """A file as it is. Raises SiteError."""
    try:
        return path.read_bytes()
    except OSError as problem:
        raise SiteError(f"{path}: {reason_of(problem)}") from problem


def read_report(folder: Path) -> Report:
    """The report of a run's folder. Raises SiteError when there is none."""
    target = folder / REPORT
    if not target.exists():
        raise SiteError(_no_report(folder))
    with _site_errors(folder):
        return loads(target.read_text(encoding="utf-8"), source=str(target))


def _no_report(folder: Path) -> str:
    """Why there is none, and what to do."""
    if (folder / KEPT).exists():
        return f"{folder} holds a run that did not come to its end, so it has no {REPORT}: play the site again"
    if not folder.is_dir():
        return f"{folder}: there is no such folder; give the one that pytest had as --report (default: ./report)"
    return f"{folder} holds no {REPORT}: give the folder that pytest had as --report (default: ./report)"


@contextmanager
def _site_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        reason = reason_of(problem)
        raise SiteError(f"{problem.filename or folder}: {reason} (the report's folder is {folder})") from problem
