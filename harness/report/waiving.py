"""How a finding is accepted: what a waiver of it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from harness.judge.merging import LINKS
from harness.model import Finding

__all__ = ["marks_of", "noticed", "waivers_of", "with_it"]

_FINGERPRINTS = 3
_PROGRAMS = frozenset({"ami", "agi", "ari", "app", "log"})
"""Surfaces that programs and logs see: what stands on others is noticed by people, or billed."""


def waivers_of(finding: Finding) -> Sequence[Mapping[str, str]]:
    """What waivers of the whole of a cause match: fingerprints, or patterns where these would be too many."""
    marks = marks_of(finding)
    if len(marks) <= _FINGERPRINTS:
        return [{"fingerprint": mark} for mark in marks]
    is_loaded = finding.subject and finding.about == f"{finding.event}: {finding.subject}"
    named = (("about", finding.about),) if is_loaded else (("event", finding.event), ("field", finding.field))
    patterns = {key: value for key, value in named if value} or {"where": str(finding.where or "")}
    return [{key: value for key, value in {"rule": finding.rule, **patterns}.items() if value}]


def marks_of(finding: Finding) -> Sequence[str]:
    """The fingerprints that together accept a cause: its own, and those of findings that are merged with it."""
    return list(filter(None, dict.fromkeys((finding.fingerprint, *_merged(finding)))))


def _merged(finding: Finding) -> Iterator[str]:
    for each in finding.consequences:
        if each.link in LINKS and each.severity.holds:
            yield each.fingerprint
            yield from _merged(each)


def with_it(finding: Finding) -> Sequence[Finding]:
    """What holds and follows from a cause, once each: who accepts the cause accepts this."""
    every = {
        each.title: each for each in _following(finding) if each.severity.holds and each.title != finding.title
    }
    return list(every.values())


def noticed(finding: Finding) -> Finding | None:
    """The first that people notice of what follows, where the cause itself is only told to programs."""
    if finding.surface not in _PROGRAMS:
        return None
    return next((each for each in with_it(finding) if each.surface not in _PROGRAMS), None)


def _following(finding: Finding) -> Iterator[Finding]:
    for each in finding.consequences:
        yield each
        yield from _following(each)
