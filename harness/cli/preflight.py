"""`harness preflight` and `research`: what can be compared without a call."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import ExitStack
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

from harness.cli.printing import DONE, FORMS, PARTIAL, Commands, paint, print_report, progress
from harness.errors import SiteError
from harness.model.run_options import RUN_OPTIONS
from harness.report.folder import claim_folder, write_report

__all__ = ["add_commands"]


def add_commands(commands: Commands) -> None:
    """Declare the commands."""
    command = commands.add_parser(
        "preflight", help="compare what both releases load of a site, without playing a call"
    )
    which = command.add_mutually_exclusive_group(required=True)
    which.add_argument("folder", type=Path, nargs="?", metavar="SITE", help="the site folder")
    which.add_argument("--site", type=Path, metavar="DIR", help="the same, as pytest has it")
    command.add_argument("--report", type=Path, metavar="DIR", help="write report.json and index.html there")
    for name, details in RUN_OPTIONS.items():
        command.add_argument(name, **details)
    command.add_argument(
        "--covered-by", type=Path, metavar="DIR", help="report folder of a run: which scenarios cover a finding"
    )
    command.add_argument("--format", choices=FORMS, default="text")
    command.set_defaults(command=_preflight)

    research = commands.add_parser(
        "research", help="say what differs between two releases, and what that means for a site"
    )
    research.add_argument("old", metavar="OLD", help="a release as in site.toml: debian:bullseye, image:REF")
    research.add_argument("candidate", metavar="CANDIDATE", help="the other one")
    research.add_argument(
        "--site", type=Path, metavar="DIR", help="a site: what it uses of that, and reasons to move"
    )
    research.add_argument(
        "--notes",
        type=Path,
        action="append",
        default=[],
        metavar="PATH",
        help="more release notes: a file or source tree",
    )
    research.add_argument("--all", action="store_true", help="every entry, nothing shortened (text, markdown)")
    research.add_argument("--format", choices=("text", "json", "markdown"), default="text")
    research.set_defaults(command=_research)


def _preflight(options: argparse.Namespace) -> int:
    from harness.lab import Ending
    from harness.stages.collect import Settings, collect
    from harness.stages.kept import read_kept
    from harness.stages.page import write_page
    from harness.stages.rejudge import cover
    from harness.stages.run import run

    options.site = options.folder or options.site
    settings = Settings(**{field.name: getattr(options, field.name) for field in fields(Settings)})
    if options.covered_by:
        if options.report and options.report.resolve() == options.covered_by.resolve():
            raise SiteError(f"--report would replace the run in {options.report}: name another folder")
        read_kept(options.covered_by)  # whether it is one, before anything is booted
    with Ending() as ending, ExitStack() as stack:
        if options.report:  # the folder is this run's own until its end
            stack.callback(os.close, claim_folder(options.report))
        collected = collect(settings)
        checks = frozenset(check for check in collected.checks if check.startswith("preflight/"))
        report = run(collected, settings, scenarios=frozenset(), checks=checks, progress=progress, ending=ending)
        with ending.noted():
            if options.covered_by:
                report = cover(report, options.covered_by)
            if options.report:
                write_report(report, options.report)
                progress(f"report: {write_page(report, options.report, collected.site)}")
    code = print_report(report, options.format, site=lambda: str(options.site.resolve()))
    return DONE if code == PARTIAL else code  # it never is more than a part


def _research(options: argparse.Namespace) -> int:
    from harness.lab import Ending
    from harness.report import releases as writers
    from harness.report.in_between import site_json, site_lines, site_markdown
    from harness.site import load_site
    from harness.stages.releases import research, research_for

    site, about = load_site(options.site) if options.site else None, None
    if options.notes and not site:
        raise SiteError("--notes belongs to --site: notes are held against what a site uses")
    with Ending():
        difference = research(options.old, options.candidate, progress=progress)
        if site:
            today = datetime.now(UTC).date()
            about = research_for(site, difference, options.notes, today=today, progress=progress)
    match options.format:
        case "json":
            print(writers.release_json(difference, site=site_json(about) if about else None), end="")
        case "markdown":
            print(writers.release_markdown(difference, every=options.all), end="")
            print(site_markdown(about, every=options.all) if about else "", end="")
        case _:
            paint(writers.release_lines(difference, every=options.all))
            paint(site_lines(about, every=options.all) if about else ())
    sys.stdout.flush()
    return DONE
