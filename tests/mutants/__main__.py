"""`make mutants`: plants 300 random faults in the pure rooms, one at a time, and lists those that no test notices.

    python -m tests.mutants [--seed N] [--count N] [FOLDER ...]

Each is planted in a copy of the tree. Tests that name its module are run first, then those of its room, and then
all others that reach the pure rooms without an engine. Exit code 1 where fewer than nine of ten are noticed.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, islice
from pathlib import Path
from queue import SimpleQueue

from tests.mutants.planting import Mutant, mutants_of
from tests.mutants.trying import fails

ROOMS = tuple(f"harness/{name}" for name in ("asterisk", "facts", "judge", "migrate", "model", "report"))
"""The rooms that only compute."""

_NEVER_REACHED = ("lab", "far_end", "record", "play", "databases", "known", "bench", "mutants", "test_plugin")
"""Tests of what has a lifetime, acts and listens: they use the pure rooms, and say nothing of them."""

_WANTED = 0.9


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
        if fails(sound := copies.get(), [*chain(*_rounds(files[0]))]):
            raise SystemExit("the tests fail without any fault")
        copies.put(sound)
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
        noticed = any(fails(copy, tests) for tests in _rounds(mutant.file))
    finally:
        shutil.copy2(mutant.file, file)
        copies.put(copy)
    print("." if noticed else f"\nsurvives: {mutant}\n", end="", flush=True)
    return noticed


def _rounds(module: Path) -> Iterator[Sequence[str]]:
    """Test files, those first that are likeliest to notice; each once."""
    name, room = ".".join(module.with_suffix("").parts).removesuffix(".__init__"), module.parts[1]
    files = [
        p for p in sorted(Path("tests").rglob("test_*.py")) if not {*p.parts, p.stem}.intersection(_NEVER_REACHED)
    ]
    nearest = [file for file in files if name in file.read_text() or module.stem in file.stem]
    own = [file for file in files if room in file.parts and file not in nearest]
    others = [file for file in files if file not in nearest and file not in own]
    return (tuple(map(str, tests)) for tests in (nearest, own, others) if tests)


if __name__ == "__main__":
    raise SystemExit(main())
