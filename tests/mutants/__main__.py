"""`make mutants`: plants 300 random faults in the pure rooms, one at a time, and lists those that no test notices.

    python -m tests.mutants [--seed N] [--count N] [FOLDER ...]

Each is planted in a copy of the tree. The tests of its room are run first, all that need no engine only where
those notice nothing. Exit code 1 where fewer than nine of ten are noticed.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from queue import SimpleQueue

from tests.mutants.planting import Mutant, mutants_of

ROOMS = {
    "harness/asterisk": ("tests/asterisk", "tests/ask", "tests/migrate"),
    "harness/facts": ("tests/judge", "tests/ask"),
    "harness/judge": ("tests/judge",),
    "harness/migrate": ("tests/migrate",),
    "harness/model": ("tests/judge", "tests/report"),
    "harness/report": ("tests/report",),
}
"""The rooms that only compute, and the tests that are tried first."""

_WANTED = 0.9
_SECONDS = 300
_PYTEST = (
    sys.executable,
    "-m",
    "pytest",
    "-x",
    "-q",
    "-m",
    "not engine",
    "-p",
    "no:cacheprovider",
)


def main() -> int:
    """Plant, test, tell; the exit code."""
    asked = _arguments()
    files = [file for room in asked.folders or ROOMS for file in sorted(Path(room).rglob("*.py"))]
    chosen = list(islice(_chosen(files, random.Random(asked.seed)), asked.count))
    print(f"seed {asked.seed}: {len(chosen)} faults", flush=True)
    began, workers = time.monotonic(), os.cpu_count() or 1
    with tempfile.TemporaryDirectory(prefix="mutants-") as top, ThreadPoolExecutor(workers) as pool:
        copies: SimpleQueue[Path] = SimpleQueue()
        for number in range(workers):
            copies.put(_copy(Path(top) / str(number)))
        noticed = list(pool.map(lambda mutant: _is_noticed(mutant, copies), chosen))
    survivors = [mutant for mutant, killed in zip(chosen, noticed, strict=True) if not killed]
    for mutant in sorted(survivors, key=str):
        print(f"survived: {mutant}")
    share = 1 - len(survivors) / len(chosen)
    print(
        f"{len(chosen) - len(survivors)} of {len(chosen)} noticed ({share:.1%}), {time.monotonic() - began:.0f} s"
    )
    return int(share < _WANTED)


def _chosen(files: Iterable[Path], chance: random.Random) -> Iterator[Mutant]:
    """Faults in random order: first the place, then the kind, so that a place of many kinds is no likelier."""
    places: dict[tuple[Path, tuple[int, int]], list[Mutant]] = {}
    for file in files:
        for mutant in mutants_of(file):
            places.setdefault((file, mutant.at), []).append(mutant)
    order = list(places.values())
    chance.shuffle(order)
    return (mutant for mutant in map(chance.choice, order) if mutant.text())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10_000))
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("folders", nargs="*", metavar="FOLDER")
    return parser.parse_args()


def _copy(top: Path) -> Path:
    listed = subprocess.run(
        ("git", "ls-files", "-co", "--exclude-standard"), capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        if Path(name).is_file():
            (top / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(name, top / name)
    return top


def _is_noticed(mutant: Mutant, copies: SimpleQueue[Path]) -> bool:
    """Plant a fault in a copy that is free, and see whether a test fails."""
    copy = copies.get()
    file = copy / mutant.file
    try:
        file.write_text(mutant.text())
        first = next(tests for room, tests in ROOMS.items() if mutant.file.is_relative_to(room))
        noticed = _fails(copy, first) or _fails(copy, ("tests",))
    finally:
        shutil.copy2(mutant.file, file)
        copies.put(copy)
    print("." if noticed else f"\nsurvives: {mutant}\n", end="", flush=True)
    return noticed


def _fails(copy: Path, tests: Sequence[str]) -> bool:
    """Whether the tests fail, cannot be collected, or have no end."""
    quiet = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        run = subprocess.run(
            (*_PYTEST, *(name for name in tests if (copy / name).exists())),
            cwd=copy, env=quiet, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return True
    return run.returncode != 0


if __name__ == "__main__":
    raise SystemExit(main())
