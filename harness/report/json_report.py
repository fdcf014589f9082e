"""`report.json`: the report for machines, as `report.schema.json` (next to this file) defines it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields

from harness.judge.merging import of_scenario
from harness.model import Finding, Outcome, Place, ScenarioResult, Verdict, storage
from harness.model.report import Counts, OverlayLine, Report, Side

__all__ = ["FAMILY", "SCHEMA", "dumps", "loads"]

FAMILY = "asterisk-upgrade-harness/report/"
SCHEMA = f"{FAMILY}2"


@dataclass(frozen=True, slots=True)
class _Result:
    """A result whose causes are named by their fingerprints: each stands once in the file."""

    id: str
    suite: str
    outcome: Outcome
    title: str
    where: Place | None
    problem: str
    findings: tuple[str, ...]
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class _Document:
    """The file, key by key."""

    schema: str
    verdict: Verdict
    site: str
    old: Side
    again: Side
    candidate: Side
    counts: Counts
    scenarios: tuple[_Result, ...]
    findings: tuple[Finding, ...]
    overlay: tuple[OverlayLine, ...]
    problems: tuple[str, ...]
    interrupted: str
    noise: int
    unattributed: int
    left_out: tuple[str, ...]
    seconds: float
    planned: bool = True
    phases: Mapping[str, float] = field(default_factory=dict)


_ALIKE = tuple({f.name for f in fields(Report)} & {f.name for f in fields(_Document)})


def dumps(report: Report) -> str:
    """The report as JSON text, ended by a newline; the same report gives the same text."""
    alike = {name: getattr(report, name) for name in _ALIKE}
    alike["seconds"] = round(report.seconds, 3)
    shown = _by_scenario(report.findings)
    return storage.dumps(
        _Document(
            schema=SCHEMA,
            counts=report.counts,
            scenarios=tuple(_result(one, shown.get(one.id, ())) for one in report.results),
            **alike,
        )
    )


def loads(text: str, *, source: str = "report.json") -> Report:
    """The report that `dumps` wrote. Raises SiteError, naming `source`, when it is no such report."""
    document = storage.loads(text, _Document, schema=SCHEMA, what="a report of the harness", source=source)
    shown = _by_scenario(document.findings)
    results = tuple(_with_findings(result, shown.get(result.id, ())) for result in document.scenarios)
    return Report(results=results, **{name: getattr(document, name) for name in _ALIKE})


def _by_scenario(findings: Iterable[Finding]) -> Mapping[str, Sequence[Finding]]:
    """The causes that each scenario or check shows, in their order."""
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        for name in finding.scenarios:
            found.setdefault(name, []).append(finding)
    return found


def _result(result: ScenarioResult, findings: Iterable[Finding]) -> _Result:
    """`findings` are those that it shows."""
    marks = tuple(sorted({each.fingerprint for each in findings}))
    named = (result.id, result.suite, result.outcome, result.title, result.where, result.problem)
    return _Result(*named, marks, result.seconds)


def _with_findings(result: _Result, findings: Iterable[Finding]) -> ScenarioResult:
    own = tuple(of_scenario(findings, result.id))
    named = (result.id, result.suite, result.outcome, result.title, result.where)
    return ScenarioResult(*named, own, result.problem, result.seconds)
