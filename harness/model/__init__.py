"""The values that flow from the wire to the verdict. All are frozen; none does I/O.

Observation*  ─►  Trace  ─►  Difference*  ─►  Finding*  ─►  Verdict
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

__all__ = [
    "Attributes",
    "Difference",
    "Ending",
    "Finding",
    "Headers",
    "Ignore",
    "InstanceName",
    "Observation",
    "Outcome",
    "Place",
    "ScenarioResult",
    "Severity",
    "Tolerances",
    "Trace",
    "Verdict",
    "Via",
    "Waiver",
    "day",
]

InstanceName = Literal["old", "again", "candidate"]
Headers = tuple[tuple[str, str], ...]
Attributes = Mapping[str, str]
Via = Literal["ami", "agi", "ari", "app", "log", "state", "step"]

_NUMBERS = re.compile(r"\d+")


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


class Outcome(StrEnum):
    """What became of one scenario, as `report.json` names it."""

    SAME = "same"
    DIFFERS = "differs"
    WAIVED = "waived"
    UNSTABLE = "unstable"
    NOT_COMPARED = "not-compared"
    FAILED = "failed"


class Verdict(StrEnum):
    """The answer of a run."""

    PROMOTE = "promote"
    HOLD = "hold"
    INCONCLUSIVE = "inconclusive"


class Ending(StrEnum):
    """How playing one scenario on one instance ended.

    `unmet`: an expectation failed. `overdue`: the deadline passed. `unplayable`: a far end or the
    instance was not there, so nothing is proved. `crashed`: Asterisk ended while it played.
    """

    PLAYED = "played"
    UNMET = "unmet"
    OVERDUE = "overdue"
    UNPLAYABLE = "unplayable"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing seen while a scenario ran.

    `at` is in seconds since the scenario began on that instance. `raw` is what was seen, byte for byte
    (undecodable bytes as surrogates), in lines `Header: value` ended by CRLF. `via` says who saw it:

    - `ami`: an event or a response from the manager interface;
    - `agi`: a line of an AGI conversation (Agi: who says it, asterisk or script; Channel; Line);
    - `ari`: a request with its answer, or an event, of ARI (Request or Type, and the JSON of the body);
    - `log`: a line of Asterisk's log, with Level, File, Function, Line, CallID, Message;
    - `state`: what Asterisk or the disk answered when asked after the scenario (Name, then what it has);
    - `step`: what the harness did (Step, and its details) and how it ended;
    - `app`: what one of the site's own programs and Asterisk said to each other (App, Interface, Kind, then the
      headers of it), or what became of the program (Interface `process`).
    """

    at: float
    via: Via
    raw: str

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Headers in order, repeated and empty ones kept."""
        return iter(self.headers)

    @property
    def headers(self) -> Headers:
        """Headers in order, repeated and empty ones kept."""
        parts = [line.partition(":") for line in self.raw.split("\r\n") if line]
        return tuple([(name, value[1:] if value[:1] == " " else value) for name, _, value in parts])

    def get(self, name: str, default: str = "") -> str:
        """First value of a header (exact name), or `default`."""
        text = f"\r\n{self.raw}"
        found = text.find(f"\r\n{name}:")
        if found < 0:
            return default
        start = found + len(name) + 3
        end = text.find("\r\n", start)
        return text[start : end if end >= 0 else None].removeprefix(" ")


@dataclass(frozen=True, slots=True)
class Trace:
    """What was observed while one scenario ran once on one instance, in order.

    `roles` maps what the harness knows beforehand to the part it plays: unique ids that it chose (`caller`),
    the instance's own address (`asterisk`).
    `play` counts the plays of this scenario on this instance: 0 is the first, replays follow.
    `problem` is empty when `ending` is played, else one line for a person.
    `began` is the instance's own wall clock at the start (seconds since 1970), by which values that are
    times are told from values that only look like one.
    """

    scenario: str
    instance: InstanceName
    observations: tuple[Observation, ...]
    roles: tuple[tuple[str, str], ...] = ()
    ending: Ending = Ending.PLAYED
    problem: str = ""
    play: int = 0
    began: float = 0.0


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
    details: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
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
