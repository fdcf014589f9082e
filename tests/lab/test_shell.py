"""A shell that stays open, without an engine: its frames go over a pair of sockets."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.errors import LabError
from harness.lab.instance.shell import Shell
from tests.fake_exec import FakeExec


@pytest.fixture
def engine() -> Iterator[FakeExec]:
    engine = FakeExec()
    yield engine
    engine.close()


@pytest.fixture
def shell(engine: FakeExec) -> Iterator[Shell]:
    shell = Shell(engine.container, name="old")
    yield shell
    shell.close()


def test_files_are_listed_and_what_was_added_to_them_is_read(shell: Shell, tmp_path: Path) -> None:
    name = "it's one.txt"
    (tmp_path / "a b").mkdir()
    (tmp_path / "a b" / name).write_text("hello\nworld\n")
    (tmp_path / "long").write_bytes(bytes(range(256)) * 100)
    listed = shell.list_files(str(tmp_path))
    assert {path: state.size for path, state in listed.items()} == {f"a b/{name}": 12, "long": 25_600}
    assert all(abs(state.changed - time.time()) < 60 for state in listed.values())
    read = shell.read_added(str(tmp_path), {f"a b/{name}": 6, "gone": 0, "long": 1}, most=1000)
    assert read == {f"a b/{name}": b"world\n", "long": (bytes(range(256)) * 100)[1:1001]}


def test_a_folder_that_is_not_there_has_no_files(shell: Shell, tmp_path: Path) -> None:
    assert shell.list_files(str(tmp_path / "none")) == {}
    assert shell.read_added(str(tmp_path / "none"), {"x": 0}, most=10) == {}


def test_a_file_that_goes_while_it_is_listed_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool, programs = tmp_path / "spool", tmp_path / "bin"
    for folder in (spool, programs):
        folder.mkdir()
    (spool / "kept").write_text("four")
    (spool / "gone").write_text("x")
    stat = programs / "stat"
    stat.write_text(f'#!/bin/sh\nrm -f {spool}/gone\nexec /usr/bin/stat "$@"\n')
    stat.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    engine = FakeExec()
    shell = Shell(engine.container, name="old")
    assert {path: state.size for path, state in shell.list_files(str(spool)).items()} == {"kept": 4}
    shell.close()
    engine.close()


def test_a_shell_that_is_gone_is_told(shell: Shell, engine: FakeExec) -> None:
    engine.process.kill()
    with pytest.raises(LabError, match="old: a shell in the container does not answer"):
        shell.ask("echo", within=5)


def test_one_that_takes_too_long_is_told(shell: Shell) -> None:
    with pytest.raises(LabError, match="timed out"):
        shell.ask("sleep 3", within=0.1)
