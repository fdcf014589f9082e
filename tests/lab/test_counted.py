"""What a build's control group has counted is read beside what the build printed."""

import subprocess

import pytest

from harness.lab.images.counted import apart, counted


@pytest.mark.parametrize(
    ("command", "own", "code"),
    [
        ("echo made; true", "made\n", 0),
        ("printf made; exit 3", "made", 3),
        ("echo one; echo wrong >&2; echo two", "one\nwrong\ntwo\n", 0),
        ("exec >&- 2>&-; exit 4", "", 4),
    ],
)
def test_the_command_s_output_and_exit_code_are_its_own(command: str, own: str, code: int) -> None:
    done = subprocess.run(
        ["sh", "-c", counted('sh -c "$0"'), command], stdout=subprocess.PIPE, text=True, check=False
    )
    assert (apart(done.stdout)[0], done.returncode) == (own, code)


def test_what_was_counted_comes_last_and_may_not_come() -> None:
    printed = "a\n\ncounted by the harness:\nmemory_limit 1\noom_kill 2\n"
    assert apart(printed) == ("a\n", "memory_limit 1\noom_kill 2\n")
    assert apart("a\nKilled\n") == ("a\nKilled\n", "")
