"""What a run knows so far: a frozen value, of which each stage returns a fuller one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from harness.errors import LabError, with_notes
from harness.facts.inventory import Table
from harness.judge import Judged, Maps, Plays
from harness.judge.decision import NextPlay
from harness.model import InstanceName, OverlayLine, ScenarioResult
from harness.stages.meetings import Visit

if TYPE_CHECKING:
    from harness.ask.clients import Clients

__all__ = ["Doubtful", "Results", "Tables", "fuller", "joined", "united"]

Tables = Mapping[InstanceName, Mapping[str, Table]]


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A scenario whose differences are not decided: all of its plays so far, and the one that would tell more."""

    plays: Plays
    next: NextPlay

    @property
    def replays(self) -> int:
        """How often it was played again."""
        return len(self.plays.alone) - 1


@dataclass(frozen=True, slots=True)
class Results:
    """What is known after a stage. What failed half-way is part of it.

    `of` are the results by id, `noise` how many differences of each prove nothing, `doubtful` what is to be
    played again before it is believed. `tables` and `listening` are what the last stage that asks compares with.
    `problems` make the run inconclusive; `broken` says that the trio cannot go on, so no further stage is tried.
    `deprecated` is what the old release calls so in any call. `starved` are the plays in which the candidate
    reached its memory limit: it is asked once more. `visits` are those of the old release's first plays that
    entered what others may share.
    """

    of: Mapping[str, ScenarioResult] = field(default_factory=dict)
    noise: Mapping[str, int] = field(default_factory=dict)
    doubtful: tuple[Doubtful, ...] = ()
    maps: Maps = field(default_factory=Maps)
    tables: Tables = field(default_factory=dict)
    listening: tuple[Clients, ...] = ()
    overlay: tuple[OverlayLine, ...] = ()
    problems: tuple[str, ...] = ()
    unattributed: int = 0
    deprecated: frozenset[str] = frozenset()
    broken: bool = False
    starved: Mapping[str, Plays] = field(default_factory=dict)
    visits: Mapping[str, Visit] = field(default_factory=dict)

    def with_results(self, *results: ScenarioResult) -> Results:
        """With these results, each in the place of an earlier one of its id."""
        return replace(self, of={**self.of, **{result.id: result for result in results}})

    def with_judged(self, *judged: Judged) -> Results:
        """With what was played and judged."""
        noise = {one.result.id: one.noise for one in judged}
        deprecated = self.deprecated.union(*(one.deprecated for one in judged))
        whole = self.with_results(*(one.result for one in judged))
        return replace(whole, noise={**self.noise, **noise}, deprecated=deprecated)

    def with_problems(self, *problems: str) -> Results:
        """With what makes the run inconclusive, each told once."""
        return replace(self, problems=tuple(dict.fromkeys((*self.problems, *problems))))

    def broken_by(self, problem: LabError) -> Results:
        """With the reason why nothing more comes."""
        return replace(self.with_problems(with_notes(problem)), broken=True)


def joined(parts: Iterable[Results]) -> Results:
    """The results of several trios of one run."""
    whole = Results()
    for part in parts:
        whole = replace(
            whole.with_problems(*part.problems),
            of={**whole.of, **part.of, **_of_both(whole, part)},
            noise={**whole.noise, **part.noise},
            maps=fuller(whole.maps, part.maps),
            overlay=whole.overlay or part.overlay,
            unattributed=whole.unattributed + part.unattributed,
            deprecated=whole.deprecated | part.deprecated,
        )
    return whole


def united(one: ScenarioResult, other: ScenarioResult) -> ScenarioResult:
    """What became of one thing in two trios: all that was found in either."""
    findings = {finding.fingerprint: finding for finding in (*one.findings, *other.findings)}
    first = one if any(finding.severity.holds for finding in one.findings) else other
    return replace(first, findings=tuple(findings.values()))


def _of_both(one: Results, other: Results) -> Mapping[str, ScenarioResult]:
    """What is asked of each trio, and no scenario, which is played on one of them."""
    return {id_: united(one.of[id_], other.of[id_]) for id_ in one.of.keys() & other.of.keys()}


def fuller(first: Maps, second: Maps) -> Maps:
    """The dialplans of two trios of one site: on each side the first that could be read."""
    return Maps(
        old=first.old if first.old.contexts else second.old,
        candidate=first.candidate if first.candidate.contexts else second.candidate,
        programs={**second.programs, **first.programs},
        is_listened_to=first.is_listened_to and second.is_listened_to,
    )
