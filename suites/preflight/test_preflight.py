"""What both releases have loaded and in force, one test a check: `pytest suites/preflight --site DIR`."""

from collections.abc import Callable


def test_check(harness_check: str, harness_judge: Callable[[str], None]) -> None:
    """The candidate has what the old release has."""
    harness_judge(harness_check)
