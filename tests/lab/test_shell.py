"""A shell that stays open, without an engine: its frames go over a pair of sockets."""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.errors import LabError
from harness.lab.instance.shell import Shell


class Engine:
    """Runs `sh` on this machine as the engine does in a container: what it prints comes in frames, in pieces."""

    def __init__(self) -> None:
        self.here, self._there = socket.socketpair()
        self.process = subprocess.Popen(["sh"], stdin=self._there, stdout=subprocess.PIPE)
        self._thread = threading.Thread(target=self._frame)
        self._thread.start()

    def _frame(self) -> None:
        assert self.process.stdout is not None
        with self._there, suppress(BrokenPipeError):  # who asked may be gone before all is said
            while piece := self.process.stdout.read1(700):  # type: ignore[attr-defined] # it is buffered
                for part in (struct.pack(">BxxxL", 1, len(piece)), piece[:5], piece[5:]):
                    self._there.sendall(part)

    def close(self) -> None:
        assert self.process.stdout is not None
        self.process.kill()
        self.process.wait()
        self._thread.join()
        self.process.stdout.close()
        self.here.close()

    @property
    def container(self) -> Any:  # as much of the engine's client as is used
        stream = SimpleNamespace(_sock=self.here, close=self.here.close)
        api = SimpleNamespace(exec_create=lambda *_, **__: {"Id": "1"}, exec_start=lambda *_, **__: stream)
        return cast(Any, SimpleNamespace(id="1", client=SimpleNamespace(api=api)))


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = Engine()
    yield engine
    engine.close()


@pytest.fixture
def shell(engine: Engine) -> Iterator[Shell]:
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
    engine = Engine()
    shell = Shell(engine.container, name="old")
    assert {path: state.size for path, state in shell.list_files(str(spool)).items()} == {"kept": 4}
    shell.close()
    engine.close()


def test_a_shell_that_is_gone_is_told(shell: Shell, engine: Engine) -> None:
    engine.process.kill()
    with pytest.raises(LabError, match="old: a shell in the container does not answer"):
        shell.ask("echo", within=5)


def test_one_that_takes_too_long_is_told(shell: Shell) -> None:
    with pytest.raises(LabError, match="timed out"):
        shell.ask("sleep 3", within=0.1)
