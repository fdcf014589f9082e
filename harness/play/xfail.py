"""What a Python scenario is expected to fail at: `pytest.mark.xfail` → what its failure means.

A failure that is expected is how the scenario is played, and is compared as all else: one that is there on one
release only, or another one, differs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pytest

from harness.model import EXPECTED, UNEXPECTED, Ending

__all__ = ["Xfail", "as_expected", "xfail_of"]

_FAILURES = (Ending.UNMET, Ending.OVERDUE)


@dataclass(frozen=True, slots=True)
class Xfail:
    """A failure that is expected. Without `raises` it is any; one that is `strict` has to come.

    `strict` is None where the mark leaves it to pytest's configuration.
    """

    reason: str = ""
    raises: tuple[type[BaseException], ...] = ()
    strict: bool | None = None


def xfail_of(marks: Iterable[pytest.Mark]) -> Xfail | None:
    """What the first mark says whose condition holds. Raises ValueError for what only pytest could evaluate."""
    return next((found for mark in marks if mark.name == "xfail" and (found := _xfail(mark))), None)


def _xfail(mark: pytest.Mark) -> Xfail | None:
    known = mark.kwargs
    conditions = (known["condition"],) if "condition" in known else mark.args
    if unknown := ", ".join(sorted(known.keys() - {"condition", "reason", "raises", "strict", "run"})):
        raise ValueError(f"has an xfail, which takes no {unknown}")
    if any(isinstance(condition, str) for condition in conditions):
        raise ValueError(
            "has a condition of xfail that is a text, which only pytest can read: write it as an expression"
        )
    if not known.get("run", True):
        raise ValueError("has an xfail with run=False, which plays nothing: write pytest.mark.skip(reason=...)")
    raises = known.get("raises") or ()
    raises = raises if isinstance(raises, tuple) else (raises,)
    if not all(isinstance(one, type) and issubclass(one, BaseException) for one in raises):
        raise ValueError("has an xfail whose `raises` is no exception and no tuple of them")
    if conditions and not any(conditions):
        return None
    return Xfail(str(known.get("reason") or ""), raises, known.get("strict"))


def as_expected(
    xfail: Xfail | None, ending: Ending, problem: str, raised: BaseException | None = None
) -> tuple[Ending, str]:
    """How a play ended, and its problem, where one was expected; `raised` is what the scenario raised."""
    if xfail is None or (ending is Ending.PLAYED and problem):
        return ending, problem
    if ending in _FAILURES and (not xfail.raises or isinstance(raised, xfail.raises)):
        return Ending.PLAYED, f"{EXPECTED}: {problem}"
    if ending is not Ending.PLAYED:
        return ending, problem
    told = f"{UNEXPECTED}: {xfail.reason}" if xfail.reason else UNEXPECTED
    return (Ending.UNMET if xfail.strict else Ending.PLAYED), told
