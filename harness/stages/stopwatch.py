"""Where the time of a run goes: wall seconds by phase; of what went on side by side all together."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

__all__ = ["Stopwatch"]


class Stopwatch:
    """Seconds by phase. A phase within another one takes its seconds away from that."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._seconds: dict[str, float] = {}
        self._inner = 0.0

    @property
    def seconds(self) -> Mapping[str, float]:
        """By phase in the order in which they ended first, to a hundredth."""
        return {phase: round(seconds, 2) for phase, seconds in self._seconds.items()}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """What the block takes is time of this phase; it may have several blocks."""
        began, outer, self._inner = self._now(), self._inner, 0.0
        try:
            yield
        finally:
            took = self._now() - began
            self._seconds[name] = self._seconds.get(name, 0.0) + took - self._inner
            self._inner = outer + took

    def add(self, other: Stopwatch) -> None:
        """What went on at the same time, by a watch of its own."""
        for phase, seconds in other._seconds.items():
            self._seconds[phase] = self._seconds.get(phase, 0.0) + seconds
