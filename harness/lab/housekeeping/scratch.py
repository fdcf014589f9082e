"""Temporary folders that say whose they are, so that what dead runs left can be told."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from harness.lab.housekeeping.owner import this_process

__all__ = ["scratch", "sweep_scratch"]

_NAME = re.compile(r"asterisk-upgrade-(?P<host>[0-9a-f]{12})-(?P<pid>\d+)-(?P<started>\d*)-\w+")


def scratch() -> tempfile.TemporaryDirectory[str]:
    """A temporary folder of this process; it is gone at the end of the block."""
    here = this_process()
    return tempfile.TemporaryDirectory(prefix=f"asterisk-upgrade-{_host(here.host)}-{here.pid}-{here.started}-")


def sweep_scratch() -> None:
    """Remove those of processes of this machine that ended without doing so."""
    here = this_process()
    for folder in Path(tempfile.gettempdir()).glob("asterisk-upgrade-*"):
        found = _NAME.fullmatch(folder.name)
        if found is None or found["host"] != _host(here.host):
            continue
        if replace(here, pid=int(found["pid"]), started=found["started"]).is_dead(here):
            shutil.rmtree(folder, ignore_errors=True)


def _host(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:12]
