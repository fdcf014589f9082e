"""The same finding in many scenarios is one thing to a person: grouped, with the list of scenarios."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter

from harness.model import Finding

__all__ = ["Group", "group_findings"]

_SAMENESS = attrgetter(
    "severity", "surface", "rule", "title", "event", "field",
    "old", "candidate", "where", "cause", "advice", "waived",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Group:
    """Findings that differ in nothing but the scenario. `finding` is the first of them."""

    finding: Finding
    scenarios: tuple[str, ...]
    fingerprints: tuple[str, ...]
    consequences: int


def group_findings(findings: Iterable[Finding]) -> tuple[Group, ...]:
    """Groups in the order of their first finding."""
    alike: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        alike.setdefault(_SAMENESS(finding), []).append(finding)
    return tuple(_group(members) for members in alike.values())


def _group(members: list[Finding]) -> Group:
    return Group(
        finding=members[0],
        scenarios=tuple(sorted({member.scenario for member in members if member.scenario})),
        fingerprints=tuple(sorted({member.fingerprint for member in members if member.fingerprint})),
        consequences=sum(len(member.consequences) for member in members),
    )
