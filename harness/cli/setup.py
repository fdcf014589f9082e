"""All that a first run needs, with a line for each step: the engine, then the images of two releases.

`python -m harness.cli.setup [--site DIR] [RELEASE ...]` is what the Makefile calls.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from harness.errors import HarnessError, with_notes
from harness.lab.engine.daemon import ensure_engine
from harness.lab.housekeeping.progress import Progress
from harness.lab.housekeeping.sweep import sweep
from harness.lab.images.preparing import prepare
from harness.lab.images.release import Release

__all__ = ["DEFAULT_RELEASES", "main", "setup"]

DEFAULT_RELEASES = ("debian:bullseye", "debian:sid")


def setup(
    progress: Progress,
    *,
    releases: Iterable[str] = DEFAULT_RELEASES,
    packages: Iterable[str] = (),
    python: Iterable[str] = (),
    engines: Iterable[str] = (),
) -> dict[str, Release]:
    """Engine and images, ready. Also sweeps what dead runs left. Raises EngineError, ImageError."""
    ensure_engine(progress)
    if count := sweep():
        progress(f"Removed {count} containers and networks that earlier runs left")
    return prepare(releases, packages=packages, python=python, engines=engines, progress=progress)


def main(arguments: list[str] | None = None) -> int:
    """Set up; 0 when all is there, 2 when something is missing (with what to do on standard error)."""
    parser = argparse.ArgumentParser(prog="python -m harness.cli.setup", description=__doc__)
    parser.add_argument("--site", type=Path, help="set up the releases and packages of this site")
    parser.add_argument("releases", nargs="*", metavar="RELEASE", help="debian:SUITE or image:REF")
    chosen = parser.parse_args(arguments)
    try:
        releases, packages, python, engines = _wanted(chosen.site, chosen.releases)
        ready = setup(_say, releases=releases, packages=packages, python=python, engines=engines)
    except HarnessError as problem:
        print(with_notes(problem), file=sys.stderr)
        return 2
    _say("; ".join(f"{spec} is Asterisk {release.version}" for spec, release in ready.items()))
    return 0


_Texts = tuple[str, ...]


def _wanted(site: Path | None, releases: list[str]) -> tuple[_Texts, _Texts, _Texts, _Texts]:
    if site is None:
        return tuple(releases) or DEFAULT_RELEASES, (), (), ()
    from harness.site import load_site

    found = load_site(site)
    wanted = (found.old.release, found.candidate.release, *releases)
    return wanted, found.packages, found.python, found.engines


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
