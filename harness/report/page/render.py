"""Report and details → the text of the page."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from harness.model import INSTANCES, Ending, Finding, Outcome, Report, ScenarioResult, Severity, Waiver
from harness.model.report import holds
from harness.report.folder import PAGE_MARK
from harness.report.headline import headline, unsettled_only, verdict_line
from harness.report.page.causes import CauseTold, causes_of, numbers_by_scenario, phones_in
from harness.report.page.model import Details, PlayTold
from harness.report.page.pack import pack
from harness.report.text import cut, safe

__all__ = ["to_html"]

_HERE = Path(__file__).parent
_LONGEST = 6_000
_SHOWN_LINES = 20_000
_ENDINGS = {
    Ending.PLAYED: "as expected",
    Ending.UNMET: "an expectation was not met",
    Ending.OVERDUE: "the deadline passed",
    Ending.UNPLAYABLE: "could not be played",
    Ending.CRASHED: "Asterisk ended",
    Ending.SKIPPED: "skipped",
    Ending.ENDLESS: "went in a circle",
    Ending.HUNG: "Asterisk hung",
    Ending.STARVED: "out of memory",
}
_NOT_PROVED, _UNSETTLED = "Not proved", "Unsettled, which holds nothing"
_ORDER = [*(outcome for outcome in Outcome if outcome is not Outcome.SAME), Outcome.SAME]
_UNPROVED = (Outcome.FAILED, Outcome.NOT_COMPARED, Outcome.UNSTABLE_ON_CANDIDATE, Outcome.UNSTABLE_ON_OLD)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A scenario or check as the page has it. `ladder` is its packed ladder, empty for none."""

    anchor: str
    result: ScenarioResult
    causes: tuple[tuple[int, str, str], ...]
    rules: tuple[str, ...]
    severities: tuple[str, ...]
    phones: tuple[str, ...]
    plays: tuple[tuple[int, bool, tuple[PlayTold | None, ...]], ...]
    ladder: str
    left_out: bool


@dataclass(frozen=True, slots=True)
class _Source:
    """A file of the dialplan with how often each of its priorities was run, packed."""

    name: str
    ran: int
    priorities: int
    packed: str


def to_html(report: Report, details: Details | None = None) -> str:
    """The page. The same values give the same text."""
    details = details or Details()
    files = {file.name: dict(file.lines) for file in details.sources.files}
    causes = causes_of(report, files)
    shown = tuple(_shown(number, result, report, details, by) for number, result, by in _results(report))
    anchors = {one.result.id: one.anchor for one in shown}
    style, script = (_HERE.joinpath(name).read_text("utf-8") for name in ("page.css", "page.js"))
    return _environment().get_template("page.html").render(
        report=report,
        details=details,
        generator=PAGE_MARK,
        verdict_line=verdict_line(report),
        headline=tuple(headline(report)),
        groups=_groups(causes),
        causes=causes,
        scenarios=tuple(one for one in shown if one.result.suite == "dialplan"),
        checks=tuple(one for one in shown if one.result.suite != "dialplan"),
        unproved_heading=_UNSETTLED if unsettled_only(report) and not report.left_out else _NOT_PROVED,
        unproved=tuple(one for one in shown if one.result.outcome in _UNPROVED),
        skipped=tuple(one for one in shown if one.result.outcome is Outcome.SKIPPED),
        anchors=anchors,
        waivers=tuple(_waivers(report, details.waivers)),
        dialplan=tuple(_dialplan(details, files)),
        choices=_choices(causes, shown),
        instances=INSTANCES,
        endings=_ENDINGS,
        style=Markup(style),  # ours, from the file beside this one
        script=Markup(script),
        style_hash=_hash(style),
        script_hash=_hash(script),
    )  # fmt: skip


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["parts"] = _parts
    environment.filters["number"] = "{:,}".format
    return environment


def _visible(value: Any) -> Any:
    """A value as text in which nothing is hidden (control characters stand as `\\x1b`), and which has an end."""
    return value if isinstance(value, Markup) else safe(cut(str(value), _LONGEST))


def _parts(values: Iterable[object]) -> str:
    """Values for the filter, each between the same marks."""
    inner = "|".join(str(value).replace("|", "/") for value in values if value)
    return f"|{inner}|" if inner else ""


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def _results(report: Report) -> Iterable[tuple[int, ScenarioResult, tuple[tuple[int, Finding], ...]]]:
    by = numbers_by_scenario(report)
    worst = sorted(report.results, key=lambda result: _ORDER.index(result.outcome))
    return ((number, result, by.get(result.id, ())) for number, result in enumerate(worst, 1))


def _shown(
    number: int,
    result: ScenarioResult,
    report: Report,
    details: Details,
    found: tuple[tuple[int, Finding], ...],
) -> _Shown:
    causes = dict.fromkeys(cause for cause, _ in found)
    titles = {cause: report.findings[cause - 1] for cause in causes}
    return _Shown(
        anchor=f"s{number}",
        result=result,
        causes=tuple((cause, one.title, str(one.severity)) for cause, one in titles.items()),
        rules=tuple(dict.fromkeys(one.rule for _, one in found)),
        severities=tuple(dict.fromkeys(str(one.severity) for one in titles.values())),
        phones=tuple(dict.fromkeys(phone for _, one in found for phone in phones_in(one.subject, one.title))),
        plays=details.table(result.id),
        ladder=details.ladders.get(result.id, ""),
        left_out=result.id in details.left_out,
    )


def _groups(causes: tuple[CauseTold, ...]) -> tuple[tuple[str, str, tuple[CauseTold, ...]], ...]:
    """Id, heading and causes of each group; those that hold come first."""
    groups = (
        ("holding", "What speaks against it", [one for one in causes if holds(one.finding)]),
        ("accepted", "Accepted by a waiver", [one for one in causes if one.finding.waived]),
        ("additive", "New on the candidate", [one for one in causes if _is(one, Severity.ADDITIVE)]),
        ("info", "For information", [one for one in causes if _is(one, Severity.INFO)]),
    )
    return tuple((id_, words, tuple(found)) for id_, words, found in groups)


def _is(cause: CauseTold, severity: Severity) -> bool:
    return cause.finding.severity is severity and not cause.finding.waived


def _waivers(report: Report, waivers: Iterable[Waiver]) -> Iterable[tuple[Waiver, str, tuple[int, ...]]]:
    """Each waiver, what it is for, and the numbers of the causes that it accepts."""
    used: dict[str, list[int]] = {}
    for number, finding in enumerate(report.findings, 1):
        if finding.waived:
            used.setdefault(finding.waived, []).append(number)
    for waiver in waivers:
        names = ("fingerprint", "rule", "scenario", "where", "event", "field", "subject", "about")
        patterns = ", ".join(f"{name}: {value}" for name in names if (value := getattr(waiver, name)))
        yield waiver, patterns, tuple(used.get(waiver.reason, ()))


def _dialplan(details: Details, files: Mapping[str, Mapping[int, str]]) -> Iterable[_Source]:
    """Files whose lines are kept, each line with how many scenarios ran it (-1: it is no priority)."""
    counts: dict[str, dict[int, int]] = {}
    for place, number in details.ran.items():
        counts.setdefault(place.file, {})[place.line] = number
    for name in sorted(counts.keys() & files.keys()):
        ran = counts[name]
        lines = [(line, safe(text), ran.get(line, -1)) for line, text in list(files[name].items())[:_SHOWN_LINES]]
        yield _Source(name, sum(1 for number in ran.values() if number), len(ran), pack(lines))


def _choices(causes: Iterable[CauseTold], shown: Iterable[_Shown]) -> Mapping[str, tuple[str, ...]]:
    """What can be chosen in the filter."""
    causes, shown = tuple(causes), tuple(shown)
    files = {one.finding.where.file for one in causes if one.finding.where}
    rules = {one.finding.rule for one in causes}
    phones = {phone for one in causes for phone in one.phones}
    return {
        "severity": tuple(str(one) for one in Severity if any(c.finding.severity is one for c in causes)),
        "outcome": tuple(str(one) for one in Outcome if any(s.result.outcome is one for s in shown)),
        "suite": tuple(sorted({one.result.suite for one in shown})),
        "file": tuple(sorted(files.union(one.result.where.file for one in shown if one.result.where))),
        "rule": tuple(sorted(rules.union(*(one.rules for one in shown)))),
        "phone": tuple(sorted(phones.union(*(one.phones for one in shown)))),
    }
