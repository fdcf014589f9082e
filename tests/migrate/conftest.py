"""Configurations made of text, migrated."""

from __future__ import annotations

from pathlib import Path

import pytest
from migrations import Migrate, Migrated, fill, migrated


@pytest.fixture
def run(tmp_path: Path) -> Migrate:
    """`run("[a]\\nexten => ...", **{"features.conf": "..."})`."""

    def make(extensions: str = "", **files: str | bytes) -> Migrated:
        folder = tmp_path / "etc"
        folder.mkdir(exist_ok=True)
        return migrated(fill(folder, {**({"extensions.conf": extensions} if extensions else {}), **files}))

    return make
