"""Code of a site does not end the run, whatever it calls; children end as they like."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.play.process_exit import ProcessExit, keeping_the_process

HERE = Path(__file__).parent


@pytest.mark.parametrize(
    "way", ["os._exit(0)", "posix._exit(0)", "os.execv('/bin/true', ['true'])", "os.execlp('true', 'true')"]
)
def test_who_would_end_the_process_is_told_that_it_cannot(way: str) -> None:
    with keeping_the_process(HERE), pytest.raises(ProcessExit, match="would end the whole run"):
        exec(f"import os, posix; {way}")


def test_after_that_all_is_as_before() -> None:
    before = os._exit, os.execv
    with keeping_the_process(HERE):
        assert os._exit is not before[0]
    assert (os._exit, os.execv) == before


def test_children_end_as_they_like() -> None:
    with keeping_the_process(HERE):
        child = multiprocessing.get_context("fork").Process(target=os._exit, args=(0,))
        child.start()
        child.join()
        assert child.exitcode == 0
        assert subprocess.run([sys.executable, "-c", "import os; os._exit(3)"], check=False).returncode == 3
        if (pid := os.fork()) == 0:
            os.execv(sys.executable, [sys.executable, "-c", "raise SystemExit(4)"])
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 4


def test_a_thread_does_not_end_the_process_with_0(tmp_path: Path) -> None:
    code = """
import os, threading, time
from pathlib import Path
from harness.play.process_exit import keeping_the_process
with keeping_the_process(Path("/nowhere")):
    threading.Thread(target=os._exit, args=(0,)).start()
    time.sleep(9)
"""
    path = {**os.environ, "PYTHONPATH": str(HERE.parents[1])}
    assert subprocess.run([sys.executable, "-c", code], check=False, env=path, cwd=tmp_path).returncode == 1
