"""What commands print: lines, progress, and a report in the form that was asked for."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from harness.errors import SiteError, reason_of
from harness.model import Report, Verdict
from harness.report.text import safe

if TYPE_CHECKING:
    from harness.report.terminal import Line

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
_SUMMARY = "GITHUB_STEP_SUMMARY"

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""What commands are declared to."""

FORMS = ("text", "json", "markdown", "junit", "github", "codequality")
"""What `--format` may be for a report."""


def say(line: str) -> None:
    """One line of what the command prints, at once: names and lines of a site's files may hold anything."""
    print(safe(line), flush=True)


def progress(line: str) -> None:
    """One line for the person at the terminal: not part of what a command prints."""
    print(safe(line), file=sys.stderr, flush=True)


def print_report(report: Report, form: str, *, site: Callable[[], str] = str) -> int:
    """Print it; returns the exit code of its verdict. `site` finds the site's folder, where that is known.

    Within a job of GitHub its form also adds a summary to the job's page.
    """
    from harness import report as writers

    match form:
        case "json":
            print(writers.dumps(report), end="")
        case "markdown":
            print(writers.to_markdown(report), end="")
        case "junit":
            print(writers.to_junit(report), end="")
        case "github":
            print(writers.to_github(report, _from_here(site())), end="")
        case "codequality":
            print(writers.to_code_quality(report, _from_here(site())), end="")
        case _:
            paint(writers.render(report, full=True))
    if form == "github" and (page := os.environ.get(_SUMMARY)):
        with _site_errors(page), Path(page).open("a", encoding="utf-8") as file:
            file.write(writers.to_markdown(report))
    sys.stdout.flush()  # here, so that a reader who left is noticed here
    return _EXIT[report.verdict]


def _from_here(site: str) -> str:
    """The site's folder as a repository has it whose root this command runs in."""
    here = Path.cwd()
    return str(Path(site).relative_to(here)) if site and Path(site).is_relative_to(here) else site


@contextmanager
def _site_errors(page: str) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise SiteError(f"{page}: {reason_of(problem)} (named by {_SUMMARY})") from problem


def paint(lines: Iterable[Line]) -> None:
    """Print lines, coloured on a terminal that wants it."""
    in_colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    for line in lines:
        print(f"\x1b[{_COLOURS[line.style]}m{line.text}\x1b[0m" if in_colour and line.style else line.text)
