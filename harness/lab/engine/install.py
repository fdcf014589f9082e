"""Debian packages on this machine: only as root, only with apt, never without a line that says so."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence

from harness.errors import EngineError
from harness.lab.housekeeping.progress import Progress

__all__ = ["install", "may_install"]

_APT = ("apt-get", "-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3")


def may_install() -> str:
    """Why packages cannot be installed here, in one sentence; empty when they can."""
    if not shutil.which("apt-get"):
        return "This is no Debian or Ubuntu (there is no apt-get)."
    if os.geteuid() != 0:
        return "Only root may install packages, and this is not root."
    return ""


def install(packages: Sequence[str], progress: Progress) -> None:
    """Install packages. EngineError, with apt's last lines, when apt refuses."""
    progress(f"Installing {' '.join(packages)} (apt-get, as root)")
    if _apt("install", "-y", "--no-install-recommends", *packages).returncode == 0:
        return
    # A fresh machine has no package lists, an old one lists that are too old.
    _apt("update")
    result = _apt("install", "-y", "--no-install-recommends", *packages)
    if result.returncode:
        error = EngineError(f"apt-get cannot install {' '.join(packages)}.")
        error.add_note("\n".join(result.stdout.splitlines()[-20:]))
        raise error


def _apt(*words: str) -> subprocess.CompletedProcess[str]:
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        [*_APT, *words],
        env=quiet,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
