"""Scenarios that met in a queue, a conference or a parking lot and take no turns: told where a result wavers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.model import AmiPacket, Outcome, ScenarioResult, Trace
from harness.report.text import listed

if TYPE_CHECKING:
    from harness.play.scenario import Scenario
    from harness.stages.boot import Booted
    from harness.stages.results import Results

__all__ = ["Visit", "tell_meetings", "visit_of"]

_WAVERING = (Outcome.UNSTABLE_ON_OLD, Outcome.UNSTABLE_ON_CANDIDATE)
_ENTERED = {
    "QueueCallerJoin": ("queue", "Queue"),
    "ConfbridgeJoin": ("conference", "Conference"),
    "ParkedCall": ("parking", "Parkinglot"),
}
_MOST = 2


@dataclass(frozen=True, slots=True)
class Visit:
    """When a scenario was played (seconds of the instance's clock), and what its calls entered: `queue/sales`."""

    things: frozenset[str]
    began: float
    ended: float

    def meets(self, other: Visit) -> frozenset[str]:
        """Where both were at the same time, or may have been."""
        together = self.began < other.ended and other.began < self.ended
        return self.things & other.things if together else frozenset()


def visit_of(trace: Trace) -> Visit:
    """What a play entered."""
    packets = (seen for seen in trace.observations if isinstance(seen, AmiPacket) and seen.event in _ENTERED)
    entered = ((_ENTERED[packet.event], packet) for packet in packets)
    things = frozenset(f"{kind}/{packet.get(header)}" for (kind, header), packet in entered)
    return Visit(things, trace.began, trace.began + trace.seconds)


async def tell_meetings(booted: Booted, results: Results) -> Results:
    """Each result that wavers says whom its scenario met: what one does there, the other may see."""
    scenarios = {scenario.id: scenario for scenario in booted.share.scenarios}
    return results.with_results(*_told(results.of, results.visits, scenarios))


def _told(
    results: Mapping[str, ScenarioResult], visits: Mapping[str, Visit], scenarios: Mapping[str, Scenario]
) -> Iterator[ScenarioResult]:
    for id_, visit in visits.items():
        result = results.get(id_)
        if result is None or result.outcome not in _WAVERING:
            continue
        met: dict[str, list[str]] = {}
        for other in visits.keys() - {id_}:
            if not scenarios[id_].uses & scenarios[other].uses:
                for thing in visit.meets(visits[other]):
                    met.setdefault(thing, []).append(other)
        words = (_words(thing, others) for thing, others in sorted(met.items()))
        if met:
            yield replace(result, problem="; ".join(filter(None, (result.problem, *words))))


def _words(thing: str, others: list[str]) -> str:
    met = listed(sorted(others), most=_MOST)
    return f"its calls meet those of {met} in {thing}: add `uses: [{thing}]` to each"
