"""`harness preflight`: the run without a call."""

from __future__ import annotations

import argparse
import os
from contextlib import ExitStack
from dataclasses import fields
from pathlib import Path

from harness.cli.printing import FORMS, Commands, print_report, progress
from harness.errors import SiteError
from harness.report.folder import claim_folder, write_report
from harness.stages.options import RUN_OPTIONS

__all__ = ["add_commands"]


def add_commands(commands: Commands) -> None:
    """Declare the command."""
    command = commands.add_parser(
        "preflight", help="compare what both releases load of a site, without playing a call"
    )
    command.add_argument("--site", type=Path, required=True, metavar="DIR", help="the site folder")
    command.add_argument("--report", type=Path, metavar="DIR", help="write report.json there")
    for name, details in RUN_OPTIONS.items():
        command.add_argument(name, **details)
    command.add_argument(
        "--covered-by", type=Path, metavar="DIR", help="report folder of a run: which scenarios cover a finding"
    )
    command.add_argument("--format", choices=FORMS, default="text")
    command.set_defaults(command=_preflight)


def _preflight(options: argparse.Namespace) -> int:
    from harness.stages.collect import Settings, collect
    from harness.stages.kept import read_kept
    from harness.stages.rejudge import cover
    from harness.stages.run import run

    settings = Settings(**{field.name: getattr(options, field.name) for field in fields(Settings)})
    collected = collect(settings)
    checks = frozenset(check for check in collected.checks if check.startswith("preflight/"))
    if options.covered_by:
        if options.report and options.report.resolve() == options.covered_by.resolve():
            raise SiteError(f"--report would replace the run in {options.report}: name another folder")
        read_kept(options.covered_by)  # whether it is one, before anything is booted
    with ExitStack() as stack:
        if options.report:  # the folder is this run's own until its end
            stack.callback(os.close, claim_folder(options.report))
        report = run(collected, settings, scenarios=frozenset(), checks=checks, progress=progress)
        if options.covered_by:
            report = cover(report, options.covered_by)
        if options.report:
            write_report(report, options.report)
    return print_report(report, options.format)
