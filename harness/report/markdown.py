"""A short summary in Markdown, for a merge request or the page of a CI run."""

from __future__ import annotations

from collections.abc import Iterator

from harness.model.report import Report, Side, holds
from harness.report.groups import Group, group_findings
from harness.report.headline import headline, verdict_line
from harness.report.text import count, in_markdown, listed

__all__ = ["to_markdown"]

_MOST = 20


def to_markdown(report: Report) -> str:
    """The verdict, the counts, and a table of the findings that hold."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"### {in_markdown(verdict_line(report))}"
    yield ""
    yield f"{in_markdown(report.site)}: {_side(report.old)} to {_side(report.candidate)}"
    yield ""
    yield from (f"- {in_markdown(text)}" for text in headline(report))
    for problem in report.problems:
        yield f"- **{in_markdown(problem.partition(chr(10))[0])}**"
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
        in_markdown(finding.title),
        in_markdown(str(finding.where or "")),
        in_markdown(listed(group.scenarios, most=3)),
        in_markdown(finding.advice),
    )
    return f"| {' | '.join(cells)} |"


def _side(side: Side) -> str:
    return in_markdown(f"{side.version} ({side.release})" if side.version else side.release)
