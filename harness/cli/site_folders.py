"""`harness init` and `migrate`: a site's folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from harness.cli.describe import write_schemas
from harness.cli.printing import DONE, INCONCLUSIVE, Commands, say

__all__ = ["add_commands"]


def add_commands(commands: Commands) -> None:
    """Declare the commands."""
    init = commands.add_parser("init", help="make a site folder from an existing /etc/asterisk, or from a backup")
    init.add_argument("target", type=Path, metavar="TARGET", help="the site folder to make (scenarios/mine)")
    source = init.add_mutually_exclusive_group()
    source.add_argument(
        "--config", type=Path, default=Path("/etc/asterisk"), metavar="DIR", help="default: /etc/asterisk"
    )
    source.add_argument(
        "--backup", type=Path, metavar="PATH", help="a tar (plain, gz, xz, bz2, zst) or a folder with etc/asterisk"
    )
    init.set_defaults(command=_init)

    migrate = commands.add_parser("migrate", help="migrate a site's old configuration for the candidate")
    migrate.add_argument("site", type=Path, metavar="SITE", help="the site folder")
    where = migrate.add_mutually_exclusive_group()
    where.add_argument("--write", action="store_true", help="write it into the candidate's folder")
    where.add_argument("--to", type=Path, metavar="DIR", help="write it into a new folder")
    migrate.set_defaults(command=_migrate)


def _init(options: argparse.Namespace) -> int:
    from harness.site.making.init import init_from_backup, init_site
    from harness.site.making.telling import told

    if options.backup:
        made = init_from_backup(options.target, backup=options.backup)
    else:
        made = init_site(options.target, config=options.config)
    write_schemas(options.target)
    for line in told(made, options.target):
        say(line)
    return INCONCLUSIVE if made.gaps else DONE


def _migrate(options: argparse.Namespace) -> int:
    from harness.migrate import migrate_site

    for line in migrate_site(options.site, write=options.write, to=options.to):
        say(line)
    return DONE
