"""What was found: differences that rules have named, and what people have said of them beforehand."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

import msgspec

from harness.model.changes import Change
from harness.model.outcomes import Outcome, Severity
from harness.model.values import like

__all__ = ["Finding", "Ignore", "Place", "ScenarioResult", "Tolerances", "Waiver", "day"]


class Place(msgspec.Struct, frozen=True, order=True, gc=False):
    """A line in one of the site's own files; `file` is relative to its configuration folder."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Ignore:
    """An extra tolerance of one scenario (`compare: ignore:`), which has to say why.

    All are shell patterns for what a `Change` has by these names.
    """

    reason: str
    event: str = "*"
    field: str = "*"
    subject: str = "*"
    about: str = "*"

    def covers(self, change: Change) -> bool:
        """Whether a change is one that the scenario tolerates."""
        return (
            like(change.event, self.event)
            and like(change.field, self.field)
            and like(change.subject, self.subject)
            and like(change.about, self.about)
        )


@dataclass(frozen=True, slots=True)
class Tolerances:
    """How exactly a scenario is compared. `seconds` is the tolerance for durations."""

    seconds: float = 1.0
    ignore: tuple[Ignore, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiver:
    """A finding accepted by a person: a fingerprint, or patterns that all have to match.

    `event`, `field` and `subject` are those of the difference, `about` is the thing that a release has otherwise.
    `until` is an ISO date (last day on which it holds) or empty. `source` is file and line for messages.
    """

    reason: str
    source: Place
    fingerprint: str = ""
    rule: str = ""
    scenario: str = ""
    where: str = ""
    event: str = ""
    field: str = ""
    subject: str = ""
    about: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference, or a fact about load, that a rule has named. Shapes as in `report.json`.

    `subject`, `event` and `field` name the difference: the channel, what it did, and the header; of what was
    loaded the item, its section and its attribute. `seen` are the numbers of the observations in the traces of old
    and candidate, -1 where there is none. `about` is event and field in one, or the thing that a release has
    otherwise, by kind and name (`AMI action: Park`), if it is one thing. `places` are all places where the site
    uses it, `where` the first or only one. `covered` says which scenarios run one of them or use the thing, or
    that none does; empty where nothing was played. `notes` cite what the release's own notes say.
    A finding is a cause: `consequences` are findings that follow from it, each with the `link` by which that is
    known. `severity` is that of the whole, `own` that of the finding
    without what follows, where something follows.
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
    consequences: tuple[Finding, ...] = ()
    details: Mapping[str, str] = dataclasses.field(default_factory=dict)
    places: tuple[Place, ...] = ()
    covered: str = ""
    notes: tuple[str, ...] = ()
    about: str = ""
    subject: str = ""
    event: str = ""
    field: str = ""
    seen: tuple[int, int] = (-1, -1)
    link: str = ""
    own: Severity | None = None

    def following(self, consequences: Iterable[Finding]) -> Finding:
        """The finding with what follows from it: it weighs as much as the gravest of these that nobody accepts."""
        every, own = tuple(consequences), self.own or self.severity
        weights = (own, *(each.severity for each in every if not each.waived))
        gravest = min(weights, key=attrgetter("rank"))
        return dataclasses.replace(self, consequences=every, severity=gravest, own=own)

    @property
    def scenarios(self) -> tuple[str, ...]:
        """All that show it, sorted; empty for what is about the site as a whole."""
        every = {self.scenario, *(name for each in self.consequences for name in each.scenarios)}
        return tuple(sorted(filter(None, every)))


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """What became of one scenario, or of one check of a suite that plays no call (`preflight/modules`).

    `seconds` is the time of its first play, on the instance where it took longest.
    `problem` says in one line why it was not compared or failed, and where it is the same, that it fails as its
    author expects; it is empty otherwise.
    """

    id: str
    suite: str
    outcome: Outcome
    title: str = ""
    where: Place | None = None
    findings: tuple[Finding, ...] = ()
    problem: str = ""
    seconds: float = 0.0


def day(text: str) -> date:
    """A day as people write it on the command line: `2026-12-31`. Raises ValueError."""
    return date.fromisoformat(text)
