"""What AMI offers and answers on both releases, one test a check: `pytest suites/ami --site DIR`."""

from collections.abc import Callable


def test_check(harness_check: str, harness_judge: Callable[[str], None]) -> None:
    """The candidate offers the site's programs what the old release does."""
    harness_judge(harness_check)
