"""A run without an engine, for the tests of the plugin: what came of each trio is as the test's table says.

Everything else is the real thing: the site is read, results are gated, kept, covered and reported.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from harness.errors import EngineError, LabError
from harness.judge.checks import ALL_CHECKS
from harness.lab import Release
from harness.model import EXPECTED, UNEXPECTED, Finding, Outcome, Place, ScenarioResult, Severity
from harness.record.store import write_trace
from harness.stages.boot import Prepared
from harness.stages.collect import Selection, Share
from harness.stages.results import Results
from harness.testing import trace

CHECKS = {"preflight/modules": ALL_CHECKS["preflight/modules"]}
SECONDS = 61.25
# Outcomes of a table that are the same on both releases, with the problem then. Who "plays" is really called.
SAME = {"plays": "", "fails": f"{EXPECTED}: nobody answers", "passes": UNEXPECTED}


def prepare_releases(selection: Selection, traces: Path, say: Callable[[str], None]) -> Prepared:
    site = selection.site
    if broken(site.root) == "engine":
        raise EngineError("no container engine answers")
    if broken(site.root).startswith("build SIG"):
        end_by(broken(site.root))
        time.sleep(20)
    versions = {site.old.release: "16.28.0", site.candidate.release: "22.10.1"}
    releases = {
        spec: Release(spec, f"ast:{spec}", f"sha256:{spec}", version) for spec, version in versions.items()
    }
    if broken(site.root) != "silent":
        (site.root / "settings.txt").write_text(site.candidate.config.name)
    return Prepared(site, releases, traces, selection.day)


async def on_trio(
    prepared: Prepared, share: Share, say: Callable[[str], None], *, plays: Callable[[], object] | None = None
) -> Results:
    """Notes each batch in `batches.txt`, then breaks down if asked to, else has the results.

    Where the site has to stay as it is, nothing is noted.
    """
    root, ids = prepared.site.root, [scenario.id for scenario in share.scenarios]
    if broken(root) != "silent":
        with (root / "batches.txt").open("a") as notes:
            notes.write(" ".join(sorted([*ids, *share.checks])) + "\n")
    break_down(broken(root), prepared.traces.parent)
    if broken(root) == "wait":
        await asyncio.sleep(60)
    if broken(root).startswith("play SIG"):
        end_by(broken(root))
        await asyncio.sleep(5)
    say("boots old, again, candidate")
    table = dict(line.split()[:2] for line in (root / "scenarios.txt").read_text().splitlines())
    for scenario in share.scenarios:
        if table[scenario.id] == "plays":
            await scenario.play(None)  # type: ignore[arg-type] # it asks for nothing of it
    for id_ in ids[:1]:
        write_trace(prepared.traces, trace("", scenario=id_))
    results = (result(id_, table[id_]) for id_ in ids if table[id_] != "lost")
    checks = (ScenarioResult(check, check.partition("/")[0], Outcome.SAME) for check in share.checks)
    return Results().with_results(*results, *checks)


def broken(root: Path) -> str:
    """What the site's `broken.txt` asks for."""
    file = root / "broken.txt"
    return file.read_text() if file.exists() else ""


def end_by(how: str) -> None:
    """Send this process the signal that is named last."""
    os.kill(os.getpid(), signal.Signals[how.split()[-1]])


def break_down(how: str, report: Path) -> None:
    """An error, an interrupt, the end of the process, a lost folder."""
    if how == "lab":
        raise LabError("no container engine answers")
    if how == "interrupt":
        raise KeyboardInterrupt
    if how == "die":
        os._exit(7)
    if how.startswith("block SIG"):
        end_by(how)
        time.sleep(20)
    if how == "slow":
        time.sleep(1.5)
    if how == "folder":
        (report / "report.json").mkdir()


def result(name: str, outcome: str) -> ScenarioResult:
    findings = ()
    if outcome in ("differs", "waived"):
        findings = (
            Finding(
                rule="application-missing",
                severity=Severity.BREAKING,
                surface="dialplan",
                scenario=name,
                title="Macro() is gone",
                old="Macro(hello)",
                where=Place("extensions.conf", 12),
                advice="use Gosub()",
                fingerprint=f"f-{name}",
            ),
        )
    problem = (
        "phone 101 was not there" if outcome in ("not-compared", "failed", "skipped") else SAME.get(outcome, "")
    )
    become = Outcome("differs" if findings else "same" if outcome in SAME else outcome)
    return ScenarioResult(
        name, "dialplan", become, findings=findings, problem=problem, where=Place("a.yaml", 3), seconds=SECONDS
    )
