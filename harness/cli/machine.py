"""`harness doctor`, `setup` and `sweep`: the machine that the runs are on."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli.printing import DONE, USAGE, Commands, say
from harness.model.run_options import RUN_OPTIONS

if TYPE_CHECKING:
    from harness.lab.housekeeping.sweep import Swept

__all__ = ["add_commands"]


def add_commands(commands: Commands) -> None:
    """Declare the commands."""
    doctor = commands.add_parser("doctor", help="say what is missing on this machine and how to get it")
    doctor.set_defaults(command=_doctor)

    setup = commands.add_parser("setup", help="get the engine and a site's images ready")
    setup.add_argument("site", type=Path, nargs="?", metavar="SITE", help="without: Debian's 16 and 22")
    for name in ("--old", "--candidate"):
        setup.add_argument(name, **RUN_OPTIONS[name])
    setup.set_defaults(command=_setup)

    sweep = commands.add_parser("sweep", help="remove containers and networks that dead runs left")
    sweep.set_defaults(command=_sweep)


def _doctor(_options: argparse.Namespace) -> int:
    from harness.cli.doctor import examine

    checks = examine()
    for check in checks:
        say(f"{'ok' if check.ok else 'optional' if check.optional else 'MISSING':9}{check.name}: {check.found}")
        if not check.ok:
            say(f"{'':9}{check.advice}")
    return DONE if all(check.ok or check.optional for check in checks) else USAGE


def _setup(options: argparse.Namespace) -> int:
    from harness.cli.doctor import DEFAULT_RELEASES
    from harness.lab import ensure_engine, prepare, sweep
    from harness.site import load_site
    from harness.stages.own_modules import with_own_modules

    site = load_site(options.site, old=options.old, candidate=options.candidate) if options.site else None
    ensure_engine(say)
    for line in _lines(sweep()):
        say(line)
    if site is None:
        old, candidate = DEFAULT_RELEASES
        ready = prepare((options.old or old, options.candidate or candidate), progress=say)
    else:
        specs = (site.old.release, site.candidate.release)
        ready = prepare(
            specs,
            packages=site.packages,
            python=site.python,
            engines=site.engines,
            builds=site.builds,
            progress=say,
        )
        with_own_modules(site, ready, say)
    for release in ready.values():
        say(f"{release.spec} is ready: Asterisk {release.version}")
    return DONE


def _sweep(_options: argparse.Namespace) -> int:
    from harness.lab.housekeeping.sweep import sweep

    swept = sweep()
    for line in _lines(swept) or ("nothing to remove",):
        say(line)
    return USAGE if swept.left else DONE


def _lines(swept: Swept) -> tuple[str, ...]:
    """What was removed, and what stays with its reason; nothing where there was nothing."""
    removed = (f"removed {swept.removed} containers and networks of runs that died",) if swept.removed else ()
    return (*removed, *swept.left)
