"""A finding as the page tells it: values that a person reads, and words that the filter asks for. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from harness.judge.merging import AGAIN, LINKS
from harness.model import Finding, Place, Report
from harness.report.page.sources import Excerpt, excerpt

__all__ = ["CauseTold", "Follows", "causes_of", "numbers_by_scenario", "phones_in"]

_PHONE = re.compile(r"\b(?:PJSIP|SIP|IAX2|DAHDI|SCCP|MGCP|Skinny|UniStim)/[\w.+-]+")
_MOST_FOLLOWING = 40
_MOST_PLACES = 30
_MOST_CALLS = 200
_MOST_PHONES = 50


@dataclass(frozen=True, slots=True)
class Follows:
    """Something that follows from a cause: by which link that is known, and in how many scenarios and checks."""

    title: str
    link: str
    severity: str
    scenarios: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CauseTold:
    """A cause with its number on the page (from 1) and all that stands below it."""

    number: int
    finding: Finding
    calls: tuple[str, ...]
    checks: tuple[str, ...]
    more: int
    excerpt: Excerpt | None
    places: tuple[tuple[Place, str], ...]
    more_places: int
    follows: tuple[Follows, ...]
    more_follow: int
    fingerprints: tuple[str, ...]
    suites: tuple[str, ...]
    phones: tuple[str, ...]


def causes_of(report: Report, files: Mapping[str, Mapping[int, str]]) -> tuple[CauseTold, ...]:
    """Every cause of the report, in its order."""
    suites = {result.id: result.suite for result in report.results}
    return tuple(_told(number, one, suites, files) for number, one in enumerate(report.findings, 1))


def numbers_by_scenario(report: Report) -> Mapping[str, tuple[tuple[int, Finding], ...]]:
    """Of each scenario and check the findings that it shows, each with the number of its cause."""
    found: dict[str, list[tuple[int, Finding]]] = {}
    for number, cause in enumerate(report.findings, 1):
        for one in _every(cause):
            found.setdefault(one.scenario, []).append((number, one))
    return {scenario: tuple(ones) for scenario, ones in found.items()}


def phones_in(*texts: str) -> Iterator[str]:
    """Phones and trunks that are named in texts: `PJSIP/101`."""
    for text in texts:
        yield from _PHONE.findall(text)


def _told(
    number: int, one: Finding, suites: Mapping[str, str], files: Mapping[str, Mapping[int, str]]
) -> CauseTold:
    scenarios = one.scenarios
    calls = [name for name in scenarios if suites.get(name) == "dialplan"]
    every = list(_every(one))
    follows = list(_follows(one))
    others = [place for place in one.places if place != one.where]
    phones = dict.fromkeys(phone for each in every for phone in phones_in(each.subject, each.title))
    return CauseTold(
        number=number,
        finding=one,
        calls=tuple(calls[:_MOST_CALLS]),
        checks=tuple(name for name in scenarios if name not in set(calls)),
        more=max(len(calls) - _MOST_CALLS, 0),
        excerpt=excerpt(files, one.where) if one.where else None,
        places=tuple((place, files.get(place.file, {}).get(place.line, "")) for place in others[:_MOST_PLACES]),
        more_places=max(len(others) - _MOST_PLACES, 0),
        follows=tuple(follows[:_MOST_FOLLOWING]),
        more_follow=max(len(follows) - _MOST_FOLLOWING, 0),
        fingerprints=tuple(dict.fromkeys(filter(None, (one.fingerprint, *_marks(one))))),
        suites=tuple(dict.fromkeys(suites.get(name, "") for name in scenarios)),
        phones=tuple(phones)[:_MOST_PHONES],
    )


def _every(one: Finding) -> Iterator[Finding]:
    yield one
    for each in one.consequences:
        yield from _every(each)


def _follows(cause: Finding) -> Iterator[Follows]:
    """What follows, once each; that the same shows in another scenario is told by its name there alone."""
    told: dict[tuple[str, str], list[Finding]] = {}
    for one in _every(cause):
        if one is not cause and one.link != AGAIN and one.title != cause.title:
            told.setdefault((one.title, one.link), []).append(one)
    for (title, link), ones in sorted(told.items(), key=lambda item: (_rank(item[1]), -len(item[1]))):
        yield Follows(title, link, str(ones[0].severity), tuple(dict.fromkeys(one.scenario for one in ones)))


def _rank(ones: Iterable[Finding]) -> int:
    return min(one.severity.rank for one in ones)


def _marks(finding: Finding) -> Iterator[str]:
    for each in finding.consequences:
        if each.link in LINKS and each.severity.holds:
            yield each.fingerprint
            yield from _marks(each)
