"""`harness compare` and `show`: what a run left in its report folder. Needs no engine."""

from __future__ import annotations

import argparse
from pathlib import Path

from harness.cli.printing import FORMS, Commands, print_report

__all__ = ["add_commands"]


def add_commands(commands: Commands) -> None:
    """Declare the commands."""
    compare = commands.add_parser("compare", help="judge the kept traces of a run again; needs no engine")
    compare.add_argument("--write", action="store_true", help="replace DIR/report.json with the new one")
    compare.set_defaults(command=_compare)
    show = commands.add_parser("show", help="show the report of a run")
    show.set_defaults(command=_show)
    for command in (compare, show):
        command.add_argument("folder", type=Path, metavar="DIR", help="the folder given to pytest as --report")
        command.add_argument("--format", choices=FORMS, default="text")


def _compare(options: argparse.Namespace) -> int:
    from harness.report.folder import write_report
    from harness.stages.rejudge import rejudge

    report = rejudge(options.folder)
    if options.write:
        write_report(report, options.folder)
    return print_report(report, options.format)


def _show(options: argparse.Namespace) -> int:
    from harness.report.folder import read_report

    return print_report(read_report(options.folder), options.format)
