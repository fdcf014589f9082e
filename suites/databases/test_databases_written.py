"""What is written to the site's databases while all is played: `pytest suites/databases --site DIR`."""

from collections.abc import Callable


def test_check(harness_check: str, harness_judge: Callable[[str], None]) -> None:
    """The same tables get the same number of rows, and the same columns are filled."""
    harness_judge(harness_check)
