"""Configuration folders and site folders made of text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.asterisk.conf import Config

SITE = """\
name = "Tiny"
[old]
release = "debian:bullseye"
config = "old"
[candidate]
release = "debian:sid"
config = "candidate"
"""

MakeConfig = Callable[..., Config]
MakeSite = Callable[..., Path]


@pytest.fixture
def make_config(tmp_path: Path) -> MakeConfig:
    """`make_config(**{"pjsip.conf": "..."})`."""

    def make(**files: str | bytes) -> Config:
        return Config(write(tmp_path / "etc", files))

    return make


@pytest.fixture
def make_site(tmp_path: Path) -> MakeSite:
    """`make_site(toml, **{"old/pjsip.conf": "..."})`."""

    def make(toml: str = SITE, **files: str | bytes) -> Path:
        root = tmp_path / "tiny"
        for side in ("old", "candidate"):
            (root / side).mkdir(parents=True)
        return write(root, {"site.toml": toml, **files})

    return make


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder
