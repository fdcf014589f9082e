"""The same finding in many scenarios is one thing to a person: grouped, with the list of scenarios."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from harness.model import Finding

__all__ = ["Group", "group_findings"]


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
        alike.setdefault(_sameness(finding), []).append(finding)
    return tuple(_group(members) for members in alike.values())


def _group(members: list[Finding]) -> Group:
    return Group(
        finding=members[0],
        scenarios=tuple(sorted({member.scenario for member in members if member.scenario})),
        fingerprints=tuple(sorted({member.fingerprint for member in members if member.fingerprint})),
        consequences=sum(len(member.consequences) for member in members),
    )


def _sameness(finding: Finding) -> tuple[object, ...]:
    return (
        finding.severity,
        finding.surface,
        finding.rule,
        finding.title,
        finding.event,
        finding.field,
        finding.old,
        finding.candidate,
        finding.where,
        finding.cause,
        finding.advice,
        finding.waived,
    )
