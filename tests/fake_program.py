"""A `harness.stages.program` without an engine, for the tests of the plugin: results as the test's table says."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from harness.errors import EngineError, LabError, SiteError
from harness.model import Finding, Outcome, Place, ScenarioResult, Severity, Verdict, Waiver
from harness.report import Report, Side, assemble, holds


@dataclass(frozen=True)
class Settings:
    site: Path
    report: Path
    old: str | None = None
    candidate: str | None = None
    old_config: Path | None = None
    candidate_config: Path | None = None
    rollback: bool = False
    as_of: date | None = None
    day: date = date(2026, 11, 24)


@dataclass(frozen=True)
class Scenario:
    id: str
    file: Path
    line: int = 3
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Release:
    release: str


@dataclass(frozen=True)
class Site:
    name: str
    root: Path
    old: Release
    candidate: Release
    waivers: tuple[Waiver, ...] = ()


@dataclass(frozen=True)
class Collected:
    site: Site
    scenarios: tuple[Scenario, ...]
    checks: tuple[str, ...] = ("preflight/modules",)


def collect(settings: Settings) -> Collected:
    """Reads `scenarios.txt` of the site: lines `id outcome [tag]`."""
    table = settings.site / "scenarios.txt"
    if settings.candidate_config:
        (settings.site / "settings.txt").write_text(str(settings.candidate_config))
    if not table.exists():
        error = SiteError(f"{table}:1: no such file")
        error.add_note("harness init makes a site")
        raise error
    scenarios = tuple(
        Scenario(id=line[0], file=settings.site / f"{line[0].partition('/')[0]}.py", tags=frozenset(line[2:]))
        for line in rows(settings)
    )
    site = Site(
        name="tiny",
        root=settings.site,
        old=Release("debian:bullseye"),
        candidate=Release(settings.candidate or "debian:sid"),
        waivers=(Waiver("planned", Place("waivers.yaml", 2), rule="application-*", scenario="ivr/w*"),),
    )
    return Collected(site, scenarios)


def rows(settings: Settings) -> list[list[str]]:
    return [line.split() for line in (settings.site / "scenarios.txt").read_text().splitlines()]


def run(
    collected: Collected,
    settings: Settings,
    *,
    scenarios: frozenset[str],
    checks: frozenset[str],
    progress: Callable[[str], None],
) -> Report:
    """Notes each batch in `batches.txt`, then breaks down if asked to, else makes the report."""
    with (settings.site / "batches.txt").open("a") as notes:
        notes.write(" ".join(sorted(scenarios | checks)) + "\n")
    break_down(settings)
    progress("boots old, again, candidate")
    table = {line[0]: Outcome(line[1]) for line in rows(settings)}
    results = [result(name, table[name]) for name in sorted(scenarios)]
    results += [ScenarioResult(check, check.partition("/")[0], Outcome.SAME) for check in sorted(checks)]
    (settings.report / "traces" / f"{min(scenarios | checks).replace('/', '__')}.old.jsonl").write_text("{}\n")
    return assemble(
        verdict=verdict(results),
        site="tiny",
        old=Side("debian:bullseye", "16.28.0", "ast:old", "sha256:0ld"),
        again=Side("debian:bullseye", "16.28.0", "ast:old", "sha256:0ld"),
        candidate=Side("debian:sid", "22.10.1", "ast:new", "sha256:new"),
        results=results,
        available=len(table) + 1,
        seconds=1.5,
    )


def cover(report: Report, folder: Path) -> Report:
    """Nobody asks the fake what is covered."""
    assert (folder / "traces").is_dir()
    return report


def break_down(settings: Settings) -> None:
    """What the site's `broken.txt` asks for: an error, an interrupt, the end of the process, a lost folder."""
    broken = settings.site / "broken.txt"
    what = broken.read_text() if broken.exists() else ""
    if what == "engine":
        raise EngineError("no container engine answers")
    if what == "lab":
        raise LabError("no container engine answers")
    if what == "interrupt":
        raise KeyboardInterrupt
    if what == "die":
        os._exit(7)
    if what == "folder":
        (settings.report / "report.json").mkdir()


def result(name: str, outcome: Outcome) -> ScenarioResult:
    findings = ()
    if outcome in (Outcome.DIFFERS, Outcome.WAIVED):
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
                waived="planned" if outcome is Outcome.WAIVED else "",
            ),
        )
    problem = "phone 101 was not there" if outcome in (Outcome.NOT_COMPARED, Outcome.FAILED) else ""
    return ScenarioResult(name, "dialplan", outcome, findings=findings, problem=problem, where=Place("a.yaml", 3))


def verdict(results: list[ScenarioResult]) -> Verdict:
    if any(holds(finding) for result in results for finding in result.findings):
        return Verdict.HOLD
    if any(result.outcome is Outcome.FAILED for result in results):
        return Verdict.HOLD
    if any(result.outcome is Outcome.NOT_COMPARED for result in results):
        return Verdict.INCONCLUSIVE
    return Verdict.PROMOTE
