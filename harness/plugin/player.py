"""Plays the selected scenarios in one batch when pytest comes to its first test, and tells what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from harness.errors import EngineError, HarnessError, ImageError, SiteError, with_notes
from harness.lab import Ending
from harness.lab.housekeeping.scratch import scratch
from harness.model import EXPECTED, UNEXPECTED, Outcome, Report, ScenarioResult, Side, Verdict
from harness.play import Scenario
from harness.plugin.items import (
    ScenarioItem,
    as_configured,
    by_function,
    python_scenarios,
    skip_reason,
    target_of,
)
from harness.plugin.run_folder import RunFolder
from harness.plugin.terminal import Voice, tell
from harness.plugin.workers import (
    ProgressPipe,
    end_workers,
    is_elsewhere,
    pid_of,
    refuse_paths_of_here,
    scope_of,
)
from harness.report import dumps, loads
from harness.report.complaint import complaint, properties
from harness.report.text import clean, count, safe
from harness.site.content import content_hash
from harness.stages.collect import Collected, Settings, collect
from harness.stages.conclude import conclude, interruption, merge
from harness.stages.run import run
from harness.stages.sent import packed, strangers, take

__all__ = ["Player"]

_USAGE = (SiteError, EngineError, ImageError)
_OUTPUT, _PIPE, _SENDS = "harness", "harness_progress", "harness_sends"
_EXIT = {Verdict.HOLD: int(pytest.ExitCode.TESTS_FAILED), Verdict.INCONCLUSIVE: 6}
"""Where the verdict says more than pytest knows, whose own codes end at 5."""
_UNKNOWN = object()
_LISTING = ("collectonly", "showfixtures", "show_fixtures_per_test")


class Player:
    """One pytest run over one site: the only process, the controller of workers, or one of the workers."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._worker: dict[str, Any] | None = getattr(config, "workerinput", None)
        self._voice = Voice(config, self._worker.get(_PIPE, "") if self._worker else "")
        self._collected: Collected | None = None
        options = {field.name: config.getoption(f"harness_{field.name}") for field in fields(Settings)}
        options["site"] = Path(config.invocation_params.dir, options["site"])
        folder = Path(config.invocation_params.dir, options["report"] or "report")
        self._sends = self._worker is not None and self._worker[_SENDS]
        if self._sends:
            kept = scratch()
            config.add_cleanup(kept.cleanup)
            folder = Path(kept.name)
        key = config.getoption("harness_sign_key")
        key = Path(config.invocation_params.dir, key) if key else None
        self._folder = RunFolder(folder, key, self._voice)
        self._settings = Settings(**{**options, "report": folder})
        self._reports: dict[str, Report] = {}
        self._results: dict[str, ScenarioResult] = {}  # of what this process has played
        self._problems: list[str] = []
        self._refusal = ""
        self._ending = Ending()
        self._foreign_failures = False
        self._final: Report | None = None
        self._pipe: ProgressPipe | None = None
        self._nodes: dict[Any, int] = {}  # those that run yet, with their processes

    @property
    def collected(self) -> Collected:
        """The site and what there is to play. Known from the start of the session on."""
        assert self._collected is not None
        return self._collected

    @cached_property
    def _by_function(self) -> Mapping[tuple[Path, str], Sequence[Scenario]]:
        return by_function(self.collected.scenarios)

    # collection

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """Read the site; one that cannot be used is told as pytest tells a wrong option.

        First of all the report of an earlier run goes: whatever becomes of this one, it is not its verdict.
        """
        self._config.add_cleanup(self._ending.close)
        self._config.add_cleanup(self._folder.close)
        self._ending.__enter__()
        try:
            if self._worker is None and not self._only_lists:
                self._folder.check_key()
                if self._folder.path.exists():
                    self._folder.claim()
            collected = collect(self._settings)
            scenarios = tuple(as_configured(one, self._config) for one in collected.scenarios)
            self._collected = replace(collected, scenarios=scenarios)
        except _USAGE as problem:
            raise pytest.UsageError(safe(with_notes(problem))) from None
        for tag in sorted({tag for scenario in self.collected.scenarios for tag in scenario.tags}):
            self._config.addinivalue_line("markers", f"{tag}: a tag of the site's scenarios")

    @property
    def _only_lists(self) -> bool:
        """Whether pytest is asked what there is, and plays nothing."""
        return any(getattr(self._config.option, name, False) for name in _LISTING)

    def pytest_report_header(self) -> str:
        """The site, in pytest's header."""
        site, known = self.collected.site, self.collected
        return (
            f"site: {clean(site.name)} ({clean(site.old.release)} to {clean(site.candidate.release)},"
            f" {count(len(known.scenarios), 'scenario')}, {count(len(known.checks), 'check')})"
        )

    def pytest_pycollect_makeitem(self, collector: pytest.Collector, name: str, obj: object) -> Any:
        """A coroutine in one of the site's Python files is a scenario, or one a case."""
        found = python_scenarios(collector, name, obj, self._by_function)
        return [ScenarioItem.of(one, name=of, parent=collector, player=self) for of, one in found] or None

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
            self._need_a_test_of_the_site(session)
            return
        try:
            self._folder.claim()
            if not is_controller:
                self._play("", session.items)
                self._end_if_interrupted()
        except _USAGE as problem:
            self._refusal = safe(with_notes(problem))
            raise pytest.UsageError(self._refusal) from None
        except HarnessError as problem:
            self._problems.append(with_notes(problem))
            raise session.Failed("nothing could be compared") from None

    def _need_a_test_of_the_site(self, session: pytest.Session) -> None:
        """Other tests alone, although a site is named, are a mistake; nothing at all is told by pytest."""
        if session.items:
            raise pytest.UsageError(
                f"none of the {count(len(session.items), 'selected test')} plays the site: name the suites"
                " (`pytest suites/ --site DIR`) or a test_*.py of the site's folder"
            )

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """In a worker: play the batch of the first test that needs it.

        Around all else that is done with a test: a limit of its time (pytest-timeout) is not the batch's.
        """
        if self._worker is not None and target_of(item):
            self._play_share_of(item)
        return (yield)

    @pytest.hookimpl(tryfirst=True, specname="pytest_runtest_protocol")
    def leave_out(self, item: pytest.Item) -> bool | None:
        """In a worker that could not play its batch no test runs."""
        return True if self._worker is not None and item.session.shouldfail else None

    def _play_share_of(self, item: pytest.Item) -> None:
        assert self._worker is not None
        workers = int(self._worker["workercount"])
        scope = scope_of(item.nodeid, workers=workers)
        if scope in self._reports or item.session.shouldfail:
            return
        share = [other for other in item.session.items if scope_of(other.nodeid, workers=workers) == scope]
        try:
            self._play(scope, share)
            self._end_if_interrupted()
        except HarnessError as problem:
            words = safe(with_notes(problem))
            if isinstance(problem, _USAGE):
                self._refusal = words
            else:
                self._problems.append(words)
            item.session.shouldfail = words.partition("\n")[0]

    def _play(self, scope: str, items: Sequence[pytest.Item]) -> None:
        reasons = {target_of(item): reason for item in items if (reason := skip_reason(item)) is not None}
        wanted = frozenset(target_of(item) for item in items if skip_reason(item) is None)
        known = {*(scenario.id for scenario in self.collected.scenarios), *self.collected.checks}
        skipped = {id_: reason for id_, reason in reasons.items() if id_ in known - wanted}
        scenarios = frozenset(s.id for s in self.collected.scenarios if s.id in wanted)
        checks = frozenset(check for check in self.collected.checks if check in wanted)
        report = run(
            self.collected if self._worker is None else self.collected.with_one_trio,
            self._settings,
            scenarios=scenarios,
            checks=checks,
            skipped=skipped,
            progress=self._voice,
            ending=self._ending,
        )
        self._reports[scope] = report
        self._results = {**{result.id: result for result in report.results}, **self._results}

    def _end_if_interrupted(self) -> None:
        """The batch is a report by now: pytest need not run a test for each."""
        if self._ending.signal:
            pytest.exit(interruption(self._ending.signal), returncode=pytest.ExitCode.INTERRUPTED)

    def judge(self, item: pytest.Item, target: str) -> None:
        """Fail the test when its result holds the promotion or proves nothing."""
        result = self._results.get(target)
        if result is None:
            item.user_properties.append(("outcome", Outcome.NOT_COMPARED.value))
            pytest.fail("not compared: the run has no result for it", pytrace=False)
        item.user_properties.extend(properties(result))
        if result.outcome is Outcome.SKIPPED:
            pytest.skip(clean(result.problem))
        words = complaint(result)
        if words:
            pytest.fail(words, pytrace=False)
        if result.outcome is Outcome.SAME and result.problem.startswith(EXPECTED):
            pytest.xfail(clean(result.problem))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
        """A test took as long as its scenario; one that passes although it is expected to fail is told as such."""
        report = yield
        result = self._results.get(target_of(item)) if call.when == "call" else None
        if result is None:
            return report
        report.duration = result.seconds or report.duration
        if report.passed and result.outcome is Outcome.SAME and result.problem.startswith(UNEXPECTED):
            report.wasxfail = clean(result.problem)
        return report

    # workers

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_setupnodes(self, config: pytest.Config, specs: Sequence[Any]) -> None:
        """Tell what xdist would stumble over."""
        refuse_paths_of_here(config, specs)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Give a new worker the way to the terminal, and say whether it has to send what it keeps."""
        if self._pipe is None:
            self._pipe = ProgressPipe(self._voice)
        node.workerinput[_PIPE] = self._pipe.name
        node.workerinput[_SENDS] = is_elsewhere(node)
        self._nodes[node] = pid_of(node)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object | None) -> None:
        """Take what a worker found; one that died makes the run inconclusive."""
        if self._nodes.pop(node, _UNKNOWN) is _UNKNOWN:
            return  # its end is told once more when it was interrupted
        name = node.gateway.id
        output = getattr(node, "workeroutput", {}).get(_OUTPUT)
        if output is None:
            self._problems.append(f"worker {name} ended before it could report ({error or 'no reason known'})")
            return
        for position, text in enumerate(output["reports"]):
            self._reports[f"{name}.{position}"] = loads(text, source=f"the report of worker {name}")
        self._problems += [problem for problem in output["problems"] if problem not in self._problems]
        self._refusal = self._refusal or output["reason_of"]
        if output["files"]:
            self._take(name, output["files"])

    def _take(self, worker: str, files: Mapping[str, bytes]) -> None:
        """What a worker elsewhere has kept. Without it nothing that it found could be looked at."""
        root = self.collected.site.root
        try:
            if (played := take(files, self._folder.path, root)) and played != content_hash(root):
                self._problems.append(
                    f"worker {worker} has another site than {root}: give all hosts the same files"
                )
        except HarnessError as problem:
            self._problems.append(f"worker {worker}: {with_notes(problem)}")

    # the end

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Make one report of it, write it, and let pytest's exit code tell the verdict."""
        if self._worker is not None:
            session.config.workeroutput[_OUTPUT] = {  # type: ignore[attr-defined] # set by xdist
                "reports": [dumps(report) for report in self._reports.values()],
                "problems": self._problems,
                "reason_of": self._refusal,
                "files": packed(self._folder.path) if self._sends else {},
            }
            return
        with self._ending.noted():
            if self._ending.signal:
                end_workers(self._nodes)
            for node in list(self._nodes) if self._ending.signal else ():
                self.pytest_testnodedown(node, None)
        if self._pipe is not None:
            self._pipe.close()
        if self._refusal:
            session.exitstatus = pytest.ExitCode.USAGE_ERROR
            return
        with self._ending.noted():
            self._final = self._conclude()
            if self._final is None:
                return
            known = self._folder.covered(self._final) if self._reports else self._final
            self._final = self._folder.fill(known, self.collected.site)
        session.exitstatus = self._exit_code(self._final.verdict, session.exitstatus)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what fails and is no result of the site's: pytest's code stands then, whatever the verdict is."""
        is_test = report.when in ("setup", "call", "teardown")  # a worker that dies has a report as well
        if report.failed and is_test and not any(name == "outcome" for name, _ in report.user_properties):
            self._foreign_failures = True

    def _exit_code(self, verdict: Verdict, status: int | pytest.ExitCode) -> int | pytest.ExitCode:
        """The verdict's, where pytest has nothing of its own to say."""
        ours = [pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED]
        if self._problems:  # a worker that could not go on interrupts pytest
            ours.append(pytest.ExitCode.INTERRUPTED)
        if status not in ours or self._foreign_failures:
            return status
        if self._folder.unsigned:
            return pytest.ExitCode.USAGE_ERROR
        return _EXIT.get(verdict, status)

    def _conclude(self) -> Report | None:
        site, reports, signal = self.collected.site, list(self._reports.values()), self._ending.signal
        if reports:
            of_workers = {f"worker {name.partition('.')[0]}": one for name, one in self._reports.items()}
            self._problems += strangers(of_workers)
            today = self._settings.day.isoformat()
            return merge(reports, site.waivers, today=today, problems=self._problems, interrupted=signal)
        if not self._problems and (not signal or self._only_lists):
            return None
        old, candidate = Side(site.old.release), Side(site.candidate.release)
        nothing = Report(Verdict.INCONCLUSIVE, site.name, old, old, candidate, problems=tuple(self._problems))
        return conclude(replace(nothing, interrupted=signal), (), today=self._settings.day.isoformat())

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
        """After pytest's own summary, so that the verdict is what remains on the screen."""
        yield
        if self._refusal and self._pipe is not None:
            terminalreporter.write_line(f"ERROR: {self._refusal}", red=True)
        if self._final is not None:
            tell(self._final, self._folder.place, terminalreporter, problem=self._folder.problem)
