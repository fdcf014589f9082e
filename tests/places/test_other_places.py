"""Any image with Asterisk in it is played as it is: its places, its user and its version are asked of Asterisk."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.lab import Release, prepare
from harness.model import Report
from harness.stages.collect import Settings, collect
from harness.stages.run import run

pytestmark = pytest.mark.engine

SITE = Path(__file__).parent / "site"


def released(image: str) -> Release:
    return prepare([f"image:{image}"])[f"image:{image}"]


def played(image: str) -> Report:
    settings = Settings(SITE, candidate=f"image:{image}")
    collected = collect(settings)
    every = frozenset(scenario.id for scenario in collected.scenarios)
    return run(collected, settings, scenarios=every, checks=frozenset(collected.checks), progress=print)


def show(report: Report) -> None:
    for result in report.results:
        print(result.id, result.outcome, result.problem)
        for finding in result.findings:
            print("   ", finding.rule, finding.severity, finding.title, [c.title for c in finding.consequences])
    print(report.verdict, report.problems)


def test_places_and_user_are_asked(moved: str) -> None:
    release = released(moved)
    print(release)
    assert release.image == moved


def test_one(moved: str) -> None:
    show(played(moved))


def test_two(bare: str) -> None:
    print(released(bare))
    show(played(bare))
