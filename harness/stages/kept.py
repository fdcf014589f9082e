"""What a run keeps beside its traces so that it can be judged again tomorrow, with new rules and no engine."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path

from harness.errors import LabError, SiteError, reason_of
from harness.judge import Maps
from harness.model import Place, Severity, Tolerances, Waiver, storage
from harness.model.run_folder import KEPT, TRACES
from harness.record.store import TraceFile, trace_files
from harness.stages.results import fuller

__all__ = ["Kept", "KeptScenario", "kept_traces", "read_kept", "write_kept"]

_SCHEMA = "asterisk-upgrade-harness/run/2"


@dataclass(frozen=True, slots=True)
class KeptScenario:
    """What judging needs to know of a scenario besides its traces."""

    id: str
    title: str
    where: Place | None
    tolerances: Tolerances
    suite: str = "dialplan"


@dataclass(frozen=True, slots=True)
class Kept:
    """A run without its traces. `maps` are the loaded dialplans, `today` the day by which waivers are judged.

    `site` is the site's folder on the machine that played it: places in findings are relative to it. `content` is
    the hash of its files (`site/content.py`), empty where they could not be read or changed meanwhile.
    """

    schema: str = _SCHEMA
    site: str = ""
    content: str = ""
    scenarios: tuple[KeptScenario, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    severities: Mapping[str, Severity] = field(default_factory=dict)
    today: str = ""
    maps: Maps = field(default_factory=Maps)


def write_kept(folder: Path, kept: Kept) -> None:
    """Write `run.json`, or add to it what another worker of this run has written already.

    Its owner alone can read it. Raises LabError when the disk does not take it.
    """
    path = folder / KEPT
    try:
        path.touch(mode=0o600)
        with path.open("a+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            whole = _merge(file.read(), kept)
            file.truncate(0)
            file.write(storage.dumps(whole, indent=1))
    except OSError as problem:
        raise LabError(f"cannot keep {path}: {reason_of(problem)}") from problem


def read_kept(folder: Path) -> Kept:
    """What a run kept. Raises SiteError when the folder is not one of a run."""
    path = folder / KEPT
    try:
        return _from_text(path.read_text(encoding="utf-8"), path)
    except FileNotFoundError:
        raise SiteError(f"{folder} holds no run: give the folder that pytest had as --report") from None
    except (OSError, UnicodeError) as problem:
        raise SiteError(f"{path} cannot be read: {problem}") from problem


def kept_traces(folder: Path, kept: Kept) -> Iterator[tuple[KeptScenario, tuple[TraceFile, ...]]]:
    """Every scenario of a run, sorted by id, with the files of its traces (none: it was not played).

    Raises SiteError when there is a trace of a scenario that the run does not know: one that is passed over in
    silence would change the verdict.
    """
    files = {id_: tuple(found) for id_, found in groupby(trace_files(folder / TRACES), lambda file: file.scenario)}
    known = {scenario.id: scenario for scenario in kept.scenarios}
    for id_ in files.keys() - known.keys():
        raise SiteError(
            f"{files[id_][0].path}: the run in {folder / KEPT} knows no scenario {id_!r}:"
            " remove the file if it is of another run, else play the site again"
        )
    for id_ in sorted(known):
        yield known[id_], files.get(id_, ())


def _merge(text: str, kept: Kept) -> Kept:
    """Workers know the same site; each has its own scenarios, and perhaps could not ask for a dialplan."""
    try:
        other = _from_text(text, Path(KEPT))
    except SiteError:  # nothing yet, or nothing of ours
        return kept
    scenarios = {scenario.id: scenario for scenario in (*other.scenarios, *kept.scenarios)}
    content = kept.content if kept.content == other.content else ""
    maps = fuller(kept.maps, other.maps)
    return replace(kept, scenarios=tuple(scenarios.values()), maps=maps, content=content)


def _from_text(text: str, path: Path) -> Kept:
    return storage.loads(text, Kept, schema=_SCHEMA, what="a run of the harness", source=str(path))
