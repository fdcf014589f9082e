"""Reporting: one report value, and a writer for each form it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.late import late

if TYPE_CHECKING:
    from harness.report.annotations import to_code_quality, to_github
    from harness.report.folder import claim_folder, read_report, write_report
    from harness.report.json_report import dumps, loads
    from harness.report.junit import to_junit
    from harness.report.markdown import to_markdown
    from harness.report.releases import release_json, release_lines, release_markdown
    from harness.report.terminal import Line, render, to_text

__all__ = [
    "Line",
    "claim_folder",
    "dumps",
    "loads",
    "read_report",
    "release_json",
    "release_lines",
    "release_markdown",
    "render",
    "to_code_quality",
    "to_github",
    "to_junit",
    "to_markdown",
    "to_text",
    "write_report",
]

__getattr__ = late(
    __name__,
    {
        "annotations": "to_code_quality to_github",
        "folder": "claim_folder read_report write_report",
        "json_report": "dumps loads",
        "junit": "to_junit",
        "markdown": "to_markdown",
        "releases": "release_json release_lines release_markdown",
        "terminal": "Line render to_text",
    },
)
