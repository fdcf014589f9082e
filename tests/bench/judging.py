"""Judges kept traces of one scenario again and again until a million observations were read; a process of its own.

Prints a line with seconds and the most memory that was ever held: that of the largest scenario, however many there
are.
"""

from __future__ import annotations

import sys
import time
from itertools import groupby
from pathlib import Path

from harness.judge import Maps, Plays, judge
from harness.record.store import read_trace, trace_files
from tests.bench.lines import Line, as_json

_OBSERVATIONS = 1_000_000


def main(folder: Path) -> int:
    """Measure and print."""
    (files,) = (tuple(files) for _, files in groupby(trace_files(folder), key=lambda file: file.scenario))
    began, read, judged = time.perf_counter(), 0, 0
    while read < _OBSERVATIONS:
        traces = {file.instance: (read_trace(file.path),) for file in files}
        read += sum(len(trace.observations) for (trace,) in traces.values())
        judge(Plays(files[0].scenario, traces), Maps())
        judged += 1
    seconds = time.perf_counter() - began
    name = f"judging {read:,} kept observations of {judged:,} scenarios"
    print(as_json([Line(name, f"{seconds:.0f} s, {peak()} at most")]))
    return 0


def peak() -> str:
    """What this process held; `getrusage` would tell of the one that started it."""
    status = Path("/proc/self/status").read_text()
    return f"{int(status.partition('VmHWM:')[2].split()[0]) / 1024:.0f} MiB"


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
