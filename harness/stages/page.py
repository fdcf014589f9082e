"""The stage that writes the page of a run, from its report and what its folder keeps. Needs no engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from harness.errors import SiteError, reason_of
from harness.judge.align import align
from harness.judge.coverage import places_run
from harness.judge.normalise import normalise
from harness.judge.one_name import one_name
from harness.model import Finding, Outcome, Place, Report, Trace, storage
from harness.model.report import holds
from harness.record.store import TraceFile, read_trace
from harness.report.folder import has_run, write_file
from harness.report.page import Details, PlayTold, to_html
from harness.report.page.causes import numbers_by_scenario
from harness.report.page.ladder import Cause, ladder_of
from harness.report.page.pack import pack
from harness.report.page.sources import SourceFile, Sources, kept_lines
from harness.site import Site
from harness.stages.kept import Kept, KeptScenario, kept_traces, read_kept

__all__ = ["PAGE", "ROOM", "join_sources", "keep_sources", "page_of", "write_page"]

PAGE, _SOURCES = "index.html", "sources.json"
ROOM = 12_000_000
"""Characters that all ladders of a page may take."""
_LARGEST = 1_000_000
"""Bytes of a file of the site's."""


def write_page(report: Report, folder: Path, site: Site | None = None) -> Path:
    """Write the page into a report's folder; returns its path.

    With `site`, lines of its files are kept before, so that the page can be written again when they are others.
    Raises SiteError.
    """
    if site:
        keep_sources(report, folder, site)
    return write_file(folder, PAGE, page_of(report, folder))


def page_of(report: Report, folder: Path) -> str:
    """The page of a report, with all that its folder keeps. Raises SiteError."""
    sources = _read_sources(folder)
    if not has_run(folder):
        return to_html(report, Details(sources=sources))
    kept = read_kept(folder)
    maps = (kept.maps.old, kept.maps.candidate)
    ran = Counter({one.place: 0 for each in maps for one in each.priorities() if one.place})
    plays: dict[str, tuple[PlayTold, ...]] = {}
    ladders: dict[str, str] = {}
    left_out: set[str] = set()
    causes, room = numbers_by_scenario(report), ROOM
    for scenario, files in _worst_first(kept_traces(folder, kept), report):
        plays[scenario.id] = tuple(PlayTold(f.play, f.instance, f.ending, f.problem, f.alone) for f in files)
        first = {file.instance: file.path for file in files if not file.play}
        if "old" not in first or "candidate" not in first or scenario.suite != "dialplan":
            continue
        old, candidate = read_trace(first["old"]), read_trace(first["candidate"])
        ran.update(places_run(old, maps[0]) | places_run(candidate, maps[1]))
        packed = (
            _ladder(scenario, old, candidate, kept, _causes(report, causes.get(scenario.id, ())))
            if room > 0
            else ""
        )
        room -= len(packed)
        if packed and room > 0:
            ladders[scenario.id] = packed
        else:
            left_out.add(scenario.id)
    return to_html(report, Details(plays, ladders, frozenset(left_out), sources, ran, kept.waivers))


def _worst_first(
    kept: Iterable[tuple[KeptScenario, tuple[TraceFile, ...]]], report: Report
) -> list[tuple[KeptScenario, tuple[TraceFile, ...]]]:
    """What differs comes before what is the same: room may not be there for all."""
    same = {result.id for result in report.results if result.outcome is Outcome.SAME}
    return sorted(kept, key=lambda pair: (pair[0].id in same, pair[0].id))


def _ladder(scenario: KeptScenario, old: Trace, candidate: Trace, kept: Kept, causes: Sequence[Cause]) -> str:
    named = one_name((normalise(old),), (), (normalise(candidate),))
    alignment = align(named.old[0], named.candidate[0], scenario.tolerances.seconds)
    return pack(ladder_of(alignment, old, candidate, kept.maps, causes))


def _causes(report: Report, found: Iterable[tuple[int, Finding]]) -> list[Cause]:
    held = [(holds(report.findings[number - 1]), number, finding) for number, finding in found]
    return [Cause(finding.seen, finding.event, number, is_held) for is_held, number, finding in held]


def keep_sources(report: Report, folder: Path, site: Site) -> None:
    """Keep, without secrets, the dialplan's files and the lines that findings are about. Raises SiteError."""
    whole: set[str] = set()
    if has_run(folder):
        kept = read_kept(folder)
        whole = {file for each in (kept.maps.old, kept.maps.candidate) for file in each.files}
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
    write_file(folder, _SOURCES, storage.dumps(sources, indent=None))


def _read_sources(folder: Path) -> Sources:
    path = folder / _SOURCES
    if not path.exists():
        return Sources()
    return storage.loads(
        path.read_text("utf-8"), Sources, schema=Sources().schema, what="lines of a site's files", source=str(path)
    )
