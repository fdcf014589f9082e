"""Findings of all scenarios and checks → causes of the whole run: what several of them show is told once. Pure.

One thing that is gone is one cause, whether the dialplan uses it, a call misses it, or the module that brings
it is not there. What harms nobody is one line a kind.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import replace

from harness.asterisk.modules import BRINGS_OPTIONS, CHANNELS, SENT_BY, brought_by
from harness.model import Finding, Report
from harness.model.report import sort_findings

__all__ = ["AGAIN", "LINKS", "assemble", "merged", "of_scenario"]

AGAIN = "the same again"
_THING = "the same thing is gone"
_KIND = "another of the kind"
_VERSION = "what a program does that goes by the version"
LINKS = frozenset({AGAIN, _THING, _KIND, _VERSION})
"""The links by which findings of several scenarios and checks are one cause."""
_REJECTED = "config-file-rejected"
_GREETING = "app-greeting-changed"
_DECIDED = frozenset(
    "app-request-lost app-request-changed app-request-added app-answer-lost app-not-ready app-exited "
    "app-traceback app-not-stopped".split()
)
_LANGUAGE = "language-code-gone"
_SCRIPT = "script-uses-gone"
_EVENT_LOST = "ami-event-lost"
_HEADER_LOST = {"ami-header-lost": "about", "ami-event-header-gone": "subject"}
"""Of a call, and by the documents: the rule, and what has the event with its header."""
_THINGS = ("application", "function", "channel technology", "sound", "module", "time zone")
# Of these each is a cause; of all else that is asked of what was loaded, those of one rule are one with a list.
_EACH = ("application", "function", "module", "channel technology")

_Keys = Callable[[Finding], Iterable[Hashable]]


def assemble(report: Report) -> Report:
    """The report in its one order, with the causes of all that its results, and itself, have found."""
    results = tuple(sorted(report.results, key=lambda result: result.id))
    of_scenarios = (finding for result in results for finding in result.findings)
    findings = sort_findings(merged(sort_findings((*of_scenarios, *report.findings))))
    return replace(report, results=results, findings=findings, problems=tuple(dict.fromkeys(report.problems)))


def merged(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each cause once, in the order of its first finding; what was folded into it says by which link."""
    every = _joined(tuple(findings), _sameness, AGAIN)
    every = tuple(_with_greetings(every))
    holding = [one for one in every if one.severity.holds and not one.waived]
    others = [one for one in every if not one.severity.holds or one.waived]
    zones = {zone for one in holding if (zone := _zone(one))}
    languages = {one.subject for one in holding if one.rule == _LANGUAGE}
    rejected = {one.where.file for one in holding if one.rule == _REJECTED and one.where}

    def things(one: Finding) -> Iterator[Hashable]:
        yield from (key for each in (one, *_lost_with(one)) for key in _things(each))
        yield from (f"time zone: {zone}" for zone in zones if zone in f"{one.cause} {one.title}")
        yield from (f"language: {name}" for name in languages if _speaks(one, name))
        if one.where and one.where.file in rejected and _is_loaded(one):
            yield "file", one.where.file

    causes = _joined(_joined(holding, things, _THING), _listed, _KIND)
    return (*causes, *_joined(others, _kind, _KIND))


def _with_greetings(findings: Sequence[Finding]) -> Iterator[Finding]:
    """A program that is greeted by another version and then does something else does it for that.

    What the answers and events hold that it gets is the release's doing, whatever the greeting says.
    """
    greetings = {one.subject: one for one in findings if one.rule == _GREETING and not one.waived}
    led = [one for one in findings if one.severity.holds and one.rule in _DECIDED and one.subject in greetings]
    for one in findings:
        if one.rule == _GREETING and not one.waived:
            following = [replace(each, link=_VERSION) for each in led if each.subject == one.subject]
            yield one.following((*one.consequences, *following)) if following else one
        elif one not in led:
            yield one


def of_scenario(findings: Iterable[Finding], scenario: str) -> Iterator[Finding]:
    """The findings of one scenario or check among merged ones, as they were before."""
    for finding in findings:
        if finding.scenario == scenario:
            own = [each for each in finding.consequences if each.link not in LINKS]
            bare = replace(finding, severity=finding.own or finding.severity, own=None, link="", consequences=())
            yield bare.following(own) if own else bare
        yield from of_scenario((each for each in finding.consequences if each.link in LINKS), scenario)


def _joined(findings: Sequence[Finding], keys: _Keys, link: str) -> tuple[Finding, ...]:
    """Findings that share a key, directly or through others, as one."""
    parents, owners = list(range(len(findings))), dict[Hashable, int]()
    for number, one in enumerate(findings):
        for key in keys(one):
            first, second = sorted((_root(parents, number), _root(parents, owners.setdefault(key, number))))
            parents[second] = first
    groups: dict[int, list[Finding]] = {}
    for number, one in enumerate(findings):
        groups.setdefault(_root(parents, number), []).append(one)
    return tuple(_one(group, link) for group in groups.values())


def _root(parents: list[int], number: int) -> int:
    while parents[number] != number:
        parents[number] = parents[parents[number]]
        number = parents[number]
    return number


def _one(group: Sequence[Finding], link: str) -> Finding:
    """The gravest, with most places, as the cause; the others follow."""
    if len(group) == 1:
        return group[0]
    head = min(group, key=_lead)
    return head.following((*head.consequences, *(replace(one, link=link) for one in group if one is not head)))


def _lead(one: Finding) -> tuple[object, ...]:
    kind = one.about.partition(": ")[0]
    return one.severity.rank, not one.places, kind not in _THINGS, -len(one.places)


def _is_loaded(one: Finding) -> bool:
    """Whether it is of what was loaded, and of no call."""
    return one.scenario.startswith("preflight/")


def _sameness(one: Finding) -> Iterator[Hashable]:
    """What differs in nothing but the scenario is one, and what a rule knows by one fingerprint in all of them."""
    if one.fingerprint:
        yield one.fingerprint, one.severity, one.waived
    yield (
        one.rule, one.severity, one.title, one.event, one.field, one.old, one.candidate, one.where, one.cause,
        one.advice, one.waived,
    )  # fmt: skip


def _lost_with(one: Finding) -> Iterator[Finding]:
    """What is gone with it, as VoiceMailMain is with VoiceMail, and what a call may miss by itself."""
    if _is_loaded(one):
        lost = (each for each in one.consequences if each.severity.holds and not each.waived)
        yield from (each for each in lost if each.about.partition(": ")[0] in _EACH)


def _things(one: Finding) -> Iterator[Hashable]:
    """What is gone, by kind and name; of a module also what it brought."""
    kind, _, name = one.subject.partition(" ") if one.rule == _SCRIPT else one.about.partition(": ")
    technology = name if kind == "technology" else kind.removesuffix(" peer") if kind.endswith(" peer") else ""
    if technology:  # `technology: SIP`, and what it brought: `sip peer: 101`
        yield f"channel technology: {technology.lower()}"
    if kind in _THINGS:
        yield f"{kind}: {name.lower()}"
    if kind in ("application", "function"):
        yield f"brought: {name.lower()}"
        yield f"sends: {name.lower()}"
    elif kind == "module":
        yield from (f"brought: {each}" for each in brought_by(name))
        yield from (f"option: {each}" for each in BRINGS_OPTIONS.get(name, ()))
        yield f"channel technology: {CHANNELS.get(name, name).lower()}"
    elif one.rule in _HEADER_LOST:
        yield f"header: {getattr(one, _HEADER_LOST[one.rule])}"
    elif one.rule == _EVENT_LOST and one.event in SENT_BY:
        yield f"sends: {SENT_BY[one.event].lower()}"
    elif _is_loaded(one) and one.subject:
        yield f"option: {one.subject}"


def _zone(one: Finding) -> str:
    kind, _, name = one.about.partition(": ")
    return name if kind == "time zone" else ""


def _speaks(one: Finding, language: str) -> bool:
    """Whether it is about a language code: of what was loaded, or of a call whose log names it."""
    return one.subject == language if one.rule == _LANGUAGE else f"language {language} " in one.cause.lower()


def _listed(one: Finding) -> Iterator[Hashable]:
    kind = one.about.partition(": ")[0]
    if _is_loaded(one) and kind not in _EACH:
        yield one.rule


def _kind(one: Finding) -> Iterator[Hashable]:
    yield one.rule, one.severity, one.waived
