"""Traces on disk: JSON Lines, one file for each play of a scenario on an instance."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote

from harness.errors import LabError, SiteError
from harness.model import Ending, InstanceName, Observation, Trace

__all__ = ["TraceFile", "TraceWriter", "read_trace", "trace_files", "write_trace"]

_INSTANCES: tuple[InstanceName, ...] = ("old", "again", "candidate")


@dataclass(frozen=True, slots=True)
class TraceFile:
    """A kept trace, known by its file's name."""

    scenario: str
    instance: InstanceName
    play: int
    path: Path


def write_trace(folder: Path, trace: Trace) -> Path:
    """Write a trace as `<scenario>.<instance>[.<play>].jsonl`; `/` in the scenario's id becomes `__`.

    Raises LabError when the disk does not take it.
    """
    play = f".{trace.play}" if trace.play else ""
    path = folder / f"{_file_name(trace.scenario)}.{trace.instance}{play}.jsonl"
    head = {
        "scenario": trace.scenario,
        "instance": trace.instance,
        "ending": trace.ending.value,
        "problem": trace.problem,
        "roles": trace.roles,
        "play": trace.play,
        "began": trace.began,
    }
    lines = [json.dumps(head)]
    lines.extend(f'{{"at":{o.at},"via":"{o.via}","raw":{json.dumps(o.raw)}}}' for o in trace.observations)
    try:
        path.write_text("\n".join(lines) + "\n", encoding="ascii")
    except OSError as problem:
        raise LabError(f"cannot keep the trace {path}: {problem.strerror}") from problem
    return path


class TraceWriter:
    """Writes traces in a thread of its own, in the order in which they are given, while others are judged.

    What goes wrong is raised by `close` (or at the end of the block), so that no trace is lost silently.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="traces")
        self._written: list[Future[Path]] = []

    def keep(self, *traces: Trace) -> None:
        """Write traces soon."""
        self._written.extend(self._thread.submit(write_trace, self._folder, trace) for trace in traces)

    def close(self) -> None:
        """Wait until all is written. Raises LabError when the disk did not take it."""
        self._thread.shutdown(wait=True)
        for written in self._written:
            written.result()

    def __enter__(self) -> TraceWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read_trace(path: Path) -> Trace:
    """Read a kept trace. Raises SiteError with file and line when it is none."""
    number = 1
    try:
        with path.open(encoding="ascii") as lines:
            head = json.loads(next(lines))
            observations = []
            for number, line in enumerate(lines, 2):  # noqa: B007 # used in the error
                entry = json.loads(line)
                observations.append(Observation(entry["at"], entry["via"], entry["raw"]))
        return Trace(
            head["scenario"],
            head["instance"],
            tuple(observations),
            tuple((id_, role) for id_, role in head["roles"]),
            Ending(head["ending"]),
            head["problem"],
            head["play"],
            head["began"],
        )
    except (OSError, ValueError, KeyError, TypeError, StopIteration) as problem:
        raise SiteError(f"{path}:{number}: not a trace that the harness kept: {problem}") from problem


def trace_files(folder: Path) -> Iterator[TraceFile]:
    """The kept traces of a folder, sorted by scenario, instance and play."""
    found = []
    for path in folder.glob("*.jsonl"):
        parts = path.name.removesuffix(".jsonl").split(".")
        play = int(parts.pop()) if parts[-1].isdigit() else 0
        instance = next((name for name in _INSTANCES if name == parts[-1]), None)
        if instance is not None:
            found.append(TraceFile(_scenario(".".join(parts[:-1])), instance, play, path))
    yield from sorted(found, key=lambda file: (file.scenario, _INSTANCES.index(file.instance), file.play))


def _file_name(scenario: str) -> str:
    return quote(scenario.replace("/", "__"), safe="")


def _scenario(file_name: str) -> str:
    return unquote(file_name).replace("__", "/", 1)
