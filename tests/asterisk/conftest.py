"""Configuration folders made of text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.asterisk.conf import Config

MakeConfig = Callable[..., Config]


@pytest.fixture
def make_config(tmp_path: Path) -> MakeConfig:
    """`make_config(**{"pjsip.conf": "..."})`."""

    def make(**files: str | bytes) -> Config:
        for name, content in files.items():
            path = tmp_path / "etc" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return Config(tmp_path / "etc")

    return make
