"""The site's scenarios, one test each: `pytest suites/dialplan --site scenarios/demo -k sales-menu`."""

from collections.abc import Callable


def test_scenario(harness_scenario: str, harness_judge: Callable[[str], None]) -> None:
    """The candidate does in this scenario what the old release does."""
    harness_judge(harness_scenario)
