"""`make prove-cold`: from a machine without images to the demo's verdict, over building its two images alone.

It removes the harness's own images, twice, and asks nothing that was kept of them: caches are in a folder of its
own. With `--dry` it says what it would remove, and does nothing. Exit code 1 where the goal is missed, or the demo
does not promote; 2 where something uses an image.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from harness.cli.clean import clean
from harness.lab.engine.client import connected
from harness.lab.housekeeping.owner import REPOSITORY
from harness.lab.images.preparing import prepare
from harness.site import load_site
from tests.bench.lines import Line, at_most, missed, table

_ROOT = Path(__file__).parents[2]
_DEMO = "scenarios/demo"
_GOAL = 1.5


def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    if "--dry" in arguments:
        print("\n".join(("It would remove:", *_images())))
        return 0
    with tempfile.TemporaryDirectory(prefix="asterisk-cold-") as folder:
        if used := _removed():
            return _refuse(used)
        building, _ = _timed(("-m", "tests.bench.cold", "build"), Path(folder, "first"))
        if used := _removed():
            return _refuse(used)
        play = (
            "-m",
            "pytest",
            "suites/",
            "--site",
            _DEMO,
            "--report",
            f"{folder}/report",
            "-p",
            "no:cacheprovider",
        )
        verdict, promotes = _timed(play, Path(folder, "second"))
    lines = cold_lines(building, verdict, promotes=promotes)
    print(f"\n{table(lines)}")
    return 1 if missed(lines) else 0


def cold_lines(building: float, verdict: float, *, promotes: bool) -> tuple[Line, ...]:
    """What the seconds of both amount to."""
    more = f"{verdict:.0f} s over {building:.0f} s"
    name = "a machine without images to the demo's verdict, over building them"
    lost = () if promotes else (Line("the demo", "does not promote", "promote", met=False),)
    return at_most(name, verdict / building, _GOAL, more=more), *lost


def build() -> int:
    """Build the images of the demo side by side, as its run does."""
    site = load_site(_ROOT / _DEMO)
    specs = site.old.release, site.candidate.release
    prepare(specs, packages=site.packages, python=site.python, engines=site.engines, progress=print)
    return 0


def _images() -> list[str]:
    with connected() as client:
        images = client.client.images.list(filters={"reference": f"{REPOSITORY}*/*"})
    return sorted({tag for image in images for tag in image.tags if tag.startswith(REPOSITORY)})


def _removed() -> list[str]:
    """Remove all images of the harness; those that are still there."""
    with connected() as client:
        clean(client)
    return _images()


def _refuse(used: Sequence[str]) -> int:
    print(f"In use: {', '.join(used)}. End what runs with them, then start again.", file=sys.stderr)
    return 2


def _timed(arguments: Sequence[str], cache: Path) -> tuple[float, bool]:
    """Seconds that Python took with these arguments and an empty cache, and whether it went well."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    began = time.perf_counter()
    ended = subprocess.run(
        [sys.executable, *arguments], cwd=_ROOT, env=environment, stdout=sys.stderr, check=False
    )
    return time.perf_counter() - began, ended.returncode == 0


if __name__ == "__main__":
    sys.exit(build() if sys.argv[1:] == ["build"] else main(sys.argv[1:]))
