"""Waiting for something of which nothing tells us: it is looked at again and again, until a deadline."""

from __future__ import annotations

import time
from collections.abc import Callable

from harness.errors import HarnessError, LabError

__all__ = ["Overdue", "wait_until"]


class Overdue(LabError):
    """Time ran out: `did not listen within 20 s`."""


def wait_until(
    holds: Callable[[], bool],
    what: str,
    *,
    within: float,
    every: float = 0.05,
    error: Callable[[str], HarnessError] = Overdue,
) -> float:
    """Seconds until a condition came to hold. It is looked at once at least, and every so many seconds.

    `what` completes `did not …`. What the condition itself raises ends the waiting, as when it can no longer hold.
    Raises what `error` makes of the words when time runs out: there the evidence is hung on.
    """
    begun = time.monotonic()
    while not holds():
        if time.monotonic() - begun >= within:
            raise error(f"did not {what} within {within:g} s")
        time.sleep(every)
    return time.monotonic() - begun
