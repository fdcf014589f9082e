"""`harness collect`: the script that makes a backup of production."""

from __future__ import annotations

import argparse

from harness.cli.printing import DONE, Commands

__all__ = ["add_commands"]


def add_commands(commands: Commands) -> None:
    """Declare the command."""
    collect = commands.add_parser(
        "collect",
        help="print a shell script that collects what an upgrade needs on production",
        description="Prints a POSIX shell script. It only reads, asks nothing, and writes one tar archive:"
        " ssh prod sh -s < collect.sh > backup.tar. `harness init TARGET --backup backup.tar` makes a site of it.",
    )
    collect.add_argument("--without-recordings", action="store_true", help="leave recordings of calls out")
    collect.add_argument(
        "--limit-mb",
        type=_megabytes,
        default=0,
        metavar="N",
        help="leave folders out that would make the archive larger than N megabytes, and say so",
    )
    collect.set_defaults(command=_collect)


def _megabytes(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not int(text) < 10_000_000:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of megabytes, 0 (no limit) to 9999999")
    return int(text)


def _collect(options: argparse.Namespace) -> int:
    from harness.site.making.backup.script import collect_script

    print(collect_script(recordings=not options.without_recordings, limit_mb=options.limit_mb), end="")
    return DONE
