"""The folder of a run: `report.json`, `run.json` (`harness.stages.kept`) and, below `traces/`, the kept traces."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.errors import SiteError
from harness.model.report import Report
from harness.report.json_report import FAMILY, dumps, loads

__all__ = ["claim_folder", "read_report", "write_report"]

_NAME = "report.json"
_KEPT, _TRACES = "run.json", "traces"


def claim_folder(folder: Path) -> int:
    """Make `folder` ready for a new run: it exists, and what an earlier run left in it is gone.

    Deletes nothing else. The folder is this run's own until the descriptor that is returned is closed, at the
    latest when the process ends. Raises SiteError when the folder cannot be written, another run writes to it,
    or it holds a `report.json` that somebody else wrote.
    """
    with _site_errors(folder):
        traces = folder / _TRACES
        traces.mkdir(parents=True, exist_ok=True)
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
    report = folder / _NAME
    if report.exists():
        if FAMILY not in report.read_text(errors="replace")[:200]:
            raise SiteError(f"{report} was not written by the harness: name another folder with --report")
        report.unlink()
    (folder / _KEPT).unlink(missing_ok=True)
    for trace in (folder / _TRACES).glob("*.jsonl"):
        trace.unlink()


def write_report(report: Report, folder: Path) -> Path:
    """Write `report.json` into `folder`, whole or not at all; returns its path. Raises SiteError."""
    target = folder / _NAME
    with _site_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{_NAME}.", dir=folder) as beside:
            made = Path(beside, _NAME)
            with made.open("w", encoding="utf-8") as file:
                file.write(dumps(report))
                file.flush()
                os.fsync(file.fileno())
            made.chmod(0o644)
            made.replace(target)
    return target


def read_report(folder: Path) -> Report:
    """The report of a run's folder. Raises SiteError when there is none."""
    with _site_errors(folder):
        target = folder / _NAME
        return loads(target.read_text(encoding="utf-8"), source=str(target))


@contextmanager
def _site_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise SiteError(f"{problem.filename or folder}: {reason} (the report's folder is {folder})") from problem
