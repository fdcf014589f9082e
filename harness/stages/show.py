"""The stage that shows one scenario of a kept run side by side. Needs no engine."""

from __future__ import annotations

from pathlib import Path

from harness.errors import SiteError
from harness.judge.align import Alignment, align
from harness.judge.normalise import normalise
from harness.judge.one_name import one_name
from harness.record.store import read_trace, trace_files
from harness.site.reading.problems import did_you_mean
from harness.stages.kept import read_kept

__all__ = ["alignment_of"]


def alignment_of(folder: Path, scenario: str, *, play: int = 0) -> Alignment:
    """What happened in one play of a scenario on the old release and on the candidate.

    Raises SiteError when the folder is not one of a run, or keeps no such play.
    """
    tolerances = {kept.id: kept.tolerances for kept in read_kept(folder).scenarios}
    if scenario not in tolerances:
        raise SiteError(f"{folder} keeps no scenario {scenario!r}{did_you_mean(scenario, tolerances)}")
    files = {
        file.instance: file.path
        for file in trace_files(folder / "traces")
        if file.scenario == scenario and file.play == play
    }
    for instance in ("old", "candidate"):
        if instance not in files:
            raise SiteError(f"{folder} keeps no trace of {scenario} on {instance}")
    old, candidate = (normalise(read_trace(files[name])) for name in ("old", "candidate"))
    named = one_name((old,), (), (candidate,))
    return align(named.old[0], named.candidate[0], tolerances[scenario].seconds)
