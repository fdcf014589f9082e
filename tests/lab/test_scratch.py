"""Temporary folders: those of dead runs go with the next one, all others stay."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from harness.lab.housekeeping.scratch import scratch, sweep_scratch

DIES = """
import os, signal
from harness.lab.housekeeping.scratch import scratch
folder = scratch()
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_run_left_is_swept_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    subprocess.run([sys.executable, "-c", DIES], check=False)
    (left,) = tmp_path.iterdir()
    (left / "deep").mkdir()
    (left / "deep" / "file").touch()
    elsewhere = "-".join(["asterisk-upgrade", "0" * 12, *left.name.split("-")[3:]])  # a run of another machine
    others = {tmp_path / "asterisk-upgrade-mine", tmp_path / elsewhere}
    for other in others:
        other.mkdir()
    with scratch() as mine:
        sweep_scratch()
        assert set(tmp_path.iterdir()) == others | {Path(mine)}
    assert set(tmp_path.iterdir()) == others
