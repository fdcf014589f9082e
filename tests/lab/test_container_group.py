"""What a process that simply ends does with the containers that it still has."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import atexit

from docker.models.containers import Container

from harness.lab.housekeeping.sweep import remove_all


class Held(Container):
    def remove(self, **options):
        print("removed", options)


atexit.register(remove_all, [Held(), Held()], (), in_turn=True)
"""


def test_containers_go_at_the_end_of_the_interpreter() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "removed {'force': True, 'v': True}",
        "removed {'force': True, 'v': True}",
    ]
