"""Frozen values from JSON, whoever asks at the same time."""

import subprocess
import sys

_MANY = """
import sys, threading
from dataclasses import make_dataclass
from harness.model.storage import converted

sys.setswitchinterval(1e-6)


def fresh(n):
    inner = [make_dataclass(f"I{n}_{k}", [(f"f{j}", dict[str, int]) for j in range(8)]) for k in range(12)]
    return make_dataclass(f"O{n}", [(f"g{k}", each) for k, each in enumerate(inner)])


document = {f"g{k}": {f"f{j}": {"a": 1} for j in range(8)} for k in range(12)}
for n in range(50):
    kind, begin = fresh(n), threading.Barrier(4)
    found = []

    def read():
        begin.wait()
        found.append(converted(document, kind))

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4 and found[0] == found[3]
"""


def test_threads_that_meet_a_type_for_the_first_time_do_not_end_the_process() -> None:
    """msgspec alone is ended by a segmentation fault here, each time."""
    done = subprocess.run([sys.executable, "-c", _MANY], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
