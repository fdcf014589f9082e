"""Why an Asterisk is not there any more, or does not answer: what it did itself, and what was done to it. Pure.

Process 1 of a container gets no signal from inside that it does not handle, so SIGKILL came from outside: by
hand, or from a machine without memory. That its container's own limit was reached is told by the engine.
"""

from __future__ import annotations

import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.errors import CrashError, LabError, LostError, StarvedError
from harness.lab.instance.overlay import LOG_QUEUE_MB

__all__ = ["COUNTERS", "end_of", "oom_kills", "reached", "state_trouble"]

_COUNT = (
    "for file in {files}; do [ -r $file ] && "
    'while read name count; do echo "{before}$name $count"; done <$file; done'
)
_NO_MORE = ("unavailable", "Cannot fork")
_GROUP = "/sys/fs/cgroup"
COUNTERS = "; ".join(
    (
        _COUNT.format(files=f"{_GROUP}/pids.events {_GROUP}/pids/pids.events", before="pids_"),
        _COUNT.format(files=f"{_GROUP}/memory.events {_GROUP}/memory/memory.oom_control", before=""),
    )
)
"""Prints what a container's control group has counted, of both versions of them; starts no process for it."""

_SIGNALS = 128
_SENT = frozenset({signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT})
_MEMORY = (
    "reached its memory limit of {memory_mb} MB (site.toml, limits: memory_mb), and {more} MB besides for the"
    " harness's log"
)


def end_of(
    state: Mapping[str, Any], *, memory_mb: int, was_sent: str = "", machine_starved: bool = False
) -> tuple[type[LabError], str]:
    """What kind of end that was, and in words that follow a name.

    `state` is the engine's, empty for a container that is removed. `was_sent` is the signal that somebody gave the
    engine to pass on: with it an orderly end is none of its own.
    """
    if not state:
        return LostError, "was removed from outside"
    if state.get("OOMKilled"):
        return StarvedError, _MEMORY.format(memory_mb=memory_mb, more=LOG_QUEUE_MB)
    code = int(state.get("ExitCode", 0))
    number = code - _SIGNALS
    if number == signal.SIGKILL and machine_starved:
        return LostError, "was killed by this machine, which ran out of memory"
    if number in _SENT:
        return LostError, f"was ended from outside by {_name(number)}, which nothing inside can do to it"
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
    counted = dict(line.split()[:2] for line in counters.splitlines() if len(line.split()) > 1)
    if counted.get("pids_max", "0") != "0" or any(
        words in counters for words in _NO_MORE
    ):  # then not even the counters can be read
        said.append(f"came to its limit of {pids} processes and threads (site.toml, limits: pids)")
    if (ended := counted.get("oom_kill", "0")) != "0":
        said.append(f"had {ended} processes ended at its memory limit of {memory_mb} MB (limits: memory_mb)")
    return tuple(said)


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
