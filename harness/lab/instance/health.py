"""Why an Asterisk is not there any more, or does not answer: what it did itself, and what was done to it. Pure.

Process 1 of a container gets no signal from inside that it does not handle, so SIGKILL came from outside: by
hand, or from a machine without memory. That its container's own limit was reached is told by the engine. What a
machine counts as ended for want of memory may be anybody's, at any container's limit: it is told beside a SIGKILL
and proves nothing of it.
"""

from __future__ import annotations

import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.errors import CrashError, LabError, LostError, StarvedError
from harness.lab.instance.overlay import LOG_QUEUE_MB

__all__ = ["COUNTERS", "end_of", "oom_kills", "out_of_memory", "peak", "reached", "state_trouble", "unbounded"]

_COUNT = (
    "for file in {files}; do [ -r $file ] && "
    'while read name count; do echo "{before}$name $count"; done <$file; done'
)
_NO_MORE = ("unavailable", "Cannot fork")
_GROUP = "/sys/fs/cgroup"
_COUNTED = {
    "pids_": ("pids.events", "pids/pids.events"),
    "": ("memory.events", "memory/memory.oom_control"),
    "pids_limit ": ("pids.max", "pids/pids.max"),
    "memory_limit ": ("memory.max", "memory/memory.limit_in_bytes"),
    "memory_peak ": ("memory.peak", "memory/memory.max_usage_in_bytes"),
}
COUNTERS = "; ".join(
    _COUNT.format(files=" ".join(f"{_GROUP}/{file}" for file in files), before=before)
    for before, files in _COUNTED.items()
)
"""Prints what a container's control group has counted, of both versions of them; starts no process for it."""

_SIGNALS = 128
_SENT = frozenset({signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT})
_MEMORY = (
    "reached its memory limit of {memory_mb} MB (site.toml, limits: memory_mb), and {more} MB besides for the"
    " harness's log"
)
_OOM = (
    "; processes that this machine ended for want of memory meanwhile, in any container or none: {count} (`dmesg`"
    " names them)"
)


def end_of(
    state: Mapping[str, Any], *, memory_mb: int, was_sent: str = "", oom_kills: int = 0
) -> tuple[type[LabError], str]:
    """What kind of end that was, and in words that follow a name.

    `state` is the engine's, empty for a container that is removed. `was_sent` is the signal that somebody gave the
    engine to pass on: with it an orderly end is none of its own. `oom_kills` is how many processes, of any
    container or none, the machine has ended for want of memory meanwhile.
    """
    if not state:
        return LostError, "was removed from outside"
    if state.get("OOMKilled"):
        return StarvedError, _MEMORY.format(memory_mb=memory_mb, more=LOG_QUEUE_MB)
    code = int(state.get("ExitCode", 0))
    number = code - _SIGNALS
    if number in _SENT:
        words = f"was ended from outside by {_name(number)}, which nothing inside can do to it"
        return LostError, words + (_OOM.format(count=oom_kills) if number == signal.SIGKILL and oom_kills else "")
    if was_sent and not code:
        return LostError, f"was ended from outside by {was_sent} (`docker stop`, say)"
    return CrashError, f"was ended by {_name(number)}" if number > 0 else f"ended with exit code {code}"


def state_trouble(state: Mapping[str, Any], networks: Mapping[str, Any], process: str) -> str:
    """What was done from outside to a container that runs, empty for nothing. `process` is its /proc/1/status."""
    if state.get("Paused"):
        return "was paused from outside"
    if not networks:
        return "was taken off its network from outside"
    is_stopped = any(line.startswith("State:") and "T (" in line for line in process.splitlines())
    return "was stopped from outside by SIGSTOP" if is_stopped else ""


def reached(counters: str, *, memory_mb: int, pids: int) -> tuple[str, ...]:
    """Which limits a container came to, in words, by what its control group has counted (`COUNTERS`)."""
    said = []
    counted, free = _counted(counters), unbounded(counters, memory_mb=memory_mb, pids=pids)
    if ("processes" not in free and counted.get("pids_max", "0") != "0") or any(
        words in counters for words in _NO_MORE
    ):  # then not even the counters can be read
        said.append(f"came to its limit of {pids} processes and threads (site.toml, limits: pids)")
    if ended := out_of_memory(counters, memory_mb=memory_mb):
        said.append(f"had {ended} processes ended at its memory limit of {memory_mb} MB (limits: memory_mb)")
    return tuple(said)


def out_of_memory(counters: str, *, memory_mb: int) -> int:
    """How many processes a container lost at its memory limit; 0 where that is not counted of it alone."""
    ended = _counted(counters).get("oom_kill", "")
    is_its_own = "memory" not in unbounded(counters, memory_mb=memory_mb, pids=0)
    return int(ended) if is_its_own and ended.isdecimal() else 0


def unbounded(counters: str, *, memory_mb: int, pids: int) -> tuple[str, ...]:
    """What a container may take without a limit (`memory`, `processes`), whatever its engine was told.

    A rootless engine may have no control group for it. Then what it reads there is counted of the whole machine.
    """
    counted = _counted(counters)
    limits = {"memory": ("memory_limit", (memory_mb + LOG_QUEUE_MB) << 20), "processes": ("pids_limit", pids)}
    return tuple(
        what
        for what, (name, most) in limits.items()
        if counted and not ((found := counted.get(name, "")).isdecimal() and int(found) <= most)
    )


def peak(counters: str, *, memory_mb: int) -> int:
    """The most memory that a container has used so far, in megabytes; 0 where that is not counted of it alone."""
    found = _counted(counters).get("memory_peak", "")
    is_its_own = "memory" not in unbounded(counters, memory_mb=memory_mb, pids=0)
    return int(found) >> 20 if is_its_own and found.isdecimal() else 0


def _counted(counters: str) -> Mapping[str, str]:
    lines = (line.split() for line in counters.splitlines())
    return {line[0]: line[1] for line in lines if len(line) == 2 and (line[1].isdecimal() or line[1] == "max")}


def oom_kills() -> int:
    """How many processes this machine has ended for want of memory since it started; 0 where it does not say."""
    try:
        counters = Path("/proc/vmstat").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in counters if line.startswith("oom_kill ")), 0)


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
