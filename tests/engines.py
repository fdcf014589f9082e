"""`make prove-engines ENGINES="unix://… ssh://…"`: the demo on this machine's engine, then on each of these.

The verdict and the fingerprints of all findings have to be the same. Images that an engine does not have are
built on it. Exit code 1 where they are not, or an engine's run came to no verdict.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from harness.errors import SiteError
from harness.model import Report
from harness.report import read_report

_ROOT = Path(__file__).parents[1]
_PLAY = (sys.executable, "-m", "pytest", "suites/", "--site", "scenarios/demo", "-q", "-p", "no:cacheprovider")


def _played(engine: str, folder: Path) -> Report | None:
    """The demo's report on an engine; this machine's own where it has no name."""
    environment = {key: value for key, value in os.environ.items() if key != "DOCKER_HOST"}
    environment |= {"DOCKER_HOST": engine} if engine else {}
    began = time.monotonic()
    done = subprocess.run(
        (*_PLAY, "--report", str(folder)), cwd=_ROOT, env=environment, capture_output=True, text=True, check=False
    )
    print(f"{engine or 'this machine'}: {done.stdout.strip().splitlines()[-1]} ({time.monotonic() - began:.0f} s)")
    try:
        return read_report(folder)
    except SiteError:
        print(done.stdout[-4000:], done.stderr[-4000:], sep="\n")
        return None


def _found(report: Report) -> Mapping[str, str]:
    """What was found, by fingerprint."""
    return {finding.fingerprint: f"{finding.severity.value} {finding.title}" for finding in report.findings}


def main(*engines: str) -> int:
    """Play and compare."""
    differs = False
    with tempfile.TemporaryDirectory(prefix="asterisk-engines-") as name:
        here = _played("", Path(name, "here"))
        for number, engine in enumerate(engines):
            there = _played(engine, Path(name, str(number)))
            if here is None or there is None:
                differs = True
                continue
            mine, theirs = _found(here), _found(there)
            for sign, found in (("-", mine.items() - theirs.items()), ("+", theirs.items() - mine.items())):
                print("".join(f"  {sign} {fingerprint} {title}\n" for fingerprint, title in sorted(found)), end="")
            differs |= mine.keys() != theirs.keys() or here.verdict is not there.verdict
    print("the findings differ" if differs else "the findings are the same")
    return 1 if differs else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
