"""What the log says of no call while scenarios are played: of a module, a queue of tasks, a database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harness.asterisk.log_text import COMPLAINTS
from harness.model import LogLine, without_numbers

__all__ = ["NO_CALL", "first_of_each_kind"]

NO_CALL = "log/no-call"
"""The id of its trace, and of its result."""


def first_of_each_kind(lines: Iterable[LogLine]) -> Iterator[LogLine]:
    """Warnings and errors, each text once: how often such a line comes is chance."""
    seen = set()
    for line in lines:
        kind = (line.level, without_numbers(line.message))
        if line.level in COMPLAINTS and kind not in seen:
            seen.add(kind)
            yield line
