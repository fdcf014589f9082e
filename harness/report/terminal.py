"""The report as text that a person understands at once. Pure: the same report gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from harness.model import Outcome, ScenarioResult, Severity
from harness.model.report import Report, Side, holds
from harness.report.groups import Group, group_findings
from harness.report.headline import headline, verdict_line
from harness.report.text import clean, count, listed, wrap

__all__ = ["Line", "Style", "render", "to_text"]

Style = Literal["", "title", "bad", "warn", "good", "dim"]
_FULL = 25
_BRIEF = 12
_VALUE = 240
_FINGERPRINTS = 3
_EVIDENCE = 20  # last lines of a log, say


@dataclass(frozen=True, slots=True)
class Line:
    """One line of at most 100 columns. `style` is decoration: the text says it all."""

    text: str
    style: Style = ""


def render(report: Report) -> tuple[Line, ...]:
    """The whole report; the verdict is the last line."""
    sections = (
        list(_head(report)),
        *_holding(report),
        list(_without_proof(report)),
        list(_waivers(report)),
        list(_harmless(report, Severity.ADDITIVE, "Additive")),
        list(_harmless(report, Severity.INFO, "For information")),
        [_verdict(report)],
    )
    lines: list[Line] = []
    for section in filter(None, sections):
        lines += [Line(""), *section] if lines else section
    return tuple(lines)


def to_text(report: Report) -> str:
    """`render` as plain text, ended by a newline."""
    return "".join(f"{line.text}\n" for line in render(report))


def _head(report: Report) -> Iterator[Line]:
    yield from _lines(f"Asterisk upgrade of {clean(report.site)}", "title")
    yield from _lines(_side("old", report.old))
    yield from _lines(_side("candidate", report.candidate))
    for text in headline(report):
        yield from _lines("  " + text)


def _side(name: str, side: Side) -> str:
    facts = [clean(side.version) or "(version not known)", clean(side.release)]
    if side.digest:
        facts.append(clean(side.digest.removeprefix("sha256:")[:12]))
    return f"  {name:<9}  " + "  ".join(filter(None, facts))


def _holding(report: Report) -> Iterator[list[Line]]:
    groups = group_findings(filter(holds, report.findings))
    for group in groups[:_FULL]:
        yield list(_in_full(group))
    rest = groups[_FULL:]
    if rest:
        yield [
            Line(f"And {count(len(rest), 'more finding')} that hold:", "bad"),
            *(line for group in rest for line in _brief(group)),
        ]


def _in_full(group: Group) -> Iterator[Line]:
    first = group.finding
    style: Style = "bad" if first.severity is Severity.BREAKING else "warn"
    yield from _lines(f"{first.severity.upper()}  {clean(first.title)}", style)
    if first.where:
        yield from _field("where", str(first.where))
    if len(first.places) > 1:
        others = [str(place) for place in first.places if place != first.where]
        yield from _field("also at", listed(map(clean, others)))
    if group.scenarios:
        yield from _field("in", listed(map(clean, group.scenarios)))
    yield from _field("covered", first.covered)
    yield from _field("differs", ", ".join(filter(None, (first.event, first.field, first.subject))))
    if first.old or first.candidate:
        yield from _field("old", first.old or "(nothing)", longest=_VALUE)
        yield from _field("candidate", first.candidate or "(nothing)", longest=_VALUE)
    yield from _field("cause", first.cause)
    yield from _field("advice", first.advice)
    for note in first.notes:
        yield from _field("note", note)
    if group.consequences:
        things = count(group.consequences, "thing that follows", "things that follow")
        yield from _field("more", f"and {things} from it")
    yield from _field("rule", first.rule)
    yield from _field("waive by", _waiver(group))


def _waiver(group: Group) -> str:
    """What to write into waivers.yaml: fingerprints, or patterns where there would be too many."""
    if len(group.fingerprints) <= _FINGERPRINTS:
        return ", ".join(group.fingerprints)
    first = group.finding
    is_loaded = first.subject and first.about == f"{first.event}: {first.subject}"
    named = (("about", f'"{first.about}"'),) if is_loaded else (("event", first.event), ("field", first.field))
    patterns = [pair for pair in named if pair[1]] or [("where", str(first.where or ""))]
    return ", ".join(f"{key}: {value}" for key, value in (("rule", first.rule), *patterns) if value)


def _field(label: str, value: str, *, longest: int = 600) -> Iterator[Line]:
    if value:
        yield from (Line(text) for text in wrap(clean(value, longest=longest), indent="  ", label=f"{label:<9}  "))


def _without_proof(report: Report) -> Iterator[Line]:
    results = [result for result in report.results if result.outcome in _UNPROVED]
    if not results and not report.problems:
        return
    yield Line("NOT PROVED", "warn")
    for problem in report.problems:
        first, *evidence = problem.splitlines() or [""]
        yield from _lines("  " + clean(first, longest=600))
        for more in evidence[-_EVIDENCE:]:
            yield from _lines("    " + clean(more), "dim")
    for outcome, words in _UNPROVED.items():
        for problem, ids in _by_problem(result for result in results if result.outcome is outcome):
            yield from _lines(f"  {words}: {listed(map(clean, ids))}" + (f": {problem}" if problem else ""))


_UNPROVED = {
    Outcome.FAILED: "failed on old as well, so the scenario is wrong",
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
    groups = group_findings(finding for finding in report.findings if finding.waived)
    if groups:
        yield Line(f"Waived ({len(groups)})", "title")
        for group in groups:
            yield from _brief(group, after=f": {clean(group.finding.waived)}")


def _harmless(report: Report, severity: Severity, words: str) -> Iterator[Line]:
    groups = group_findings(f for f in report.findings if f.severity is severity and not f.waived)
    if groups:
        yield Line(f"{words} ({len(groups)})", "title")
        for group in groups[:_BRIEF]:
            yield from _brief(group, style="dim")
        if len(groups) > _BRIEF:
            yield Line(f"  and {len(groups) - _BRIEF:,} more in report.json", "dim")


def _brief(group: Group, *, after: str = "", style: Style = "") -> list[Line]:
    finding = group.finding
    place = f" at {clean(str(finding.where))}" if finding.where else ""
    inside = f" in {listed(map(clean, group.scenarios), most=3)}" if group.scenarios else ""
    return _lines(f"  {clean(finding.title)}{place}{inside}{after}", style)


def _verdict(report: Report) -> Line:
    styles: dict[str, Style] = {"promote": "good", "hold": "bad", "inconclusive": "warn", "partial": "good"}
    return Line(verdict_line(report), styles[report.verdict])


def _lines(text: str, style: Style = "") -> list[Line]:
    bare = text.lstrip()
    indent = len(text) - len(bare)
    return [Line(line, style) for line in wrap(bare, indent=" " * indent, hang=indent + 2)]
