"""`harness menuselect`: what becomes of a build's choices on another release."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from harness.cli.printing import DONE, Commands, paint, progress

__all__ = ["add_commands"]

_OLD, _CANDIDATE = "debian:bullseye", "debian:sid"


def add_commands(commands: Commands) -> None:
    """Declare the command."""
    command = commands.add_parser("menuselect", help="say what becomes of the choices of an old build")
    command.add_argument("file", type=Path, metavar="OLD_MAKEOPTS", help="menuselect.makeopts of the old build")
    command.add_argument(
        "--old", default=_OLD, metavar="SPEC", help=f"a release, or source:FOLDER; default: {_OLD}"
    )
    command.add_argument(
        "--candidate", default=_CANDIDATE, metavar="SPEC", help=f"the same; default: {_CANDIDATE}"
    )
    command.add_argument("--site", type=Path, metavar="DIR", help="a site: does it use what is gone?")
    command.add_argument(
        "--write", type=Path, metavar="FILE", help="write a menuselect.makeopts for the candidate"
    )
    command.add_argument("--all", action="store_true", help="every choice, nothing shortened")
    command.add_argument("--format", choices=("text", "json"), default="text")
    command.set_defaults(command=_menuselect)


def _menuselect(options: argparse.Namespace) -> int:
    from harness.lab import Ending
    from harness.report.builds import build_json, build_lines
    from harness.site import load_site
    from harness.stages.builds import menuselect, write_candidate

    site = load_site(options.site) if options.site else None
    with Ending():
        build = menuselect(options.file, options.old, options.candidate, site=site, progress=progress)
    if options.format == "json":
        print(build_json(build), end="")
    else:
        paint(build_lines(build, every=options.all))
    sys.stdout.flush()
    if options.write:
        write_candidate(build, options.write)
        progress(f"written: {options.write}")
    return DONE
