"""What ended an Asterisk, and what only came in its way, told apart by what the engine says."""

from __future__ import annotations

import pytest

from harness.errors import CrashError, LabError, LostError, StarvedError
from harness.lab.instance.health import end_of, reached, state_trouble

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


def test_a_machine_without_memory_is_named() -> None:
    kind, words = end_of({"ExitCode": 137}, memory_mb=300, machine_starved=True)
    assert (kind, words) == (LostError, "was killed by this machine, which ran out of memory")


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


def test_a_limit_that_was_reached_is_told_with_what_to_do() -> None:
    assert reached("pids_max 0\nmax 3\noom 0\noom_kill 0\n", memory_mb=300, pids=99) == ()
    assert reached("pids_max 7\nlow 0\nmax 3\noom_kill 2\n", memory_mb=300, pids=99) == (
        "came to its limit of 99 processes and threads (site.toml, limits: pids)",
        "had 2 processes ended at its memory limit of 300 MB (limits: memory_mb)",
    )


def test_where_no_process_can_be_started_any_more_the_limit_is_reached() -> None:
    said = "OCI runtime exec failed: fork/exec: resource temporarily unavailable: unknown"
    assert reached(said, memory_mb=300, pids=99)[0].startswith("came to its limit of 99 processes")
