"""`harness research`: two releases, whatever the site."""

from __future__ import annotations

import argparse
import sys

from harness.cli.printing import DONE, Commands, paint, progress

__all__ = ["add_commands"]


def add_commands(commands: Commands) -> None:
    """Declare the command."""
    command = commands.add_parser("research", help="say what differs between two releases, whatever the site")
    command.add_argument("old", metavar="OLD", help="a release as in site.toml: debian:bullseye, image:REF")
    command.add_argument("candidate", metavar="CANDIDATE", help="the other one")
    command.add_argument("--all", action="store_true", help="every entry, nothing shortened (text, markdown)")
    command.add_argument("--format", choices=("text", "json", "markdown"), default="text")
    command.set_defaults(command=_research)


def _research(options: argparse.Namespace) -> int:
    from harness.lab import exit_on_terminate
    from harness.report import releases as writers
    from harness.stages.releases import research

    with exit_on_terminate():
        difference = research(options.old, options.candidate, progress=progress)
    if options.format == "text":
        paint(writers.release_lines(difference, every=options.all))
    elif options.format == "json":
        print(writers.release_json(difference), end="")
    else:
        print(writers.release_markdown(difference, every=options.all), end="")
    sys.stdout.flush()
    return DONE
