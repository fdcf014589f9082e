"""What `harness migrate` writes, played for real: on 22 it does what the old configuration does on 16."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harness.migrate import migrate_site
from harness.model import Outcome, Report
from harness.stages.collect import Settings, collect
from harness.stages.run import run

pytestmark = pytest.mark.engine

HERE = Path(__file__).parent
SCENARIOS = (
    "macro-dials", "macro-busy", "caller-transfers", "key-runs-a-macro", "flow", "freepbx", "screened",
    "queue-macro", "queue-gosub", "queue-member", "named", "flags", "zoned", "recorded",
)  # fmt: skip
# What a recording is told with has the name of what records.
ANOTHER_NAME = (
    "ami-event-lost: MonitorStart does not come any more",
    "ami-event-lost: MonitorStop does not come any more",
)


def played(folder: Path, name: str) -> Report:
    """A site of this folder, migrated and played once, with everything that preflight asks."""
    site = folder / "site"
    shutil.copytree(HERE / name, site)
    shutil.copytree(site / "old", site / "candidate")
    migrate_site(site, write=True)
    settings = Settings(site)
    collected = collect(settings)
    every = frozenset(scenario.id for scenario in collected.scenarios)
    return run(collected, settings, scenarios=every, checks=frozenset(collected.checks), progress=print)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """All changes."""
    return played(tmp_path_factory.mktemp("migrated"), "site")


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_call_is_as_before(report: Report, name: str) -> None:
    result = report.result(f"calls/{name}")
    assert result is not None
    assert result.outcome not in (Outcome.NOT_COMPARED, Outcome.FAILED), (result.problem, report.problems)
    held = [f"{finding.rule}: {finding.title}" for finding in result.findings if finding.severity.holds]
    assert [title for title in held if title not in ANOTHER_NAME] == []


def test_all_of_it_is_loaded(report: Report) -> None:
    """Nothing that was in force is missing but what chan_sip and such brought."""
    checks = [result for result in report.results if not result.id.startswith("calls/")]
    held = [f"{f.rule}: {f.title}" for result in checks for f in result.findings if f.severity.holds]
    assert held == []


def test_where_every_module_is_named_those_that_22_needs_are_loaded(tmp_path: Path) -> None:
    report = played(tmp_path, "site_modules")
    result = report.result("calls/run")
    assert result is not None
    assert result.outcome not in (Outcome.NOT_COMPARED, Outcome.FAILED), (result.problem, report.problems)
    assert [f"{f.rule}: {f.title}" for r in report.results for f in r.findings if f.severity.holds] == []
