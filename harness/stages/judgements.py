"""Kept traces → what is judged of them, scenario by scenario: in a process for each core where that pays.

Each process reads the traces that it judges, so that nothing but results goes from one to another.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from harness.judge import Judged, Maps, Plays, judge
from harness.judge.coverage import Covered, covered_by
from harness.model import InstanceName, Severity, Trace
from harness.record.garbage import collected_rarely
from harness.record.store import TraceFile, read_trace
from harness.stages.kept import Kept, KeptScenario, kept_traces

__all__ = ["Judgement", "Task", "coverings", "each_of", "judgements", "plays_of"]

# Below so many bytes of traces (a second of work) other processes cost more than they save.
_PAYS = 16_000_000

Task = tuple[KeptScenario, tuple[TraceFile, ...]]
_Done = TypeVar("_Done")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is judged of a scenario, and what it covers: None where it plays no calls, or has no traces."""

    judged: Judged
    covered: Covered | None


@dataclass(frozen=True, slots=True)
class _Work:
    """What it takes to judge a scenario. `things` are those of which it is asked who uses them."""

    maps: Maps
    severities: Mapping[str, Severity]
    things: frozenset[str]

    def judge(self, task: Task) -> Judgement:
        """Read all traces of a scenario and judge it. Raises SiteError."""
        plays = plays_of(*task)
        first: dict[InstanceName, Trace] = {name: traces[0] for name, traces in plays.traces.items()}
        covered = covered_by(first, self.maps, self.things) if _covers(task) else None
        return Judgement(judge(plays, self.maps, self.severities), covered)

    def cover(self, task: Task) -> tuple[str, Covered]:
        """Read the traces of a scenario that say what it covers."""
        scenario, files = task
        first = (file for file in files if not file.play and file.instance != "again")
        return scenario.id, covered_by({f.instance: read_trace(f.path) for f in first}, self.maps, self.things)


def judgements(
    folder: Path, kept: Kept, *, besides: Collection[str] = (), things: frozenset[str] = frozenset()
) -> Iterator[Judgement]:
    """What is judged of all that has traces, and of those `besides` that have none any more. Raises SiteError."""
    tasks = [task for task in kept_traces(folder, kept) if task[1] or task[0].id in besides]
    return each_of(_Work(kept.maps, kept.severities, things).judge, tasks)


def coverings(folder: Path, kept: Kept, things: frozenset[str]) -> Iterator[tuple[str, Covered]]:
    """What each scenario of the dialplan covers that has traces, by its id. Raises SiteError."""
    tasks = [task for task in kept_traces(folder, kept) if _covers(task)]
    return each_of(_Work(kept.maps, kept.severities, things).cover, tasks)


def plays_of(scenario: KeptScenario, files: tuple[TraceFile, ...]) -> Plays:
    """A scenario with its traces, read. Raises SiteError."""
    traces: dict[InstanceName, tuple[Trace, ...]] = {}
    for file in files:
        traces[file.instance] = (*traces.get(file.instance, ()), read_trace(file.path))
    return Plays(scenario.id, traces, scenario.suite, scenario.title, scenario.where, scenario.tolerances)


def _covers(task: Task) -> bool:
    scenario, files = task
    return bool(files) and scenario.suite == "dialplan"


def each_of(work: Callable[[Task], _Done], tasks: Sequence[Task]) -> Iterator[_Done]:
    """What comes of each task, in order. A process that has threads cannot be copied, and does all itself."""
    size = sum(file.path.stat().st_size for _, files in tasks for file in files)
    cores = os.cpu_count() or 1
    if size < _PAYS or cores == 1 or threading.active_count() > 1:
        with collected_rarely():
            yield from map(work, tasks)
        return
    context = multiprocessing.get_context("fork")
    with collected_rarely(), ProcessPoolExecutor(cores, context, initializer=_begin, initargs=(work,)) as pool:
        yield from pool.map(_do, tasks, chunksize=4)


_work: Callable[[Task], Any]
"""What a process of its own does with each task: any work has results of its own type."""


def _begin(work: Callable[[Task], Any]) -> None:
    global _work
    _work = work
    gc.freeze()


def _do(task: Task) -> Any:
    return _work(task)
