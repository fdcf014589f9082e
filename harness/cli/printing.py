"""What commands print: lines, progress, and a report in the form that was asked for."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from harness.model import Report, Verdict
from harness.report.json_report import dumps
from harness.report.junit import to_junit
from harness.report.markdown import to_markdown
from harness.report.terminal import Line, render
from harness.report.text import safe

__all__ = [
    "DONE",
    "FORMS",
    "HOLD",
    "INCONCLUSIVE",
    "PARTIAL",
    "USAGE",
    "Commands",
    "paint",
    "print_report",
    "progress",
    "say",
]

DONE, HOLD, USAGE, INCONCLUSIVE, PARTIAL = 0, 1, 2, 3, 4
_EXIT = {
    Verdict.PROMOTE: DONE,
    Verdict.HOLD: HOLD,
    Verdict.INCONCLUSIVE: INCONCLUSIVE,
    Verdict.PARTIAL: PARTIAL,
}
_COLOURS = {"title": "1", "bad": "1;31", "warn": "1;33", "good": "1;32", "dim": "2"}
_WRITERS: Mapping[str, Callable[[Report], str]] = {"json": dumps, "markdown": to_markdown, "junit": to_junit}

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""What commands are declared to."""

FORMS = ("text", *_WRITERS)
"""What `--format` may be for a report."""


def say(line: str) -> None:
    """One line of what the command prints, at once: names and lines of a site's files may hold anything."""
    print(safe(line), flush=True)


def progress(line: str) -> None:
    """One line for the person at the terminal: not part of what a command prints."""
    print(safe(line), file=sys.stderr, flush=True)


def print_report(report: Report, form: str) -> int:
    """Print it; returns the exit code of its verdict."""
    if form == "text":
        paint(render(report, full=True))
    else:
        print(_WRITERS[form](report), end="")
    sys.stdout.flush()  # here, so that a reader who left is noticed here
    return _EXIT[report.verdict]


def paint(lines: Iterable[Line]) -> None:
    """Print lines, coloured on a terminal that wants it."""
    in_colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    for line in lines:
        print(f"\x1b[{_COLOURS[line.style]}m{line.text}\x1b[0m" if in_colour and line.style else line.text)
