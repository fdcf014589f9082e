"""What the plugin writes on pytest's terminal: progress while the batch is played, the report at the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.model import Report
from harness.plugin.workers import speak_into
from harness.report import render
from harness.report.text import clean, safe

__all__ = ["Voice", "tell"]

_MARKUP: dict[str, dict[str, bool]] = {
    "title": {"bold": True},
    "bad": {"red": True, "bold": True},
    "warn": {"yellow": True, "bold": True},
    "good": {"green": True, "bold": True},
    "dim": {"light": True},
}


class Voice:
    """A `Progress`: one line a call, on the terminal or, in a worker, through the controller's pipe."""

    def __init__(self, config: pytest.Config, pipe: str) -> None:
        self._config = config
        self._pipe = pipe

    def __call__(self, line: str) -> None:
        text = clean(line)
        if self._pipe:
            speak_into(self._pipe, f"{self._config.workerinput['workerid']}: {text}")  # type: ignore[attr-defined]
            return
        terminal = self._config.pluginmanager.get_plugin("terminalreporter")
        if terminal is None or self._config.get_verbosity() < -1:
            return
        if self._config.get_terminal_writer().width_of_current_line:
            terminal.ensure_newline()
            terminal.write_line("")
        terminal.write_line(f"harness: {text}")
        terminal.flush()


def tell(report: Report, place: Path, terminal: pytest.TerminalReporter, *, problem: str = "") -> None:
    """The report as a section of its own; its last lines are where it is kept, or why not, and the verdict."""
    terminal.section("asterisk upgrade")
    *lines, verdict = render(report, full=terminal.config.get_verbosity() > 0)
    for line in lines:
        terminal.write_line(line.text, **_MARKUP.get(line.style, {}))
    if problem:
        terminal.write_line(f"ERROR: {safe(problem)}", red=True)
    else:
        terminal.write_line(f"report: {clean(str(place))}")
    terminal.write_line(verdict.text, **_MARKUP.get(verdict.style, {}))
