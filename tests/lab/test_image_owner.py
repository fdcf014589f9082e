"""Whom an image's Asterisk becomes where the image is started as root: the owner of its folders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import pytest

from harness.lab import Release
from harness.lab.images.asking import Answers
from harness.lab.images.probe import _owner

DIRECTORIES = {"astvarlibdir": "/var/lib/asterisk", "astspooldir": "/var/spool/asterisk"}
ROOT, THEIRS = (0, 0), (101, 102)


class Image:
    """An image of which the engine says whose its folders are."""

    def __init__(self, owners: Mapping[str, tuple[int, int]]) -> None:
        self._owners = owners

    def owner(self, path: str) -> tuple[int, int] | None:
        return self._owners.get(path)


@pytest.mark.parametrize(
    ("engine", "inside", "owner"),
    [
        ({"astvarlibdir": THEIRS}, {}, THEIRS),  # an image without `stat`
        ({"astvarlibdir": ROOT}, {"astvarlibdir": THEIRS}, THEIRS),  # Podman says so of everything
        ({"astvarlibdir": ROOT, "astspooldir": THEIRS}, {"astvarlibdir": ROOT}, ROOT),
        ({"astvarlibdir": ROOT}, {}, ROOT),
        ({"astspooldir": THEIRS}, {}, THEIRS),
        ({}, {}, ROOT),
    ],
)
def test_the_owner_is_known_whatever_the_engine_says(
    engine: Mapping[str, tuple[int, int]], inside: Mapping[str, tuple[int, int]], owner: tuple[int, int]
) -> None:
    image = Image({DIRECTORIES[name]: found for name, found in engine.items()})
    assert _owner(cast(Any, image), Answers("", DIRECTORIES, (), inside)) == owner


@pytest.mark.engine
def test_debian_s_asterisk_is_nobody_s_root_on_any_engine(releases: Mapping[str, Release]) -> None:
    assert all(release.uid and release.gid for release in releases.values())
