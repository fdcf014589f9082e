"""The site's own programs, one test each: `pytest suites/apps --site DIR`. What they say, scenarios compare."""

from collections.abc import Callable


def test_check(harness_check: str, harness_judge: Callable[[str], None]) -> None:
    """The program starts, complains and ends beside the candidate as it does beside the old release."""
    harness_judge(harness_check)
