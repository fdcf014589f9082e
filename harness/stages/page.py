"""The stage that writes the page of a run, from its report and what its folder keeps. Needs no engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.errors import SiteError, reason_of
from harness.judge import Maps
from harness.judge.coverage import places_run
from harness.model import Outcome, Place, Report, storage
from harness.model.report import holds
from harness.model.run_folder import PAGE, SOURCES
from harness.record.store import TraceFile, read_trace
from harness.report.folder import has_run, write_file
from harness.report.page import Details, PlayTold, to_html
from harness.report.page.causes import numbers_by_scenario
from harness.report.page.ladder import Cause
from harness.report.page.pack import pack
from harness.report.page.sources import SourceFile, Sources, kept_lines
from harness.site import Site
from harness.stages.judgements import Task, each_of
from harness.stages.kept import Kept, kept_traces, read_kept
from harness.stages.show import drawn

__all__ = ["ROOM", "join_sources", "keep_sources", "page_of", "write_page"]

ROOM = 12_000_000
"""Characters that all ladders of a page may take."""
_TRACE_OVER_LADDER = 30
"""Bytes of traces that are drawn for each that has room: the demo's are 24 times as large as their ladders."""
_LARGEST = 1_000_000
"""Bytes of a file of the site's."""


def write_page(report: Report, folder: Path, site: Site | None = None) -> Path:
    """Write the page into a report's folder; returns its path.

    With `site`, lines of its files are kept before, so that the page can be written again when they are others.
    Raises SiteError.
    """
    kept = _kept_in(folder)
    if site:
        _keep_sources(report, folder, site, kept)
    return write_file(folder, PAGE, _page(report, folder, kept))


def page_of(report: Report, folder: Path) -> str:
    """The page of a report, with all that its folder keeps. Raises SiteError."""
    return _page(report, folder, _kept_in(folder))


def _kept_in(folder: Path) -> Kept | None:
    return read_kept(folder) if has_run(folder) else None


def _page(report: Report, folder: Path, kept: Kept | None) -> str:
    sources = _read_sources(folder)
    if kept is None:
        return to_html(report, Details(sources=sources))
    tasks = _worst_first(kept_traces(folder, kept), report)
    calls = [task for task in tasks if task[0].suite == "dialplan" and len(_first(task)) == 2]
    drawn = frozenset(_as_many(calls))
    places = (one.place for each in (kept.maps.old, kept.maps.candidate) for one in each.priorities())
    ran = Counter({place: 0 for place in places if place})
    ladders: dict[str, str] = {}
    room = ROOM
    for id_, packed, run in each_of(_Work(kept.maps, _causes(report), drawn).draw, calls):
        ran.update(run)
        room -= len(packed)
        if packed and room > 0:
            ladders[id_] = packed
    left_out = frozenset(scenario.id for scenario, _ in calls) - ladders.keys()
    plays = {scenario.id: tuple(map(_told, files)) for scenario, files in tasks}
    return to_html(report, Details(plays, ladders, left_out, sources, ran, kept.waivers))


@dataclass(frozen=True, slots=True)
class _Work:
    """What it takes to draw a call: the loaded dialplans, each call's causes, and which calls are drawn."""

    maps: Maps
    causes: Mapping[str, Sequence[Cause]]
    drawn: frozenset[str]

    def draw(self, task: Task) -> tuple[str, str, frozenset[Place]]:
        """A call's id, its packed ladder (empty for none) and the places that it ran. Raises SiteError."""
        scenario, _ = task
        old, candidate = map(read_trace, _first(task))
        ran = places_run(old, self.maps.old) | places_run(candidate, self.maps.candidate)
        if scenario.id not in self.drawn:
            return scenario.id, "", ran
        causes = self.causes.get(scenario.id, ())
        ladder = drawn(old, candidate, scenario.tolerances.seconds, self.maps, causes)
        return scenario.id, pack(ladder), ran


def _worst_first(tasks: Iterable[Task], report: Report) -> list[Task]:
    """What differs comes before what is the same: room may not be there for all."""
    same = {result.id for result in report.results if result.outcome is Outcome.SAME}
    return sorted(tasks, key=lambda task: (task[0].id in same, task[0].id))


def _first(task: Task) -> tuple[Path, ...]:
    """The traces of the first play on the old release and on the candidate."""
    paths = {file.instance: file.path for file in task[1] if not file.play}
    return tuple(paths[name] for name in ("old", "candidate") if name in paths)


def _as_many(calls: Iterable[Task]) -> Iterator[str]:
    """As many calls as may find room: no time goes into others."""
    size = 0
    for task in calls:
        size += sum(path.stat().st_size for path in _first(task))
        if size <= ROOM * _TRACE_OVER_LADDER:
            yield task[0].id


def _told(file: TraceFile) -> PlayTold:
    return PlayTold(file.play, file.instance, file.ending, file.problem, file.alone)


def _causes(report: Report) -> Mapping[str, Sequence[Cause]]:
    """What each scenario shows, with the number of its cause, and whether that holds."""
    held = [holds(cause) for cause in report.findings]
    return {
        scenario: [Cause(one.seen, one.event, number, held[number - 1]) for number, one in found]
        for scenario, found in numbers_by_scenario(report).items()
    }


def keep_sources(report: Report, folder: Path, site: Site) -> None:
    """Keep, without secrets, the dialplan's files and the lines that findings are about. Raises SiteError."""
    _keep_sources(report, folder, site, _kept_in(folder))


def _keep_sources(report: Report, folder: Path, site: Site, kept: Kept | None) -> None:
    dialplans = (kept.maps.old, kept.maps.candidate) if kept else ()
    whole = {file for each in dialplans for file in each.files}
    wanted: dict[str, set[int]] = {name: set() for name in whole}
    for place in _places(report):
        wanted.setdefault(place.file, set()).add(place.line)
    files = []
    for name, lines in sorted(wanted.items()):
        text = _text_of(name, site)
        if text is not None:
            files.append(kept_lines(name, text, lines, whole=name in whole))
    _write_sources(folder, Sources(files=tuple(files)))


def join_sources(parts: Iterable[Path], target: Path) -> None:
    """Keep in `target` what the parts of a run keep of the site's files. Raises SiteError."""
    lines: dict[str, dict[int, str]] = {}
    for part in parts:
        for file in _read_sources(part).files:
            lines.setdefault(file.name, {}).update(file.lines)
    files = (SourceFile(name, tuple(sorted(found.items()))) for name, found in sorted(lines.items()))
    _write_sources(target, Sources(files=tuple(files)))


def _places(report: Report) -> Iterator[Place]:
    for finding in report.findings:
        yield from (*finding.places, *((finding.where,) if finding.where else ()))


def _text_of(name: str, site: Site) -> str | None:
    """The file of a place: below a configuration's folder, or the site's. None where it is not certain."""
    tops = (site.old.config.parent, site.candidate.config.parent, site.root)
    paths = dict.fromkeys((top / name).resolve() for top in tops)
    allowed = tuple(top.resolve() for top in (site.old.config, site.candidate.config, site.root))
    found = [path for path in paths if path.is_file() and any(path.is_relative_to(top) for top in allowed)]
    try:
        texts = {path.read_bytes() for path in found if path.stat().st_size <= _LARGEST}
    except OSError as problem:
        raise SiteError(f"{problem.filename}: {reason_of(problem)}") from problem
    return texts.pop().decode("utf-8", "replace") if len(texts) == 1 else None


def _write_sources(folder: Path, sources: Sources) -> None:
    write_file(folder, SOURCES, storage.dumps(sources, indent=None))


def _read_sources(folder: Path) -> Sources:
    path = folder / SOURCES
    if not path.exists():
        return Sources()
    return storage.loads(
        path.read_text("utf-8"), Sources, schema=Sources().schema, what="lines of a site's files", source=str(path)
    )
