"""Sites whose endpoints, queue and records are in a database, played on real releases with real servers."""

from __future__ import annotations

from pathlib import Path

import pytest
from database_sites import make_site

from harness.errors import SiteError
from harness.model import Outcome
from harness.program import Settings, collect, run
from harness.report import Report

pytestmark = pytest.mark.engine

CHECKS = frozenset({"preflight/endpoints", "preflight/queues", "preflight/records", "preflight/log"})


def play(site: Path, *, scenarios: bool = True) -> Report:
    settings = Settings(site, report=site / "report")
    collected = collect(settings)
    played = frozenset(scenario.id for scenario in collected.scenarios if scenarios)
    return run(collected, settings, scenarios=played, checks=CHECKS, progress=print)


@pytest.fixture(scope="module", params=["postgresql", "mariadb"])
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Report:
    return play(make_site(tmp_path_factory.mktemp(request.param), request.param))


def test_what_is_in_the_database_is_in_force_on_both(report: Report) -> None:
    assert not report.problems
    outcomes = {result.id: (result.outcome, result.problem) for result in report.results}
    assert outcomes == dict.fromkeys((*CHECKS, "calls/served"), (Outcome.SAME, ""))
