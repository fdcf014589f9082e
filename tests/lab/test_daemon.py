"""What a dead engine left does not keep a new one from starting."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness.lab.engine.daemon import forget_dead

ME = Path("/proc/self/comm").read_text().strip()


@pytest.mark.parametrize("text", [str(os.getpid()), "4194305", "", "x"], ids=["other", "none", "empty", "word"])
def test_a_pid_file_of_nobody_or_of_somebody_else_is_removed(text: str, tmp_path: Path) -> None:
    pid_file = tmp_path / "docker.pid"
    pid_file.write_text(text)
    forget_dead("dockerd", pid_file)
    assert not pid_file.exists()
    forget_dead("dockerd", pid_file)  # there is none any more


def test_the_pid_file_of_one_that_lives_stays(tmp_path: Path) -> None:
    pid_file = tmp_path / "docker.pid"
    pid_file.write_text(str(os.getpid()))
    forget_dead(ME, pid_file)
    assert pid_file.exists()
