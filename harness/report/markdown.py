"""A short summary in Markdown, for a merge request or the page of a CI run."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.model.report import Report, Side, holds
from harness.report.groups import Group, group_findings
from harness.report.headline import headline, verdict_line
from harness.report.text import clean, count, listed

__all__ = ["to_markdown"]

_MOST = 20
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~@&-])")


def to_markdown(report: Report) -> str:
    """The verdict, the counts, and a table of the findings that hold."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"### {_safe(verdict_line(report))}"
    yield ""
    yield f"{_safe(report.site)}: {_side(report.old)} to {_side(report.candidate)}"
    yield ""
    yield from (f"- {_safe(text)}" for text in headline(report))
    for problem in report.problems:
        yield f"- **{_safe(problem.partition(chr(10))[0])}**"
    groups = group_findings(filter(holds, report.findings))
    if groups:
        yield from ("", "| | finding | where | scenarios | advice |", "|---|---|---|---|---|")
        yield from map(_row, groups[:_MOST])
    if len(groups) > _MOST:
        yield from ("", f"and {count(len(groups) - _MOST, 'more finding')} in report.json")


def _row(group: Group) -> str:
    finding = group.finding
    cells = (
        str(finding.severity),
        _safe(finding.title),
        _safe(str(finding.where or "")),
        _safe(listed(group.scenarios, most=3)),
        _safe(finding.advice),
    )
    return f"| {' | '.join(cells)} |"


def _side(side: Side) -> str:
    return _safe(f"{side.version} ({side.release})" if side.version else side.release)


def _safe(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", clean(text))
