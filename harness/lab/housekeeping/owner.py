"""Who a container or network belongs to, written on it as labels, so that what dead runs left can be told.

A process is known by its number, its start time (numbers are used again), the boot of its machine, and the
machine itself (an engine may be shared by several).
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

__all__ = ["LABEL", "REPOSITORY", "Owner", "this_process"]

LABEL = "asterisk-upgrade-harness"
REPOSITORY = "asterisk-upgrade"
"""Of the images that the harness builds."""


@dataclass(frozen=True, slots=True)
class Owner:
    """A process. `started` is in clock ticks since boot, as the kernel gives it; empty where it gives none."""

    pid: int
    started: str
    boot: str
    host: str

    def labels(self) -> dict[str, str]:
        """The owner as labels of a container or a network."""
        return {LABEL: "lab"} | {f"{LABEL}.{name}": str(value) for name, value in asdict(self).items()}

    @classmethod
    def from_labels(cls, labels: Mapping[str, str]) -> Owner | None:
        """The owner written on something, None where there is none that can be read."""
        pid = labels.get(f"{LABEL}.pid", "")
        if labels.get(LABEL) != "lab" or not pid.isdigit():
            return None
        return cls(int(pid), *(labels.get(f"{LABEL}.{name}", "") for name in ("started", "boot", "host")))

    def is_dead(self, here: Owner, *, proc: Path = Path("/proc")) -> bool:
        """Whether this process is known to have ended. Of other machines nothing is known: False."""
        if self.host != here.host:
            return False
        if self.boot != here.boot:
            return True
        return _start_time(self.pid, proc) != self.started


def this_process() -> Owner:
    """The owner of what this process starts."""
    pid = os.getpid()
    return Owner(pid, _start_time(pid, Path("/proc")) or "", _boot_id(), _host())


def _start_time(pid: int, proc: Path) -> str | None:
    """Start time of a process, None when there is no such process (a zombie is none either)."""
    try:
        stat = (proc / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return None if proc.joinpath("self").exists() else _start_time_without_proc(pid)
    # The name in parentheses may hold blanks and parentheses itself: fields are counted from the last one.
    state, *fields = stat.rpartition(")")[2].split()
    return None if state in "ZX" else fields[18]


def _start_time_without_proc(pid: int) -> str | None:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass  # it is another user's
    return ""


def _boot_id() -> str:
    path = Path("/proc/sys/kernel/random/boot_id")
    return path.read_text().strip() if path.exists() else ""


def _host() -> str:
    """The machine, and the process namespace in it: process numbers mean something only there."""
    namespace = Path("/proc/self/ns/pid")
    inside = namespace.readlink().name if namespace.is_symlink() else ""
    return f"{socket.gethostname()} {inside}".strip()
