"""The report: everything one run has to say, before it becomes words, JSON or anything else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from harness.model.findings import Finding, ScenarioResult
from harness.model.outcomes import Outcome, Severity, Verdict

__all__ = ["Counts", "OverlayLine", "Report", "Side", "holds", "sort_findings"]


@dataclass(frozen=True, slots=True)
class Side:
    """One instance's release: as the site names it, and what it turned out to be (empty when never known)."""

    release: str
    version: str = ""
    image: str = ""
    digest: str = ""

    def is_same_image(self, other: Side) -> bool:
        """Whether both are one and the same: a release compared with itself."""
        return bool(self.digest) and self.digest == other.digest


@dataclass(frozen=True, slots=True, order=True)
class OverlayLine:
    """One line that the harness added to, or took out of (`; ...`), a file of the copy. Secrets are `***`."""

    file: str
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there are of each. `severities` counts findings that are not waived, `waived` the others."""

    outcomes: Mapping[Outcome, int]
    severities: Mapping[Severity, int]
    waived: int


@dataclass(frozen=True, slots=True)
class Report:
    """What one run found. `judge.merging.assemble` puts it in order.

    `findings` are all of them: those of scenarios, and those about the site as a whole (an unused or
    expired waiver), whose `scenario` is empty. `problems` say what made the run inconclusive: one line
    each, then evidence (the last lines of a log) in further lines. `interrupted` is the signal that ended it
    (`SIGTERM`), empty otherwise. `noise` counts differences that old
    against again shows as well, `unattributed` the observations that belong to no scenario. `left_out`
    are the ids of the site's scenarios and checks that were not selected: with one, the run is a part of the
    whole. `planned` says that releases and configurations were those of site.toml. `seconds` is the wall time of
    the run, and `phases` where it went: seconds by phase (`boot`, `play`).
    """

    verdict: Verdict
    site: str
    old: Side
    again: Side
    candidate: Side
    results: tuple[ScenarioResult, ...] = ()
    findings: tuple[Finding, ...] = ()
    overlay: tuple[OverlayLine, ...] = ()
    problems: tuple[str, ...] = ()
    interrupted: str = ""
    noise: int = 0
    unattributed: int = 0
    left_out: tuple[str, ...] = ()
    planned: bool = True
    seconds: float = 0.0
    phases: Mapping[str, float] = field(default_factory=dict)

    @property
    def counts(self) -> Counts:
        """Counts by outcome and severity; every outcome and severity is named, also with 0."""
        outcomes = Counter(result.outcome for result in self.results)
        severities = Counter(finding.severity for finding in self.findings if not finding.waived)
        return Counts(
            outcomes={outcome: outcomes[outcome] for outcome in Outcome},
            severities={severity: severities[severity] for severity in Severity},
            waived=sum(1 for finding in self.findings if finding.waived),
        )

    def result(self, scenario: str) -> ScenarioResult | None:
        """What became of one scenario, or None when it took no part."""
        return next((result for result in self.results if result.id == scenario), None)


def holds(finding: Finding) -> bool:
    """Whether this finding holds the promotion: breaking or review, and accepted by nobody."""
    return finding.severity.holds and not finding.waived


def sort_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings once each, the weightiest first: by severity, then how many calls and places show it."""
    unique = {_identity(finding): finding for finding in findings}
    return tuple(unique[key] for key in sorted(unique))


def _identity(finding: Finding) -> tuple[int | str | tuple[str, ...], ...]:
    place = (finding.where.file, f"{finding.where.line:09d}") if finding.where else ("", "")
    return (
        finding.severity.rank,
        -len(finding.scenarios),
        -len(finding.places),
        finding.surface,
        finding.scenario,
        finding.rule,
        *place,
        finding.title,
        finding.old,
        finding.candidate,
        finding.fingerprint,
        finding.waived,
        finding.cause,
        finding.advice,
        len(finding.consequences),
    )
