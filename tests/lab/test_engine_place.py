"""What is said where the engine's socket is there and may not be used."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from harness.errors import EngineError
from harness.lab.engine.client import connect, forbidden


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A socket at which nobody answers, named by DOCKER_HOST."""
    path = tmp_path / "docker.sock"
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))
    monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")
    return path


def test_a_socket_that_this_user_may_not_use_is_no_missing_engine(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # tests may run as root, who may all
    with pytest.raises(EngineError, match=f"may not use {place}") as told:
        connect()
    assert f"usermod -aG {place.group()} " in str(told.value)
    assert "Install" not in str(told.value)
    assert forbidden() == str(told.value)


def test_a_socket_that_this_user_may_use_or_that_is_not_there_is_not_forbidden(place: Path) -> None:
    assert forbidden() == ""
    place.unlink()
    assert forbidden() == ""
