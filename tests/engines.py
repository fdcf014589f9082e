"""`make prove-engines ENGINES="unix://… ssh://…"`: the demo on this machine's engine, then on each of these.

The verdict and the fingerprints of all findings have to be the same. Images that an engine does not have are
built on it. The certificates of DOCKER_CERT_PATH are for `tcp://` engines, but not for those at 2375, which is
Docker's port without TLS. Exit code 1 where findings or verdicts differ, or an engine's run came to no verdict.
The reports stay: `harness show` says of each what a difference comes from.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from harness.errors import SiteError
from harness.model import Report
from harness.report import read_report

_TLS = ("DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH")
_ROOT = Path(__file__).parents[1]
_PLAY = (sys.executable, "-m", "pytest", "suites/", "--site", "scenarios/demo", "-q", "-p", "no:cacheprovider")


def _played(engine: str, folder: Path) -> Report | None:
    """The demo's report on an engine; this machine's own where it has no name."""
    has_tls = engine.startswith("tcp://") and not engine.endswith(":2375")
    left_out = {"DOCKER_HOST", *(() if has_tls else _TLS)}
    environment = {key: value for key, value in os.environ.items() if key not in left_out}
    environment |= {"DOCKER_HOST": engine} if engine else {}
    began = time.monotonic()
    done = subprocess.run(
        (*_PLAY, "--report", str(folder)), cwd=_ROOT, env=environment, capture_output=True, text=True, check=False
    )
    name, seconds = engine or "this machine", f"{time.monotonic() - began:.0f} s"
    try:
        report = read_report(folder)
    except SiteError:
        print(f"{name}: no report ({seconds})", done.stdout[-4000:], done.stderr[-4000:], sep="\n")
        return None
    print(f"{name}: {report.verdict.value}, {len(report.findings)} findings ({seconds})", flush=True)
    print("".join(f"  ! {problem}\n" for problem in report.problems), end="")
    return report


def _found(report: Report) -> Mapping[str, str]:
    """What was found, by fingerprint."""
    return {finding.fingerprint: f"{finding.severity.value} {finding.title}" for finding in report.findings}


def _differences(here: Mapping[str, str], there: Mapping[str, str]) -> Iterator[str]:
    """What was found on one engine only, and what each calls otherwise: that is no difference, and seen."""
    for sign, found, other in (("-", here, there), ("+", there, here)):
        yield from (
            f"{sign} {fingerprint} {found[fingerprint]}" for fingerprint in sorted(found.keys() - other.keys())
        )
    for fingerprint in sorted(here.keys() & there.keys()):
        if here[fingerprint] != there[fingerprint]:
            yield f"~ {fingerprint} {here[fingerprint]} (there: {there[fingerprint]})"


def main(*engines: str) -> int:
    """Play and compare."""
    differs = False
    folder = Path(tempfile.mkdtemp(prefix="asterisk-engines-"))
    here = _played("", folder / "here")
    for number, engine in enumerate(engines, 1):
        there = _played(engine, folder / str(number))
        if here is None or there is None:
            differs = True
            continue
        mine, theirs = _found(here), _found(there)
        print("".join(f"  {line}\n" for line in _differences(mine, theirs)), end="", flush=True)
        differs |= mine.keys() != theirs.keys() or here.verdict is not there.verdict
    print("the findings differ" if differs else "the findings are the same")
    print(f"The reports are in {folder}: `harness show {folder}/here`")
    return 1 if differs else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
