"""Plays the selected scenarios in one batch when pytest comes to its first test, and tells what came of it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from harness.errors import EngineError, HarnessError, ImageError, SiteError, with_notes
from harness.model import Report, Side, Verdict
from harness.plugin.items import ScenarioItem, marks_of, python_scenario, target_of
from harness.plugin.terminal import Voice, tell
from harness.plugin.workers import ProgressPipe, scope_of
from harness.report import claim_folder, dumps, loads, write_report
from harness.report.complaint import complaint, properties
from harness.report.text import count
from harness.stages.collect import Collected, Settings, collect
from harness.stages.conclude import merge
from harness.stages.rejudge import cover
from harness.stages.run import run

__all__ = ["Player"]

_USAGE = (SiteError, EngineError, ImageError)
_OUTPUT, _PIPE = "harness", "harness_progress"


class Player:
    """One pytest run over one site: the only process, the controller of workers, or one of the workers."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._worker: dict[str, Any] | None = getattr(config, "workerinput", None)
        self._voice = Voice(config, self._worker.get(_PIPE, "") if self._worker else "")
        self._collected: Collected | None = None
        options = {field.name: config.getoption(f"harness_{field.name}") for field in fields(Settings)}
        options["site"] = Path(config.invocation_params.dir, options["site"])
        self._run_folder = Path(config.invocation_params.dir, options["report"] or "report")
        self._settings = Settings(**{**options, "report": self._run_folder})
        self._reports: dict[str, Report] = {}
        self._problems: list[str] = []
        self._refusal = ""
        self._write_problem = ""
        self._final: Report | None = None
        self._pipe: ProgressPipe | None = None

    @property
    def collected(self) -> Collected:
        """The site and what there is to play. Known from the start of the session on."""
        assert self._collected is not None
        return self._collected

    # collection

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """Read the site; one that cannot be used is told as pytest tells a wrong option."""
        try:
            self._collected = collect(self._settings)
        except _USAGE as problem:
            raise pytest.UsageError(with_notes(problem)) from None
        for tag in sorted({tag for scenario in self.collected.scenarios for tag in scenario.tags}):
            self._config.addinivalue_line("markers", f"{tag}: a tag of the site's scenarios")

    def pytest_report_header(self) -> str:
        """The site, in pytest's header."""
        site, known = self.collected.site, self.collected
        return (
            f"site: {site.name} ({site.old.release} to {site.candidate.release},"
            f" {count(len(known.scenarios), 'scenario')}, {count(len(known.checks), 'check')})"
        )

    def pytest_pycollect_makeitem(self, collector: pytest.Collector, name: str, obj: object) -> Any:
        """A coroutine in one of the site's Python files is a scenario."""
        scenario = python_scenario(collector.path, name, obj, self.collected.scenarios)
        if scenario is None:
            return None
        marks = [*getattr(obj, "pytestmark", ()), *marks_of(scenario)]
        return ScenarioItem.from_parent(
            collector, name=name, target=scenario.id, line=scenario.line, player=self, marks=marks
        )

    # playing

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Play all that is selected (workers wait: they learn their share with their first test)."""
        if self._worker is not None or session.config.option.collectonly:
            return
        if session.testsfailed and not session.config.option.continue_on_collection_errors:
            return
        is_controller = session.config.pluginmanager.has_plugin("dsession")
        if not is_controller and not any(map(target_of, session.items)):
            return
        try:
            claim = claim_folder(self._run_folder)
            session.config.add_cleanup(partial(os.close, claim))
            if not is_controller:
                self._play("", session.items)
        except _USAGE as problem:
            self._refusal = with_notes(problem)
            raise pytest.UsageError(self._refusal) from None
        except HarnessError as problem:
            self._problems.append(with_notes(problem))
            raise session.Failed("nothing could be compared") from None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        """In a worker: play the batch of the first test that needs it."""
        if self._worker is None or not target_of(item):
            return None
        workers = int(self._worker["workercount"])
        scope = scope_of(item.nodeid, workers=workers)
        if scope in self._reports:
            return None
        share = [other for other in item.session.items if scope_of(other.nodeid, workers=workers) == scope]
        try:
            self._play(scope, share)
        except HarnessError as problem:
            words = with_notes(problem)
            if isinstance(problem, _USAGE):
                self._refusal = words
            else:
                self._problems.append(words)
            item.session.shouldfail = words.partition("\n")[0]
            return True
        return None

    def _play(self, scope: str, items: Sequence[pytest.Item]) -> None:
        wanted = frozenset(filter(None, map(target_of, items)))
        scenarios = frozenset(s.id for s in self.collected.scenarios if s.id in wanted)
        checks = frozenset(check for check in self.collected.checks if check in wanted)
        self._reports[scope] = run(
            self.collected, self._settings, scenarios=scenarios, checks=checks, progress=self._voice
        )

    def judge(self, item: pytest.Item, target: str) -> None:
        """Fail the test when its result holds the promotion or proves nothing."""
        results = (report.result(target) for report in self._reports.values())
        result = next(filter(None, results), None)
        if result is None:
            pytest.fail("not compared: the run has no result for it", pytrace=False)
        item.user_properties.extend(properties(result))
        words = complaint(result)
        if words:
            pytest.fail(words, pytrace=False)

    # workers

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Give a new worker the way to the terminal."""
        if self._pipe is None:
            self._pipe = ProgressPipe(self._voice)
        node.workerinput[_PIPE] = self._pipe.name

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object | None) -> None:
        """Take what a worker found; one that died makes the run inconclusive."""
        name = node.gateway.id
        output = getattr(node, "workeroutput", {}).get(_OUTPUT)
        if output is None:
            self._problems.append(f"worker {name} ended before it could report ({error or 'no reason known'})")
            return
        for position, text in enumerate(output["reports"]):
            self._reports[f"{name}.{position}"] = loads(text, source=f"the report of worker {name}")
        self._problems += [problem for problem in output["problems"] if problem not in self._problems]
        self._refusal = self._refusal or output["refusal"]

    # the end

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Make one report of it, write it, and let pytest's exit code tell the verdict."""
        if self._worker is not None:
            session.config.workeroutput[_OUTPUT] = {  # type: ignore[attr-defined] # set by xdist
                "reports": [dumps(report) for report in self._reports.values()],
                "problems": self._problems,
                "refusal": self._refusal,
            }
            return
        if self._pipe is not None:
            self._pipe.close()
        if self._refusal:
            session.exitstatus = pytest.ExitCode.USAGE_ERROR
            return
        self._final = self._conclude()
        if self._final is None:
            return
        self._final = self._with_coverage(self._final)
        self._write(self._final, session)
        failing = (pytest.ExitCode.OK, pytest.ExitCode.INTERRUPTED) if self._problems else (pytest.ExitCode.OK,)
        if self._final.verdict is not Verdict.PROMOTE and session.exitstatus in failing:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _conclude(self) -> Report | None:
        site, reports = self.collected.site, list(self._reports.values())
        if reports:
            today = self._settings.day.isoformat()
            return merge(reports, site.waivers, today=today, problems=self._problems)
        if not self._problems:
            return None
        old, candidate = Side(site.old.release), Side(site.candidate.release)
        return Report(Verdict.INCONCLUSIVE, site.name, old, old, candidate, problems=tuple(self._problems))

    def _with_coverage(self, report: Report) -> Report:
        """The report, saying which scenarios of all workers cover its findings, if their traces can be read."""
        try:
            return cover(report, self._run_folder) if self._reports else report
        except SiteError as problem:
            self._voice(f"which scenarios cover a finding is not known: {with_notes(problem)}")
            return report

    def _write(self, report: Report, session: pytest.Session) -> None:
        try:
            write_report(report, self._run_folder)
        except SiteError as problem:
            self._write_problem = f"the report could not be written: {with_notes(problem)}"
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
        """After pytest's own summary, so that the verdict is what remains on the screen."""
        yield
        if self._refusal and self._pipe is not None:
            terminalreporter.write_line(f"ERROR: {self._refusal}", red=True)
        if self._final is not None:
            tell(self._final, self._run_folder, terminalreporter, write_problem=self._write_problem)
