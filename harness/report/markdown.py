"""A short summary in Markdown, for a merge request or the page of a CI run."""

from __future__ import annotations

from collections.abc import Iterator

from harness.model import Finding
from harness.model.report import Report, Side, holds
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
    causes = list(filter(holds, report.findings))
    if causes:
        yield from ("", "| | finding | where | scenarios | advice |", "|---|---|---|---|---|")
        yield from map(_row, causes[:_MOST])
    if len(causes) > _MOST:
        yield from ("", f"and {count(len(causes) - _MOST, 'more cause')} in report.json")


def _row(finding: Finding) -> str:
    cells = (
        str(finding.severity),
        in_markdown(finding.title),
        in_markdown(str(finding.where or "")),
        in_markdown(listed(finding.scenarios, most=3)),
        in_markdown(finding.advice),
    )
    return f"| {' | '.join(cells)} |"


def _side(side: Side) -> str:
    return in_markdown(f"{side.version} ({side.release})" if side.version else side.release)
