"""Any image with Asterisk in it is played as it is: its places, its user and its version are asked of Asterisk."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.lab import Release, prepare
from harness.lab.engine.client import connected
from harness.lab.images.inside import look_inside
from harness.model import Finding, Outcome, Report, Verdict
from harness.stages.collect import Settings, collect
from harness.stages.run import run

pytestmark = pytest.mark.engine

SITE = Path(__file__).parent / "site"
CANDIDATE = "debian:sid"


def spec_of(image: str) -> str:
    return f"image:{image}"


def released(image: str) -> Release:
    return prepare([spec_of(image)])[spec_of(image)]


def played(image: str) -> Report:
    """The site on Debian's package and on the image: every scenario, every check."""
    settings = Settings(SITE, candidate=spec_of(image))
    collected = collect(settings)
    every = frozenset(scenario.id for scenario in collected.scenarios)
    return run(collected, settings, scenarios=every, checks=frozenset(collected.checks), progress=print)


def outcomes(report: Report) -> Mapping[str, Outcome]:
    """What is not the same, by id."""
    return {result.id: result.outcome for result in report.results if result.outcome is not Outcome.SAME}


def holding(report: Report) -> list[Finding]:
    return [finding for finding in report.findings if finding.severity.holds]


def said(report: Report) -> str:
    """What holds, for a person who reads why a test fails."""
    lines = [f"{one.scenario}: {one.title}: {one.old} | {one.candidate}" for one in holding(report)]
    return "\n".join((*lines, *report.problems))


def test_places_and_user_are_asked(moved: str) -> None:
    release, debian = released(moved), prepare([CANDIDATE])[CANDIDATE]
    assert (release.version, release.image) == (debian.version, moved)
    assert (release.binary, release.user) == ("/usr/local/sbin/asterisk", "7000:7000")
    assert release.directory("astetcdir") == "/opt/asterisk"
    assert release.directory("astdbdir") == "/opt/lib/asterisk"
    assert release.directory("astlogdir") == "/opt/log/pbx"
    assert release.directory("astrundir") == "/opt/run/asterisk"
    assert all(path.startswith("/opt/") for path in release.directories.values())
    assert (release.python, release.lacks) == ("", ())
    assert release.runner


def test_nothing_need_be_in_an_image_but_asterisk(moved: str, bare: str) -> None:
    release = released(bare)
    assert release.directories == released(moved).directories
    assert (release.user, release.faketime) == ("7000:0", "")
    assert "sh" in release.lacks


def test_the_same_asterisk_elsewhere_is_the_same(moved: str) -> None:
    report = played(moved)
    assert outcomes(report) == {}, said(report)
    assert report.verdict is Verdict.PROMOTE, report.problems


def test_without_a_shell_only_what_needs_one_differs(bare: str) -> None:
    """Scripts that want /bin/sh, and the command by which voicemail sends a mail."""
    report = played(bare)
    differ = dict.fromkeys(("places/mail", "places/path", "places/script"), Outcome.DIFFERS)
    assert outcomes(report) == differ, said(report)
    titles = sorted(finding.title for finding in holding(report))
    assert len(titles) == 3, titles
    assert "is not written any more" in titles[2], titles


def test_packages_of_the_site_are_laid_over_an_image_that_can_take_them(moved: str, bare: str) -> None:
    """The image's user stays; where there is no shell to install them with, it is said."""
    told: list[str] = []
    images = {
        spec: prepare([spec], packages=["jq"], progress=told.append)[spec] for spec in map(spec_of, (moved, bare))
    }
    layered, whole = images.values()
    with connected() as client:
        with look_inside(client, layered.image) as image:
            assert image.has("/usr/bin/jq")
        client.client.images.remove(layered.image)
    assert (layered.user, layered.version) == ("7000:7000", whole.version)
    assert (whole.image, whole.packages) == (bare, ())
    assert f"{spec_of(bare)}: has no shell, so the site's packages are left out: jq" in told
