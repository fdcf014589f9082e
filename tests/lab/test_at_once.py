"""Jobs at the same time: their results in order, their errors told, and nobody waits for them at the end."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from harness.lab.housekeeping.at_once import all_at_once


def test_all_run_at_the_same_time_and_their_results_keep_their_order() -> None:
    meeting = threading.Barrier(3, timeout=10)
    assert [place >= 0 for place in all_at_once([meeting.wait] * 3)] == [True] * 3
    assert all_at_once([lambda: (time.sleep(0.05), 1)[1], lambda: 2]) == [1, 2]
    assert all_at_once([]) == []


def test_an_error_is_raised_when_all_have_ended() -> None:
    done: list[int] = []
    with pytest.raises(ZeroDivisionError):
        all_at_once([lambda: 1 / 0, lambda: done.append(1)])
    assert done == [1]


def test_a_process_that_is_interrupted_does_not_wait_for_them() -> None:
    code = (
        "import os, signal, threading, time\n"
        "from harness.lab.housekeeping.at_once import all_at_once\n"
        "from harness.lab.housekeeping.terminate import Ending, Interrupted\n"
        "with Ending() as ending:\n"
        "    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGTERM)).start()\n"
        "    try: all_at_once([lambda: time.sleep(60)])\n"
        "    except Interrupted: print(ending.signal)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=True)
    assert (done.stdout, done.stderr) == ("SIGTERM\n", "")
