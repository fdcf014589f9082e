"""The harness's own command, as a person runs it."""

from __future__ import annotations

import subprocess
import sys
import time

__all__ = ["harness"]

_HARNESS = (sys.executable, "-c", "from harness.cli import main; raise SystemExit(main())")


def harness(*arguments: str) -> tuple[int, float]:
    """Run a command here: its exit code, and the seconds that it took."""
    begun = time.monotonic()
    print(f"\n$ harness {' '.join(arguments)}", flush=True)
    code = subprocess.run([*_HARNESS, *arguments], check=False).returncode
    return code, time.monotonic() - begun
