"""Reporting: one report value, and a writer for each form it takes."""

from harness.report.folder import claim_folder, read_report, write_report
from harness.report.json_report import dumps, loads
from harness.report.junit import to_junit
from harness.report.markdown import to_markdown
from harness.report.merge import merge
from harness.report.model import Counts, OverlayLine, Report, Side, assemble, holds, is_complete
from harness.report.releases import release_json, release_lines, release_markdown
from harness.report.terminal import Line, render, to_text

__all__ = [
    "Counts",
    "Line",
    "OverlayLine",
    "Report",
    "Side",
    "assemble",
    "claim_folder",
    "dumps",
    "holds",
    "is_complete",
    "loads",
    "merge",
    "read_report",
    "release_json",
    "release_lines",
    "release_markdown",
    "render",
    "to_junit",
    "to_markdown",
    "to_text",
    "write_report",
]
