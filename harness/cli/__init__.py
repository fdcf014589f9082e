"""The console command `harness`.

Exit codes: 0 promote or done, 1 hold, 2 usage or site error, 3 inconclusive, 4 partial (`preflight`: 0).

Commands import what they need when they run: `harness --help` loads no engine's client.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version

from harness.cli import (
    accept,
    collect,
    describe,
    explain,
    images,
    kept_runs,
    machine,
    menuselect,
    preflight,
    run,
    signing,
    site_folders,
)
from harness.cli.printing import INCONCLUSIVE, USAGE
from harness.errors import HarnessError, LabError, with_notes
from harness.report.text import safe

__all__ = ["main", "parser"]

_INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code. Errors become a message, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    options = parser().parse_args(argv)
    try:
        code: int = options.command(options)
    except HarnessError as problem:
        print(f"harness: {safe(with_notes(problem))}", file=sys.stderr)
        return INCONCLUSIVE if isinstance(problem, LabError) else USAGE
    except KeyboardInterrupt as problem:
        print(f"harness: interrupted{f' ({problem})' if str(problem) else ''}", file=sys.stderr)
        return _INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader left: nothing to tell it
        return USAGE
    return code


def parser() -> argparse.ArgumentParser:
    """The command line, with all commands."""
    whole = argparse.ArgumentParser(
        prog="harness",
        description="`pytest suites/ --site DIR` plays a site's calls on the old and the candidate Asterisk;"
        " these commands prepare that and look back at it.",
        epilog="exit codes: 0 promote or done, 1 hold, 2 usage or site error, 3 inconclusive, 4 partial",
    )
    whole.add_argument("--version", action="version", version=f"%(prog)s {version('asterisk-upgrade-harness')}")
    commands = whole.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for group in (
        machine,
        images,
        collect,
        site_folders,
        menuselect,
        run,
        preflight,
        kept_runs,
        accept,
        signing,
        explain,
        describe,
    ):
        group.add_commands(commands)
    return whole
