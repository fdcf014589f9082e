"""What ended an Asterisk, and what only came in its way, told apart by what the engine says."""

from __future__ import annotations

import pytest

from harness.errors import CrashError, LabError, LostError, StarvedError
from harness.lab.instance.health import end_of, out_of_memory, peak, reached, state_trouble, unbounded

ON = {"lab": {}}


@pytest.mark.parametrize(
    ("state", "kind", "words"),
    [
        ({"ExitCode": 139}, CrashError, "was ended by SIGSEGV"),
        ({"ExitCode": 134}, CrashError, "was ended by SIGABRT"),
        ({"ExitCode": 1}, CrashError, "ended with exit code 1"),
        ({"ExitCode": 0}, CrashError, "ended with exit code 0"),
        ({"ExitCode": 137}, LostError, "was ended from outside by SIGKILL, which nothing inside can do to it"),
        ({"ExitCode": 143}, LostError, "was ended from outside by SIGTERM, which nothing inside can do to it"),
        ({"ExitCode": 137, "OOMKilled": True}, StarvedError, "reached its memory limit of 300 MB"),
        ({}, LostError, "was removed from outside"),
    ],
)
def test_what_the_engine_says_of_an_end(state: dict[str, object], kind: type[LabError], words: str) -> None:
    found, said = end_of(state, memory_mb=300)
    assert found is kind
    assert said.startswith(words)


def test_an_orderly_end_after_a_signal_from_outside_is_none_of_its_own() -> None:
    assert end_of({"ExitCode": 0}, memory_mb=300, was_sent="signal 15")[0] is LostError
    assert end_of({"ExitCode": 139}, memory_mb=300, was_sent="signal 15")[0] is CrashError


def test_what_a_machine_ended_for_want_of_memory_is_told_beside_a_sigkill_and_not_taken_for_its_cause() -> None:
    kind, words = end_of({"ExitCode": 137}, memory_mb=300, oom_kills=2)
    assert kind is LostError
    assert words.startswith("was ended from outside by SIGKILL")
    assert "for want of memory meanwhile, in any container or none: 2" in words
    assert "memory" not in end_of({"ExitCode": 143}, memory_mb=300, oom_kills=2)[1]


@pytest.mark.parametrize(
    ("state", "networks", "process", "words"),
    [
        ({"Running": True}, ON, "Name:\tasterisk\nState:\tS (sleeping)\n", ""),
        ({"Running": True, "Paused": True}, ON, "", "was paused from outside"),
        ({"Running": True}, {}, "", "was taken off its network from outside"),
        ({"Running": True}, ON, "State:\tT (stopped)\n", "was stopped from outside by SIGSTOP"),
    ],
)
def test_what_was_done_to_one_that_runs(
    state: dict[str, object], networks: dict[str, object], process: str, words: str
) -> None:
    assert state_trouble(state, networks, process) == words


BOUNDED = f"pids_limit 99\nmemory_limit {556 << 20}\nmemory_peak {200 << 20}\n"
FREE = f"memory_limit 9223372036854771712\nmemory_peak {5000 << 20}\n"
"""As a rootless engine's container reads it: no file of processes, and the machine's own of memory."""


def test_a_limit_that_was_reached_is_told_with_what_to_do() -> None:
    assert reached(f"{BOUNDED}pids_max 0\nmax 3\noom 0\noom_kill 0\n", memory_mb=300, pids=99) == ()
    assert reached(f"{BOUNDED}pids_max 7\nlow 0\nmax 3\noom_kill 2\n", memory_mb=300, pids=99) == (
        "came to its limit of 99 processes and threads (site.toml, limits: pids)",
        "had 2 processes ended at its memory limit of 300 MB (limits: memory_mb)",
    )


@pytest.mark.parametrize("limits", [FREE, "pids_limit max\nmemory_limit max\n", f"pids_limit 500\n{FREE}"])
def test_what_the_whole_machine_has_counted_is_nothing_that_it_came_to(limits: str) -> None:
    counters = f"{limits}pids_max 7\noom_kill 2\n"
    assert unbounded(counters, memory_mb=300, pids=99) == ("memory", "processes")
    assert reached(counters, memory_mb=300, pids=99) == ()
    assert peak(counters, memory_mb=300) == 0


def test_one_with_limits_has_memory_of_its_own() -> None:
    assert unbounded(BOUNDED, memory_mb=300, pids=99) == ()
    assert peak(BOUNDED, memory_mb=300) == 200
    assert out_of_memory(f"{BOUNDED}oom_kill 2\n", memory_mb=300) == 2
    assert out_of_memory(BOUNDED, memory_mb=300) == out_of_memory("", memory_mb=300) == 0
    assert out_of_memory(f"{BOUNDED}oom_kill 2\n", memory_mb=200) == 0
    assert unbounded(BOUNDED.replace("pids_limit 99", ""), memory_mb=300, pids=99) == ("processes",)


@pytest.mark.parametrize("counters", ["", "old is not there any more", "exec failed"])
def test_of_one_that_cannot_be_asked_nothing_is_known(counters: str) -> None:
    assert unbounded(counters, memory_mb=300, pids=99) == ()
    assert peak(counters, memory_mb=300) == 0


def test_where_no_process_can_be_started_any_more_the_limit_is_reached() -> None:
    said = "OCI runtime exec failed: fork/exec: resource temporarily unavailable: unknown"
    assert reached(said, memory_mb=300, pids=99)[0].startswith("came to its limit of 99 processes")
