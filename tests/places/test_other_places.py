"""Any image with Asterisk in it is played as it is: its places, its user and its version are asked of Asterisk."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.lab import Release, prepare
from harness.lab.images.tools import TOOLS
from harness.model import Finding, Outcome, Report, Verdict
from harness.stages.collect import Settings, collect
from harness.stages.run import run

pytestmark = pytest.mark.engine

SITE = Path(__file__).parent / "site"
CANDIDATE = "debian:sid"


def released(image: str) -> Release:
    return prepare([f"image:{image}"])[f"image:{image}"]


def played(image: str) -> Report:
    """The site on Debian's package and on the image: every scenario, every check."""
    settings = Settings(SITE, candidate=f"image:{image}")
    collected = collect(settings)
    every = frozenset(scenario.id for scenario in collected.scenarios)
    return run(collected, settings, scenarios=every, checks=frozenset(collected.checks), progress=print)


def outcomes(report: Report) -> Mapping[str, Outcome]:
    """What is not the same, by id."""
    return {result.id: result.outcome for result in report.results if result.outcome is not Outcome.SAME}


def holding(report: Report) -> list[Finding]:
    return [finding for finding in report.findings if finding.severity.holds]


def test_places_and_user_are_asked(moved: str) -> None:
    release, debian = released(moved), prepare([CANDIDATE])[CANDIDATE]
    assert (release.version, release.image) == (debian.version, moved)
    assert (release.binary, release.user) == ("/usr/local/sbin/asterisk", "7000:7000")
    assert release.directory("astetcdir") == "/opt/asterisk"
    assert release.directory("astdbdir") == "/opt/lib/asterisk"
    assert release.directory("astrundir") == "/opt/run/asterisk"
    assert all(path.startswith("/opt/") for path in release.directories.values())
    assert (release.python, release.tools) == ("", "")
    assert release.runner


def test_nothing_need_be_in_an_image_but_asterisk(moved: str, bare: str) -> None:
    release = released(bare)
    assert release.directories == released(moved).directories
    assert (release.user, release.tools, release.faketime) == ("7000:0", TOOLS, "")


def test_the_same_asterisk_elsewhere_is_the_same(moved: str) -> None:
    report = played(moved)
    assert outcomes(report) == {}, holding(report)
    assert report.verdict is Verdict.PROMOTE, report.problems


def test_without_a_shell_only_what_needs_one_differs(bare: str) -> None:
    """A script that wants /bin/sh, and the command by which voicemail sends a mail."""
    report = played(bare)
    differ = dict.fromkeys(("places/mail", "places/script"), Outcome.DIFFERS)
    assert outcomes(report) == differ, (holding(report), report.problems)
    titles = sorted(finding.title for finding in holding(report))
    assert len(titles) == 2, titles
    assert "is not written any more" in titles[1], titles
