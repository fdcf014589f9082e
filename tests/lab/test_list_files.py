"""Files of an instance are listed by its own shell, while Asterisk writes and removes some."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from harness.lab.instance.instance import LIST_FILES


def listed(folder: Path, path: str) -> list[str]:
    run = subprocess.run(
        ("sh", "-c", LIST_FILES, "sh", str(folder)),
        env={"PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return run.stdout.splitlines()


def test_a_file_that_goes_while_it_is_listed_is_not_there(tmp_path: Path) -> None:
    spool, programs = tmp_path / "spool", tmp_path / "bin"
    for folder in (spool, programs):
        folder.mkdir()
    (spool / "kept").write_text("four")
    (spool / "gone").write_text("x")
    stat = programs / "stat"
    stat.write_text(f'#!/bin/sh\nrm -f {spool}/gone\nexec /usr/bin/stat "$@"\n')
    stat.chmod(0o755)
    *files, _end = listed(spool, f"{programs}:{os.environ['PATH']}")
    assert files == ["4 ./kept"]


def test_a_folder_that_is_not_there_has_no_files(tmp_path: Path) -> None:
    assert len(listed(tmp_path / "none", os.environ["PATH"])) == 1
