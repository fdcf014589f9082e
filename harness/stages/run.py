"""A site goes in, a report comes out: the run as a list of stages. pytest and the console command both call it.

collect ─► prepare ─► boot ─► ask ─► play (judge) ─► replay (judge) ─► log (judge) ─► gate ─► cover ─► report

Preflight is a run that selects no scenario. `rejudge` begins at judge, with the traces that a run kept.
"""

from __future__ import annotations

import asyncio
import errno
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from harness.errors import LabError, SiteError, reason_of
from harness.judge import Maps, Plays
from harness.judge.checks import suite_of
from harness.judge.checks.documented import is_open
from harness.judge.deprecations import without_known
from harness.lab import Ending, Interrupted, Progress, sweep
from harness.lab.housekeeping.scratch import scratch
from harness.model import Outcome, Report, ScenarioResult, Side, Verdict
from harness.model.run_folder import TRACES
from harness.play.scenario import Scenario
from harness.record.garbage import collected_rarely
from harness.report.text import count
from harness.site.content import content_hash
from harness.stages.ask import ask, ask_databases, ask_dialplans, ask_users, listen, look_back
from harness.stages.boot import Booted, Prepared, boot, prepare_releases, unbooted
from harness.stages.collect import Collected, Selection, Settings, Share, select
from harness.stages.conclude import conclude, interruption
from harness.stages.kept import Kept, KeptScenario, write_kept
from harness.stages.limits import look_at_limits
from harness.stages.meetings import tell_meetings
from harness.stages.no_call import judge_log, no_call_plays
from harness.stages.play import place_of, play
from harness.stages.programs import program_id, program_plays, stop_programs
from harness.stages.rejudge import cover
from harness.stages.replay import replay
from harness.stages.results import Results, joined
from harness.stages.stopwatch import Stopwatch

__all__ = ["STAGES", "on_trio", "run"]


Stage = Callable[[Booted, Results], Awaitable[Results]]

STAGES: tuple[Stage, ...] = (
    ask,
    ask_dialplans,
    look_back,
    listen,
    play,
    replay,
    tell_meetings,
    judge_log,
    look_at_limits,
    ask_users,
    ask_databases,
    stop_programs,
)
"""What is done on a trio that is up. `play` and `replay` judge what they play, if there is a scenario."""

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


def run(
    collected: Collected,
    settings: Settings,
    *,
    scenarios: frozenset[str],
    checks: frozenset[str],
    skipped: Mapping[str, str] | None = None,
    progress: Progress,
    ending: Ending | None = None,
) -> Report:
    """Boot, ask, play and judge what is selected, by id; everything is gone from the engine when this returns.

    `skipped` is what is not to be played, by id, with the reason: one without a reason was not compared.
    Raises SiteError, EngineError and ImageError, which come before anything is played. What breaks later makes
    the report inconclusive, and so does a signal that `ending` hears (without one, signals do what they did).
    """
    began, ending, watch = time.monotonic(), ending or Ending(), Stopwatch()
    selection = select(collected, scenarios=scenarios, checks=checks, skipped=skipped, day=settings.day)
    prepared, results = None, Results()
    try:
        sweep()
        with _lab_errors(), _traces(settings) as folder:
            _keep(settings, selection, results)  # before anything is played: what a dead run leaves is known
            with watch.phase("prepare"):
                prepared = replace(prepare_releases(selection, folder, progress), watch=watch)
            if not ending.signal:
                with collected_rarely():
                    results = ending.run(_on_all_trios(prepared, selection.shares, progress, ending))
            with ending.noted():
                _keep(settings, selection, results)
    except Interrupted:
        pass  # the report says so
    except LabError as problem:
        results = results.broken_by(problem)
    results = results.with_problems(*_closed(selection.scenarios))
    with ending.noted():
        report = _draft(selection, prepared, results, ending.signal)
        report = replace(report, seconds=round(time.monotonic() - began, 1), planned=settings.is_planned)
        with watch.phase("conclude"):
            end = conclude(report, selection.site.waivers, today=selection.day.isoformat())
            end = cover(end, settings.report) if settings.report and is_open(end.results) else end
        return replace(end, phases=watch.seconds)


def _closed(scenarios: Iterable[Scenario]) -> Iterator[str]:
    """What scenarios share is ended: code of the site, which may raise anything."""
    for scenario in scenarios:
        try:
            scenario.close()
        except Interrupted:
            pass  # the report says so
        except KeyboardInterrupt:
            raise
        except BaseException as problem:
            told = str(problem).partition("\n")[0]
            yield f"the end of a fixture of {scenario.file.name} raised {type(problem).__name__}: {told}"


async def _on_all_trios(prepared: Prepared, shares: Sequence[Share], say: Progress, ending: Ending) -> Results:
    """What came of all shares, of which some are played side by side. Cancelled, what is known by then.

    The first one asks what is loaded and in force before the others begin: that keeps this process busy, and
    who plays meanwhile would act late. Raises what the first one raises that fails.
    """
    free, asked = asyncio.Semaphore(prepared.site.limits.trios), asyncio.Event()
    tasks: list[asyncio.Task[Results]] = []

    async def first(share: Share) -> Results:
        async with free:
            results = await _on_trios(prepared, share, say, ending, asked.set)
        asked.set()  # it may never have come to play
        return results

    async def other(share: Share) -> Results:
        await asked.wait()
        async with free:
            return await _on_trios(prepared, share, say, ending)

    try:
        async with asyncio.TaskGroup() as group:
            tasks.extend(group.create_task((other if tasks else first)(share)) for share in shares)
    except asyncio.CancelledError:
        pass
    except BaseExceptionGroup as problems:
        raise problems.exceptions[0] from None
    return joined(task.result() for task in tasks if not task.cancelled())


async def _on_trios(
    prepared: Prepared, share: Share, say: Progress, ending: Ending, plays: Callable[[], object] | None = None
) -> Results:
    """What came of one share. Where the candidate reached its memory limit, what that cost is played once more."""
    first = await on_trio(prepared, share, say, plays=plays)
    if not first.starved or ending.signal or _is_cancelled():
        return first
    lost = [s for s in share.scenarios if s.id not in first.of or first.of[s.id].outcome is Outcome.NOT_COMPARED]
    say(f"The candidate reached its memory limit: {count(len(lost), 'scenario')} once more, on new instances")
    rest = replace(share, scenarios=tuple(lost), checks=())
    second = await on_trio(prepared, rest, say, starved=first.starved)
    again = {scenario.id for scenario in lost}
    return joined((second, replace(first, of={id_: of for id_, of in first.of.items() if id_ not in again})))


def _is_cancelled() -> bool:
    """Whether the share is to end: another one has failed for all of them."""
    task = asyncio.current_task()
    return task is not None and bool(task.cancelling())


async def on_trio(
    prepared: Prepared,
    share: Share,
    say: Progress,
    *,
    starved: Mapping[str, Plays] | None = None,
    plays: Callable[[], object] | None = None,
) -> Results:
    """What came of one share. A trio that does not boot, breaks or is cancelled keeps what is known by then.

    `plays` is called when the first call is about to be placed. `starved` are plays of an earlier trio in which
    the candidate reached its memory limit.
    """
    results, watch = Results(starved=starved or {}), Stopwatch()
    whole, prepared = prepared.watch, replace(prepared, watch=watch)
    try:
        with _lab_errors(), watch.phase("tear down"):
            async with AsyncExitStack() as stack:
                with watch.phase("boot"):
                    booted = await stack.enter_async_context(boot(prepared, share, say))
                results = replace(results, overlay=booted.trio.overlay)
                for stage in STAGES:
                    if stage is play and plays:
                        plays()
                    with watch.phase(stage.__name__.replace("_", " ")):
                        results = await stage(booted, results)
                    if results.broken:
                        break
    except LabError as problem:
        results = unbooted(prepared, problem, results).broken_by(problem)
    except (asyncio.CancelledError, Interrupted):
        results = replace(results, broken=True)
    finally:
        whole.add(watch)
    return results


@contextmanager
def _traces(settings: Settings) -> Iterator[Path]:
    """Where traces go: they are kept only with a report."""
    with scratch() as folder:
        traces = settings.report / TRACES if settings.report else Path(folder)
        traces.mkdir(parents=True, exist_ok=True)
        yield traces


@contextmanager
def _lab_errors() -> Iterator[None]:
    """A disk that takes nothing more, as LabError with its place."""
    try:
        yield
    except OSError as problem:
        if problem.errno not in _FULL:
            raise
        place = problem.filename or f"a temporary file in {tempfile.gettempdir()} (TMPDIR)"
        raise LabError(f"{place}: cannot be written ({reason_of(problem)})") from problem


def _keep(settings: Settings, selection: Selection, results: Results) -> None:
    if settings.report:
        write_kept(settings.report, _kept_run(selection, results.maps))


def _draft(selection: Selection, prepared: Prepared | None, results: Results, signal: str) -> Report:
    """All that is known, before the gate. What was selected and has no result was not compared."""
    reason = results.problems[0].partition("\n")[0] if results.problems else "was not played"
    reason = interruption(signal) if signal else reason
    missing = [
        *(
            ScenarioResult(s.id, "dialplan", Outcome.NOT_COMPARED, s.title, problem=reason)
            for s in selection.scenarios
        ),
        *(ScenarioResult(c, suite_of(c), Outcome.NOT_COMPARED, problem=reason) for c in selection.checks),
    ]
    specs = (selection.site.old.release, selection.site.candidate.release)
    old, candidate = (prepared.side(spec) if prepared else Side(spec) for spec in specs)
    whole = {**{result.id: result for result in (*missing, *selection.skipped)}, **results.of}
    return Report(
        verdict=Verdict.INCONCLUSIVE,
        site=selection.site.name,
        old=old,
        again=old,
        candidate=candidate,
        results=tuple(without_known(result, results.deprecated) for result in whole.values()),
        overlay=results.overlay,
        problems=results.problems,
        interrupted=signal,
        noise=sum(results.noise.values()),
        unattributed=results.unattributed,
        left_out=selection.left_out,
    )


def _content(root: Path) -> str:
    """The hash of the site's files. A file that nobody may read, and nothing needs, is no reason not to play."""
    try:
        return content_hash(root)
    except SiteError:
        return ""


def _kept_run(selection: Selection, maps: Maps) -> Kept:
    """What it takes to judge the traces again."""
    site = selection.site
    programs = [program_plays(app, {}) for app in site.apps if program_id(app) in selection.checks]
    besides = (no_call_plays({}),) if selection.scenarios else ()
    return Kept(
        site=str(site.root),
        content=_content(site.root),
        scenarios=(
            *(KeptScenario(s.id, s.title, place_of(s, site.root), s.tolerances) for s in selection.scenarios),
            *(KeptScenario(p.id, p.title, p.where, p.tolerances, p.suite) for p in (*programs, *besides)),
        ),
        waivers=site.waivers,
        severities=site.severities,
        today=selection.day.isoformat(),
        maps=maps,
    )
