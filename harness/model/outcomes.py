"""The words in which a run is told: instances, severities, outcomes, endings, the verdict."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, get_args

__all__ = ["EXPECTED", "INSTANCES", "UNEXPECTED", "Ending", "InstanceName", "Outcome", "Severity", "Verdict"]

InstanceName = Literal["old", "again", "candidate"]
INSTANCES: tuple[InstanceName, ...] = get_args(InstanceName)

EXPECTED = "fails as expected"
UNEXPECTED = "passes, though it is expected to fail"
"""How the problem begins of a scenario that is played, and that its author expects to fail."""


class Severity(StrEnum):
    """How much a finding weighs. `breaking` and `review` hold a promotion until waived."""

    BREAKING = "breaking"
    REVIEW = "review"
    ADDITIVE = "additive"
    INFO = "info"

    @property
    def holds(self) -> bool:
        """Whether an unwaived finding of this severity holds the promotion."""
        return self in (Severity.BREAKING, Severity.REVIEW)

    @property
    def rank(self) -> int:
        """0 for the gravest, then in the order in which they are named here."""
        return list(Severity).index(self)


class Outcome(StrEnum):
    """What became of one scenario, as `report.json` names it."""

    SAME = "same"
    DIFFERS = "differs"
    WAIVED = "waived"
    UNSTABLE_ON_OLD = "unstable-on-old"
    UNSTABLE_ON_CANDIDATE = "unstable-on-candidate"
    NOT_COMPARED = "not-compared"
    FAILED = "failed"
    SKIPPED = "skipped"


class Verdict(StrEnum):
    """The answer of a run. `partial`: nothing speaks against the candidate in what was selected of the site."""

    PROMOTE = "promote"
    HOLD = "hold"
    INCONCLUSIVE = "inconclusive"
    PARTIAL = "partial"


class Ending(StrEnum):
    """How playing one scenario on one instance ended.

    `unmet`: an expectation failed. `overdue`: the deadline passed. `unplayable`: a far end or the
    instance was not there, so nothing is proved. `crashed`: Asterisk ended while it played. `skipped`: it chose
    not to be played, and says why. `endless`: it went in a circle. `hung`: Asterisk answered nobody any more.
    `starved`: it reached its memory limit.
    """

    PLAYED = "played"
    UNMET = "unmet"
    OVERDUE = "overdue"
    UNPLAYABLE = "unplayable"
    CRASHED = "crashed"
    SKIPPED = "skipped"
    ENDLESS = "endless"
    HUNG = "hung"
    STARVED = "starved"
