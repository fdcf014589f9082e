"""The folder of a run: claimed before anything is played, filled at the end."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from harness.errors import HarnessError, SiteError, with_notes
from harness.lab import Progress
from harness.model import Report, Verdict
from harness.model.run_folder import REPORT
from harness.report import claim_folder, write_report
from harness.site import Site
from harness.stages.page import write_page
from harness.stages.rejudge import cover

__all__ = ["RunFolder"]


class RunFolder:
    """Where a run's report goes, with its page and, where there is a key, its signed statement.

    `place` is what to look at. `problem` says why the report or the statement is not there, `unsigned` that it is
    the statement alone. Close it at the end: it may be another run's then.
    """

    def __init__(self, path: Path, sign_key: Path | None, say: Progress) -> None:
        self.path = path
        self.place = path / REPORT
        self.problem = ""
        self.unsigned = False
        self._sign_key = sign_key
        self._say = say
        self._claim: int | None = None

    def check_key(self) -> None:
        """Raise SiteError for a key that cannot sign, before all is played."""
        if self._sign_key:
            from harness.report.envelope import read_private

            read_private(self._sign_key)

    def claim(self) -> None:
        """Make it this run's own, and empty. Raises SiteError."""
        if self._claim is None:
            self._claim = claim_folder(self.path)

    def close(self) -> None:
        """Let others claim it."""
        if self._claim is not None:
            os.close(self._claim)

    def covered(self, report: Report) -> Report:
        """The report, saying which scenarios cover its findings, if the traces can be read."""
        try:
            return cover(report, self.path)
        except SiteError as problem:
            self._say(f"which scenarios cover a finding is not known: {with_notes(problem)}")
            return report

    def fill(self, report: Report, site: Site) -> Report:
        """Write all of it; the report as it counts: one that could not be written proves nothing."""
        try:
            write_report(report, self.path)
        except SiteError as problem:
            self.problem = f"the report could not be written: {with_notes(problem)}"
            return replace(report, verdict=Verdict.INCONCLUSIVE, problems=(*report.problems, self.problem))
        self._write_page(report, site)
        self._sign()
        return report

    def _write_page(self, report: Report, site: Site) -> None:
        """Without the page the verdict is what it is."""
        try:
            self.place = write_page(report, self.path, site)
        except HarnessError as problem:
            self._say(f"the page could not be written: {with_notes(problem)}")

    def _sign(self) -> None:
        if self._sign_key is None:
            return
        from harness.stages.sign import sign

        try:
            sign(self.path, self._sign_key)
        except SiteError as problem:
            self.unsigned = True
            self.problem = f"the statement could not be signed: {with_notes(problem)}"
