"""Images on the real engine: what is no Asterisk or does not build is one clear error; nothing is built twice."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from harness.ask.baseline import load_baseline
from harness.cli.doctor import examine
from harness.errors import EngineError, ImageError
from harness.lab import Release, prepare
from harness.lab.engine.client import connected
from harness.lab.engine.daemon import ensure_engine, start_detached

OLD, CANDIDATE = "debian:bullseye", "debian:sid"
NAME = "asterisk-upgrade-test:none"


@pytest.fixture
def bare_image(releases: Mapping[str, Release]) -> Iterator[str]:
    """An image with a shell and without Asterisk."""
    dockerfile = f"FROM {releases[CANDIDATE].image}\nRUN rm /usr/sbin/asterisk\n"
    with connected() as client:
        client.client.images.build(fileobj=io.BytesIO(dockerfile.encode()), tag=NAME, rm=True)
        yield NAME
        client.client.images.remove(NAME)


@pytest.mark.engine
def test_what_is_there_is_not_built_again(releases: Mapping[str, Release]) -> None:
    lines: list[str] = []
    assert prepare([OLD, CANDIDATE], progress=lines.append) == releases
    assert lines == []


@pytest.mark.engine
def test_a_release_knows_itself(releases: Mapping[str, Release]) -> None:
    old, candidate = releases[OLD], releases[CANDIDATE]
    assert old.version.startswith("16.28.")
    assert old.directory("astmoddir") == "/usr/lib/asterisk/modules"
    assert candidate.version.startswith("22.")
    assert candidate.directory("astdatadir") == "/usr/share/asterisk"
    assert all(release.faketime and release.uid and release.digest for release in releases.values())


@pytest.mark.engine
def test_an_image_without_asterisk(bare_image: str) -> None:
    with pytest.raises(ImageError, match=rf"image:{bare_image}: there is no asterisk program"):
        prepare([f"image:{bare_image}"])


@pytest.mark.engine
def test_an_image_of_the_users_own(releases: Mapping[str, Release]) -> None:
    spec = f"image:{releases[OLD].image}"
    mine = prepare([spec])[spec]
    assert (mine.version, mine.uid, mine.directories) == (
        releases[OLD].version,
        releases[OLD].uid,
        releases[OLD].directories,
    )


@pytest.mark.engine
def test_a_build_that_fails_shows_its_last_lines() -> None:
    with pytest.raises(ImageError, match="debian:sid cannot be built") as caught:
        prepare([CANDIDATE], packages=["no-such-package"])
    assert "Unable to locate package no-such-package" in "\n".join(caught.value.__notes__)


@pytest.mark.engine
def test_a_stock_configuration_has_complaints_of_its_own(releases: Mapping[str, Release]) -> None:
    for release in releases.values():
        lines = load_baseline(release)
        assert lines == load_baseline(release)
        assert {line.level for line in lines} == {"WARNING", "ERROR"}


def test_without_an_engine_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    with pytest.raises(
        EngineError, match=r"No container engine answers at unix:///nowhere/docker.sock\.\n.*make setup"
    ):
        ensure_engine()


def test_the_doctor_names_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    checks = {check.name: check for check in examine()}
    assert not checks["container engine"].ok
    assert "DOCKER_HOST" in checks["container engine"].advice
    assert "installs" not in checks["container engine"].advice  # `harness setup` installs none where it is set
    assert checks["Debian mirror"].found
    assert all(check.advice for check in checks.values() if not check.ok)


def test_a_dockerd_that_dies_shows_the_end_of_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "dockerd"
    program.write_text("#!/bin/sh\necho iptables is missing >&2\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    with pytest.raises(EngineError, match=r"ended at once \(dockerd, exit code 3\)") as caught:
        start_detached(tmp_path / "log")
    assert "iptables is missing" in "\n".join(caught.value.__notes__)
