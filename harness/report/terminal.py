"""The report as text that a person understands at once. Pure: the same report gives the same bytes."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

from harness.judge.merging import AGAIN
from harness.judge.words import start_of
from harness.model import Finding, Outcome, ScenarioResult, Severity
from harness.model.report import Report, Side, holds
from harness.report.headline import headline, unsettled_only, verdict_line
from harness.report.text import WIDTH, clean, count, listed, wrap
from harness.report.waiving import noticed, waivers_of

__all__ = ["Line", "Style", "cause_lines", "render", "to_text"]

Style = Literal["", "title", "bad", "warn", "good", "dim"]
_FULL = 25
_BRIEF = 12
_BRIEF_PROBLEMS = 6
_GRAVEST = 10
_FOLLOWING = 5
_VALUE = 240
_EVIDENCE = 20  # last lines of a log, say


@dataclass(frozen=True, slots=True)
class Line:
    """One line of at most 100 columns. `style` is decoration: the text says it all."""

    text: str
    style: Style = ""


def render(report: Report, *, full: bool = False) -> tuple[Line, ...]:
    """The report; the verdict is the last line. It fits on a screen, or is `full`."""
    sections = (
        list(_head(report, full=full)),
        *(_holding(report) if full else _gravest(report)),
        list(_without_proof(report, most=None if full else _BRIEF_PROBLEMS)),
        *([list(_harmless_in_a_line(report))] if not full else ()),
        *((list(_waivers(report)), *_harmless_ones(report)) if full else ()),
        [_verdict(report)],
    )
    lines: list[Line] = []
    for section in filter(None, sections):
        lines += [Line(""), *section] if lines and (full or section is sections[-1]) else section
    return tuple(lines)


def to_text(report: Report) -> str:
    """`render` in full as plain text, ended by a newline."""
    return "".join(f"{line.text}\n" for line in render(report, full=True))


def _head(report: Report, *, full: bool) -> Iterator[Line]:
    yield from _lines(f"Asterisk upgrade of {clean(report.site)}", "title")
    yield from _lines(_side("old", report.old))
    yield from _lines(_side("candidate", report.candidate))
    for text in headline(report):
        yield from _lines("  " + text)
    if full and report.unattributed:
        seen = count(report.unattributed, "thing was", "things were")
        yield from _lines(f"  {seen} seen outside of any scenario (log-ins, timers): of these the log is compared")


def _side(name: str, side: Side) -> str:
    facts = [clean(side.version) or "(version not known)", clean(side.release)]
    if side.digest:
        facts.append(clean(side.digest.removeprefix("sha256:")[:12]))
    return f"  {name:<9}  " + "  ".join(filter(None, facts))


def _gravest(report: Report) -> Iterator[list[Line]]:
    """The causes that hold, the first ten of them in three lines each."""
    causes = [finding for finding in report.findings if holds(finding)]
    calls = {result.id for result in report.results if result.suite == "dialplan"}
    for finding in causes[:_GRAVEST]:
        yield [
            Line(_cut(f"{finding.severity.upper()}  {clean(finding.title)}"), _style(finding)),
            *(Line(_cut(f"  {text}")) for text in (_extent(finding, calls), _advice(finding)) if text),
        ]
    if len(causes) > _GRAVEST:
        yield [Line(f"and {count(len(causes) - _GRAVEST, 'more cause')} in report.json", "bad")]


def _extent(finding: Finding, calls: Container[str]) -> str:
    """Where, in which calls, and why."""
    places = f" and {count(len(finding.places) - 1, 'more place')}" if len(finding.places) > 1 else ""
    where = f"{finding.where}{places}" if finding.where else ""
    people = noticed(finding)
    felt = f"with it: {people.title}" if people else ""
    return clean("; ".join(filter(None, (where, felt, _calls(finding, calls), finding.cause))), longest=600)


def _calls(finding: Finding, every: Container[str]) -> str:
    """`in 42 scenarios, such as ivr/sales`; where there is none, in which check."""
    calls = [name for name in finding.scenarios if name in every]
    if len(calls) > 1:
        return f"in {len(calls):,} scenarios, such as {calls[0]}"
    return f"in {listed(calls or finding.scenarios, most=2)}" if finding.scenarios else ""


def _advice(finding: Finding) -> str:
    return f"do: {clean(finding.advice, longest=600)}" if finding.advice else ""


def _cut(text: str) -> str:
    return text if len(text) <= WIDTH else f"{start_of(text, WIDTH - 3)}..."


def _holding(report: Report) -> Iterator[list[Line]]:
    causes = [finding for finding in report.findings if holds(finding)]
    for finding in causes[:_FULL]:
        yield list(cause_lines(finding))
    rest = causes[_FULL:]
    if rest:
        yield [
            Line(f"And {count(len(rest), 'more cause')} that hold:", "bad"),
            *(line for finding in rest for line in _brief(finding)),
        ]


def _style(finding: Finding) -> Style:
    return "bad" if finding.severity is Severity.BREAKING else "warn"


def cause_lines(first: Finding) -> Iterator[Line]:
    """One cause with all that is known of it."""
    yield from _lines(f"{first.severity.upper()}  {clean(first.title)}", _style(first))
    if first.where:
        yield from _field("where", str(first.where))
    if len(first.places) > 1:
        others = [str(place) for place in first.places if place != first.where]
        yield from _field("also at", listed(map(clean, others)))
    if first.scenarios:
        yield from _field("in", listed(map(clean, first.scenarios)))
    yield from _field("covered", first.covered)
    yield from _field("differs", ", ".join(filter(None, (first.event, first.field, first.subject))))
    if first.old or first.candidate:
        yield from _field("old", first.old or "(nothing)", longest=_VALUE)
        yield from _field("candidate", first.candidate or "(nothing)", longest=_VALUE)
    yield from _field("cause", first.cause)
    yield from _field("advice", first.advice)
    for note in first.notes:
        yield from _field("note", note)
    yield from _consequences(first)
    yield from _field("rule", first.rule)
    yield from _field("waive by", _waiver(first))


def _consequences(finding: Finding) -> Iterator[Line]:
    """What follows, once each, with the link by which that is known."""
    told = dict.fromkeys(f"{each.title} ({each.link})" for each in finding.consequences if each.link != AGAIN)
    for label, words in zip_longest(("follows",), list(told)[:_FOLLOWING], fillvalue=""):
        yield from _field(label, words, longest=_VALUE)
    if len(told) > _FOLLOWING:
        yield from _field("", f"and {count(len(told) - _FOLLOWING, 'more thing')} in report.json")


def _waiver(first: Finding) -> str:
    """What to write into waivers.yaml."""
    pairs = [pair for waiver in waivers_of(first) for pair in waiver.items()]
    return ", ".join(value if key == "fingerprint" else f"{key}: {_quoted(value)}" for key, value in pairs)


def _quoted(value: str) -> str:
    return f'"{value}"' if ": " in value else value


def _field(label: str, value: str, *, longest: int = 600) -> Iterator[Line]:
    if value:
        yield from (Line(text) for text in wrap(clean(value, longest=longest), indent="  ", label=f"{label:<9}  "))


def _without_proof(report: Report, *, most: int | None) -> Iterator[Line]:
    results = [result for result in report.results if result.outcome in _UNPROVED]
    if not results and not report.problems:
        return
    yield Line("UNSETTLED, which holds nothing" if unsettled_only(report) else "NOT PROVED", "warn")
    told = list(_problems(report, results, evidence=_EVIDENCE if most is None else 1))
    yield from told[:most]
    if len(told) > (most or len(told)):
        yield Line("  and more: `harness show` with the report's folder prints all of it", "dim")


def _problems(report: Report, results: Sequence[ScenarioResult], *, evidence: int) -> Iterator[Line]:
    for problem in report.problems:
        first, *further = problem.splitlines() or [""]
        yield from _lines("  " + clean(first, longest=600))
        for more in further[-evidence:]:
            yield from _lines("    " + clean(more), "dim")
    for outcome, words in _UNPROVED.items():
        for problem, ids in _by_problem(result for result in results if result.outcome is outcome):
            yield from _lines(f"  {words}: {listed(map(clean, ids))}" + (f": {problem}" if problem else ""))


_UNPROVED = {
    Outcome.FAILED: "failed on old as well: the scenario is wrong, or the machine too busy",
    Outcome.NOT_COMPARED: "not compared",
    Outcome.UNSTABLE_ON_OLD: "unstable on old",
    Outcome.UNSTABLE_ON_CANDIDATE: "unstable on the candidate",
    Outcome.SKIPPED: "skipped",
}


def _by_problem(results: Iterable[ScenarioResult]) -> Iterator[tuple[str, list[str]]]:
    ids: dict[str, list[str]] = {}
    for result in results:
        place = f" ({result.where})" if result.where else ""
        ids.setdefault(clean(result.problem, longest=600), []).append(f"{result.id}{place}")
    yield from sorted(ids.items(), key=lambda pair: pair[1])


def _waivers(report: Report) -> Iterator[Line]:
    waived = [finding for finding in report.findings if finding.waived]
    if waived:
        yield Line(f"Waived ({len(waived)})", "title")
        for finding in waived:
            yield from _brief(finding, after=f": {clean(finding.waived)}")


def _harmless_in_a_line(report: Report) -> Iterator[Line]:
    """How much else there is, and where it stands."""
    counts = report.counts
    numbers = (
        (counts.waived, "waived"),
        (counts.severities[Severity.ADDITIVE], "additive"),
        (counts.severities[Severity.INFO], "for information"),
    )
    if words := ", ".join(f"{number:,} {what}" for number, what in numbers if number):
        yield Line(f"Besides: {words} (`harness show` with the report's folder tells all)", "dim")


def _harmless_ones(report: Report) -> Iterator[list[Line]]:
    yield list(_harmless(report, Severity.ADDITIVE, "Additive"))
    yield list(_harmless(report, Severity.INFO, "For information"))


def _harmless(report: Report, severity: Severity, words: str) -> Iterator[Line]:
    found = [f for f in report.findings if f.severity is severity and not f.waived]
    if found:
        yield Line(f"{words} ({len(found)})", "title")
        for finding in found[:_BRIEF]:
            yield from _brief(finding, style="dim")
        if len(found) > _BRIEF:
            yield Line(f"  and {len(found) - _BRIEF:,} more in report.json", "dim")


def _brief(finding: Finding, *, after: str = "", style: Style = "") -> list[Line]:
    place = f" at {clean(str(finding.where))}" if finding.where else ""
    inside = f" in {listed(map(clean, finding.scenarios), most=3)}" if finding.scenarios else ""
    more = f" and {len(finding.consequences):,} more of the kind" if finding.consequences else ""
    return _lines(f"  {clean(finding.title)}{place}{inside}{more}{after}", style)


def _verdict(report: Report) -> Line:
    styles: dict[str, Style] = {"promote": "good", "hold": "bad", "inconclusive": "warn", "partial": "good"}
    return Line(verdict_line(report), styles[report.verdict])


def _lines(text: str, style: Style = "") -> list[Line]:
    bare = text.lstrip()
    indent = len(text) - len(bare)
    return [Line(line, style) for line in wrap(bare, indent=" " * indent, hang=indent + 2)]
