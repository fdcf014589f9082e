"""The names of what a run leaves in its folder, for who writes, reads, clears or leaves out one of them."""

from __future__ import annotations

__all__ = ["KEPT", "PAGE", "REPORT", "SIGNED", "SOURCES", "STATEMENT", "TRACES"]

REPORT = "report.json"
KEPT = "run.json"
"""What it takes to judge the traces again."""
TRACES = "traces"
PAGE = "index.html"
SOURCES = "sources.json"
"""Lines of the site's files, for the page."""
STATEMENT, SIGNED = "statement.json", "statement.dsse.json"
