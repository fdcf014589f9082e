"""Which places of the dialplan a scenario ran. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from harness.compare.dialplan import Dialplan
from harness.model import Finding, Place, ScenarioResult, Trace

__all__ = ["Coverage", "places_run", "with_coverage"]

Coverage = Mapping[Place, Iterable[str]]
"""Place → ids of the scenarios that ran it."""

_SHOWN = 5
_NONE = "by no scenario yet"


def places_run(trace: Trace, dialplan: Dialplan) -> frozenset[Place]:
    """File and line of every priority that ran."""
    ran = {
        (seen.get("Context"), seen.get("Extension"), seen.get("Priority"))
        for seen in trace.observations
        if seen.via == "ami" and seen.raw.startswith("Event: Newexten\r")
    }
    places = (dialplan.place(*spot) for spot in ran)
    return frozenset(place for place in places if place is not None)


def with_coverage(result: ScenarioResult, covered: Coverage) -> ScenarioResult:
    """The result, each finding that has places saying which scenarios ran one of them."""
    return replace(result, findings=tuple(_covered(finding, covered) for finding in result.findings))


def _covered(finding: Finding, covered: Coverage) -> Finding:
    if not finding.places:
        return finding
    ids = sorted({id_ for place in finding.places for id_ in covered.get(place, ())})
    more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
    return replace(finding, covered=f"by {', '.join(ids[:_SHOWN])}{more}" if ids else _NONE)
