"""What a worker on another machine sends of its run, and how it becomes a part of the run's folder here."""

from __future__ import annotations

import shutil
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path

from harness.errors import LabError, SiteError, reason_of
from harness.lab.housekeeping.scratch import scratch
from harness.model import Report, Side
from harness.model.run_folder import KEPT, TRACES
from harness.record.no_call import NO_CALL
from harness.record.store import trace_files
from harness.stages.join import write_logs_of_no_call
from harness.stages.kept import read_kept, write_kept

__all__ = ["packed", "strangers", "take"]


def packed(folder: Path) -> Mapping[str, bytes]:
    """`run.json` and the traces of a run's folder, by their paths in it, deflated."""
    files = (folder / KEPT, *sorted((folder / TRACES).glob("*.jsonl")))
    return {str(file.relative_to(folder)): zlib.compress(file.read_bytes()) for file in files if file.exists()}


def take(files: Mapping[str, bytes], folder: Path, root: Path) -> str:
    """Add what `packed` gave elsewhere to a run's folder here.

    Returns the hash of the site that was played there, empty where it is not known. `root` is the site's folder
    here. Raises SiteError for what no run left, and LabError where the disk does not take it.
    """
    with scratch() as name:
        part = Path(name)
        try:
            _unpack(files, part)
            kept = read_kept(part)
            write_kept(folder, replace(kept, site=str(root)))
            sent = tuple(trace_files(part / TRACES))
            logs = [file for file in chain(sent, trace_files(folder / TRACES)) if file.scenario == NO_CALL]
            write_logs_of_no_call(logs, folder)
            for file in sent:
                if file.scenario != NO_CALL:
                    shutil.copy2(file.path, folder / TRACES / file.path.name)
        except OSError as problem:
            raise LabError(f"cannot keep what a worker sent in {folder}: {reason_of(problem)}") from problem
        return kept.content


def _unpack(files: Mapping[str, bytes], folder: Path) -> None:
    (folder / TRACES).mkdir()
    for name, data in files.items():
        path = folder / name
        if path.parent not in (folder, folder / TRACES):
            raise SiteError(f"a worker sent {name!r}, which is no file of a run")
        path.write_bytes(zlib.decompress(data))


def strangers(reports: Mapping[str, Report]) -> Iterator[str]:
    """Why the reports of these workers are not those of one run, a sentence each: releases, or their images."""
    (first, mine), *others = reports.items()
    for name, report in others:
        for what in ("old", "candidate"):
            one, other = getattr(mine, what), getattr(report, what)
            if one.digest and other.digest and one != other:
                yield (
                    f"{name} has another {what} release than {first}: {_told(other)}, not {_told(one)};"
                    " give all hosts the same images (`harness images save` and `load`)"
                )


def _told(side: Side) -> str:
    return f"{side.release} {side.version} {side.digest}"
