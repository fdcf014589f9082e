"""`harness run`: plays a site by pytest, with the suites that come with the harness."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from harness.cli.printing import Commands
from harness.errors import SiteError
from harness.model.packaged import packaged
from harness.site.reading.absent import absent

__all__ = ["add_commands"]


def add_commands(commands: Commands) -> None:
    """Declare the command."""
    run = commands.add_parser(
        "run",
        help="play a site on both releases and say whether to promote",
        epilog="The same as `pytest --site SITE`, with its exit codes: 0 promote or partial, 1 hold,"
        " 6 inconclusive, the others are pytest's own (4: the site cannot be used).",
    )
    run.add_argument("site", type=Path, metavar="SITE", help="the site folder to play")
    run.add_argument(
        "arguments",
        nargs=argparse.REMAINDER,
        metavar="...",
        help="what pytest takes besides: --report out -k menu -x -n 2 --junitxml out/junit.xml",
    )
    run.set_defaults(command=_run)


def _run(options: argparse.Namespace) -> int:
    if why := absent(options.site):
        raise SiteError(why)
    sys.stdout.flush()
    arguments = [str(packaged("suites")), "--site", str(options.site), *options.arguments]
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *arguments])
