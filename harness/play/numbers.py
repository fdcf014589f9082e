"""Numbers that a Python scenario gives: those in YAML are checked before anything is played."""

from __future__ import annotations

import math

from harness.errors import ScenarioError

__all__ = ["seconds_of"]

_DAY = 86400


def seconds_of(value: float, what: str) -> float:
    """The value, which is a number of seconds from 0 to a day. Raises ScenarioError."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or not 0 <= value <= _DAY:
        raise ScenarioError(f"{what} is {value!r}; wanted: seconds, 0 to {_DAY}")
    return value
