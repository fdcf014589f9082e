"""What was found: differences that rules have named, and what people have said of them beforehand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from harness.model.outcomes import Outcome, Severity

__all__ = ["Difference", "Finding", "Ignore", "Place", "ScenarioResult", "Tolerances", "Waiver", "day"]

_NUMBERS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Place:
    """A line in one of the site's own files; `file` is relative to its configuration folder."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Ignore:
    """An extra tolerance of one scenario (`compare: ignore:`), which has to say why.

    Empty patterns match anything; `event`, `field` and `subject` are shell patterns.
    """

    reason: str
    event: str = "*"
    field: str = "*"
    subject: str = "*"


@dataclass(frozen=True, slots=True)
class Tolerances:
    """How exactly a scenario is compared. `seconds` is the tolerance for durations."""

    seconds: float = 1.0
    ignore: tuple[Ignore, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """One aligned mismatch between two traces.

    `surface` is what a person would look at (`dialplan`, `call`, `cdr`, `cel`, `ami`, `log`, `expectation`,
    and for facts about load `modules`, `config`, `settings`). `layer` tells effect from path.
    `subject` is an alias (`caller`, `PJSIP/101`), `event` the kind of thing (`Hangup`, `VarSet DIALSTATUS`),
    `field` the header, empty when the whole thing was removed or added. `old` and `candidate` are empty
    where there is nothing on that side. `spot` is context, extension and priority that were running.
    """

    surface: str
    layer: Literal["effect", "path"]
    kind: Literal["removed", "added", "changed", "moved"]
    subject: str
    event: str
    field: str = ""
    old: str = ""
    candidate: str = ""
    spot: tuple[str, str, str] | None = None

    @property
    def locus(self) -> tuple[str, str, str, str]:
        """Where the traces differ, whatever values and direction: what noise and replays are matched by.

        A line of the log is a place of its own, by its text: that one line comes and goes says nothing of others.
        """
        part = _NUMBERS.sub("#", self.old or self.candidate) if self.surface == "log" else self.field
        return (self.surface, self.subject, self.event, part)


@dataclass(frozen=True, slots=True)
class Waiver:
    """A finding accepted by a person: a fingerprint, or patterns that all have to match.

    `until` is an ISO date (last day on which it holds) or empty. `source` is file and line for messages.
    """

    reason: str
    source: Place
    fingerprint: str = ""
    rule: str = ""
    scenario: str = ""
    where: str = ""
    title: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference, or a fact about load, that a rule has named. Shapes as in `report.json`.

    `about` is the thing that a release has otherwise, by kind and name (`AMI action: Park`), if it is one thing.
    `places` are all places where the site uses it, `where` the first or only one. `covered` says which scenarios
    run one of them or use the thing, or that none does; empty where nothing was played. `notes` cite what the
    release's own notes say.
    """

    rule: str
    severity: Severity
    surface: str
    scenario: str
    title: str
    old: str = ""
    candidate: str = ""
    where: Place | None = None
    cause: str = ""
    advice: str = ""
    fingerprint: str = ""
    waived: str = ""
    consequences: tuple[str, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)
    places: tuple[Place, ...] = ()
    covered: str = ""
    notes: tuple[str, ...] = ()
    about: str = ""


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """What became of one scenario, or of one check of a suite that plays no call (`preflight/modules`).

    `problem` says in one line why it was not compared or failed, and is empty otherwise.
    """

    id: str
    suite: str
    outcome: Outcome
    title: str = ""
    where: Place | None = None
    findings: tuple[Finding, ...] = ()
    problem: str = ""


def day(text: str) -> date:
    """A day as people write it on the command line: `2026-12-31`. Raises ValueError."""
    return date.fromisoformat(text)
