"""The stage that shows one scenario of a kept run side by side. Needs no engine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from harness.errors import SiteError
from harness.judge import Maps
from harness.judge.align import Alignment, align
from harness.judge.normalise import normalise
from harness.judge.one_name import one_name
from harness.model import Trace
from harness.model.run_folder import TRACES
from harness.record.store import read_trace, trace_files
from harness.report.page.ladder import Cause, Ladder, ladder_of
from harness.site.reading.problems import did_you_mean
from harness.stages.kept import Kept, KeptScenario, read_kept

__all__ = ["aligned", "alignment_of", "drawn", "ladder_in"]


def alignment_of(folder: Path, scenario: str, *, play: int = 0) -> Alignment:
    """What happened in one play of a scenario on the old release and on the candidate.

    Raises SiteError when the folder is not one of a run, or keeps no such play.
    """
    known = _known(folder, read_kept(folder), scenario)
    return aligned(*_traces(folder, scenario, play), known.tolerances.seconds)


def ladder_in(folder: Path, scenario: str, *, play: int = 0) -> Ladder:
    """The same as a ladder: who said what to whom. Raises SiteError."""
    kept = read_kept(folder)
    known = _known(folder, kept, scenario)
    return drawn(*_traces(folder, scenario, play), known.tolerances.seconds, kept.maps)


def aligned(old: Trace, candidate: Trace, seconds: float) -> Alignment:
    """Two traces, step by step. `seconds` is the tolerance for durations."""
    named = one_name((normalise(old),), (), (normalise(candidate),))
    return align(named.old[0], named.candidate[0], seconds)


def drawn(old: Trace, candidate: Trace, seconds: float, maps: Maps, causes: Sequence[Cause] = ()) -> Ladder:
    """Two traces as a ladder. `causes` are what the scenario shows."""
    return ladder_of(aligned(old, candidate, seconds), old, candidate, maps, causes)


def _known(folder: Path, kept: Kept, scenario: str) -> KeptScenario:
    known = {one.id: one for one in kept.scenarios}
    if scenario not in known:
        raise SiteError(f"{folder} keeps no scenario {scenario!r}{did_you_mean(scenario, known)}")
    return known[scenario]


def _traces(folder: Path, scenario: str, play: int) -> tuple[Trace, Trace]:
    files = {
        file.instance: file.path
        for file in trace_files(folder / TRACES)
        if file.scenario == scenario and file.play == play
    }
    for instance in ("old", "candidate"):
        if instance not in files:
            raise SiteError(f"{folder} keeps no trace of {scenario} on {instance}")
    return read_trace(files["old"]), read_trace(files["candidate"])
