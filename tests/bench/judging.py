"""What judging costs, beside what it cost at an earlier commit: kept traces of the demo, unmigrated.

Each trace is judged in copies with ids and times of their own, so that nothing which is remembered helps; replays
are judged with their scenario. Each measurement has a process of its own.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import count
from pathlib import Path

from harness.errors import SiteError
from harness.judge import judge
from harness.lab.housekeeping.cache import cache_folder
from harness.record.garbage import collected_rarely
from harness.record.store import read_trace, write_trace
from harness.stages.judgements import judgements, plays_of
from harness.stages.kept import kept_traces, read_kept, write_kept
from tests.bench.copies import renewed
from tests.bench.former import COMMIT, former_code, measure_former, write_former
from tests.bench.lines import Line, as_json, at_least, at_most

_ROOT = Path(__file__).parents[2]
_DEMO = ("--site", "scenarios/demo", "--candidate-config", "old")
_TRACES = 500
_MILLION = 1_000_000
_AIM = 200_000


def lines() -> Iterator[Line]:
    """The lines of judging. The demo is played where no run of it is kept."""
    run = _kept_run()
    with tempfile.TemporaryDirectory(prefix="asterisk-bench-") as name:
        copies = Path(name, "copies")
        traces = _write_copies(run, copies)
        cores = os.cpu_count() or 1
        read, seconds = _apart("together", copies)
        rate = read / seconds
        yield Line(
            f"judging as compare does it, on {cores} cores",
            f"{rate:,.0f} observations a second ({read:,} of {traces} traces)",
            f"aim: {_AIM:,}",
        )
        read, seconds = _apart("alone", copies)
        yield _beside_former(copies, {f"on {cores} cores": rate, "in one process": read / seconds})
        _, held = _apart("memory", run)
        yield at_most("memory of judging a million observations", held, 100, unit=" MiB")


def _beside_former(copies: Path, rates: Mapping[str, float]) -> Line:
    """The first of the rates has to be so many times as high."""
    name = f"judging, over {COMMIT}"
    with former_code() as tree, tempfile.TemporaryDirectory(prefix="asterisk-bench-") as folder:
        if tree is None:
            return Line(name, f"not measured: {COMMIT} is not in the history")
        kept = read_kept(copies)
        scenarios = [[read_trace(file.path) for file in files] for _, files in kept_traces(copies, kept)]
        write_former(Path(folder), scenarios)
        read, seconds = measure_former(tree, Path(folder))
    former = read / seconds
    more = "; ".join(f"{rate / former:.2f} {how}" for how, rate in rates.items())
    return at_least(name, next(iter(rates.values())) / former, 4, more=f"{more}; {former:,.0f} a second there")


def _kept_run() -> Path:
    """A run of the demo with the old configuration on both releases, of which one is kept from bench to bench."""
    folder = cache_folder() / "bench" / "demo"
    try:
        if any(files for _, files in kept_traces(folder, read_kept(folder))):
            return folder
    except SiteError:
        pass
    command = (
        sys.executable,
        "-m",
        "pytest",
        "suites/",
        *_DEMO,
        "--report",
        str(folder),
        "-p",
        "no:cacheprovider",
    )
    subprocess.run(command, cwd=_ROOT, stdout=sys.stderr, check=False)  # it holds, so its exit code is 1
    return folder


def _write_copies(run: Path, folder: Path) -> int:
    """A run of several times the scenarios of another one; how many traces it has."""
    kept = read_kept(run)
    scenarios = list(kept_traces(run, kept))
    (folder / "traces").mkdir(parents=True)
    made, copied = 0, []
    for copy in count(1):
        for scenario, files in scenarios:
            copied.append(replace(scenario, id=f"{scenario.id}~{copy}"))
            for file in files:
                write_trace(folder / "traces", renewed(read_trace(file.path), copy))
                made += 1
        if made >= _TRACES:
            break
    write_kept(folder, replace(kept, scenarios=tuple(copied)))
    return made


def _apart(what: str, folder: Path) -> tuple[int, float]:
    """What a measurement says that has a process of its own."""
    command = (sys.executable, "-m", "tests.bench.judging", what, str(folder))
    read, measured = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return int(read), float(measured)


def _alone(folder: Path) -> tuple[int, float]:
    """Observations that were read and judged, and the seconds of processor time."""
    kept, read, began = read_kept(folder), 0, time.process_time()
    with collected_rarely():
        for scenario, files in kept_traces(folder, kept):
            plays = plays_of(scenario, files)
            read += sum(len(trace.observations) for traces in plays.traces.values() for trace in traces)
            judge(plays, kept.maps, kept.severities)
    return read, time.process_time() - began


def _together(folder: Path) -> tuple[int, float]:
    """The same as `harness compare` does it, and the seconds that it takes where nobody else has the cores.

    These are the processor time of this process, and that of the others shared by the cores.
    """
    kept = read_kept(folder)
    read = sum(_length(file.path) for _, files in kept_traces(folder, kept) for file in files)
    began = time.process_time()
    for _ in judgements(folder, kept):
        pass
    others = resource.getrusage(resource.RUSAGE_CHILDREN)
    return read, time.process_time() - began + (others.ru_utime + others.ru_stime) / (os.cpu_count() or 1)


def _length(path: Path) -> int:
    return path.read_bytes().count(b"\n") - 1


def _memory(run: Path) -> tuple[int, float]:
    """Observations, of which no two traces are the same, and the most MiB that were held meanwhile."""
    kept, read = read_kept(run), 0
    for copy in count(1):
        for scenario, files in kept_traces(run, kept):
            plays = plays_of(scenario, files)
            traces = {name: [renewed(one, copy) for one in found] for name, found in plays.traces.items()}
            read += sum(len(trace.observations) for found in traces.values() for trace in found)
            judge(replace(plays, traces=traces), kept.maps, kept.severities)
            if read >= _MILLION:
                return read, _held()
    raise AssertionError("count ends")


def _held() -> float:
    """MiB that this process held at most; `getrusage` would tell of the one that started it."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


_MEASURED: Mapping[str, Callable[[Path], tuple[int, float]]] = {
    "alone": _alone,
    "together": _together,
    "memory": _memory,
}


def main(*arguments: str) -> int:
    """Measure and print: all lines, or what one measurement says."""
    if arguments:
        what, folder = arguments
        print(json.dumps(_MEASURED[what](Path(folder))))
    else:
        print(as_json(lines()))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
