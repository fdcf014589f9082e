"""Small runs without an engine: a site of a few scenarios, traces, and who plays them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from harness.asterisk.dialplan.show import parse_dialplan
from harness.judge import Judged, Maps, Plays, judge
from harness.model import Ending, InstanceName, Place, Report, Side, Tolerances, Trace, Verdict, Waiver
from harness.play import Played, Scenario
from harness.record.store import write_trace
from harness.report import write_report
from harness.site import Limits, Site, SiteSide
from harness.stages.boot import Booted, Prepared
from harness.stages.collect import Share
from harness.stages.conclude import conclude
from harness.stages.kept import Kept, KeptScenario, write_kept
from harness.testing import trace

TODAY = "2026-11-28"
DIALPLAN = "[ Context 'in' created by 'x' ]\n  '1' =>            1. UserEvent(R)  [extensions.conf:2]\n"
MAPS = Maps(*(parse_dialplan(DIALPLAN, folder=folder) for folder in ("old/", "candidate/")))
OLD = "Event: UserEvent\nChannel: Local/1@in-00000001;2\nUniqueid: 1.2\nUserEvent: R\nafter: yes"
OTHER = OLD.replace("yes", "no")
NAMES: tuple[InstanceName, ...] = ("old", "again", "candidate")
SIDES = (
    Side("debian:bullseye", "16", "a", "1"),
    Side("debian:bullseye", "16", "a", "1"),
    Side("debian:sid", "22", "b", "2"),
)


def traces(id_: str, candidate: str = OLD, again: str = OLD) -> Mapping[InstanceName, Trace]:
    """What was recorded of one play on each instance."""
    texts = {"old": OLD, "again": again, "candidate": candidate}
    return {name: trace(texts[name], instance=name, scenario=id_) for name in NAMES}


def kept_run(folder: Path, candidates: Mapping[str, str], *waivers: Waiver, again: str = OLD) -> Report:
    """A report folder as a run leaves it; `candidates` is what each scenario shows on the candidate."""
    (folder / "traces").mkdir(parents=True)
    judged: list[Judged] = []
    for id_, text in candidates.items():
        recorded = traces(id_, text, again)
        for one in recorded.values():
            write_trace(folder / "traces", one)
        plays = Plays(id_, {name: (one,) for name, one in recorded.items()}, where=Place("a.yaml", 1))
        judged.append(judge(plays, MAPS))
    scenarios = tuple(KeptScenario(id_, "", Place("a.yaml", 1), Tolerances()) for id_ in candidates)
    write_kept(folder, Kept(scenarios=scenarios, waivers=waivers, maps=MAPS, today=TODAY))
    draft = Report(Verdict.INCONCLUSIVE, "small", *SIDES, results=tuple(one.result for one in judged))
    noise = sum(one.noise for one in judged)
    report = conclude(replace(draft, noise=noise), waivers, today=TODAY)
    write_report(report, folder)
    return report


def site(root: Path, *, waivers: tuple[Waiver, ...] = (), **limits: float) -> Site:
    """A site that is in no folder."""
    sides = (SiteSide("debian:bullseye", root / "old"), SiteSide("debian:sid", root / "candidate"))
    return Site("small", root, *sides, waivers=waivers, limits=Limits(**limits))  # type: ignore[arg-type] # counts


def scenario(root: Path, id_: str) -> Scenario:
    """A scenario that is known by its id; nobody plays it for real."""

    async def play(_asterisk: Any) -> None:
        raise NotImplementedError

    return Scenario(id_, "", root / "a.yaml", 1, play)


class Player:
    """A scheduler that plays what was recorded before. `breaks_at` is the play that ends in an error."""

    unattributed = 3

    def __init__(
        self, texts: Mapping[str, Sequence[str]], *, breaks_at: int = -1, error: Exception | None = None
    ) -> None:
        self.broken: tuple[str, ...] = ()
        self.played: list[tuple[str, int]] = []
        self.passes: list[int] = []
        self.logged: Mapping[str, str] = {}
        self.endings: dict[str, list[Ending]] = {}
        self.said_at_start: frozenset[str] = frozenset()
        self._texts = texts
        self._breaks_at = breaks_at
        self._error = error

    async def play_begins(self) -> None:
        """Nothing was logged before."""

    async def log_of_no_call(self) -> Mapping[InstanceName, Trace]:
        """What `logged` says, by instance."""
        return {name: trace(self.logged.get(name, ""), instance=name, scenario="log/no-call") for name in NAMES}

    async def play(
        self, asked: Sequence[tuple[Scenario, int]], *, company: Sequence[Scenario] = (), **_: Any
    ) -> AsyncIterator[Played]:
        """Each scenario's texts in their order are what the candidate shows in each play; the last one stays."""
        turns = (*asked, *((one, 0) for one in company))
        self.passes.append(len(turns))
        for one, number in turns:
            if len(self.played) == self._breaks_at and self._error:
                raise self._error
            texts = self._texts[one.id]
            self.played.append((one.id, number))
            recorded = traces(one.id, texts[min(number, len(texts) - 1)])
            alone = len(turns) == 1
            of_all = {name: replace(each, play=number, alone=alone) for name, each in recorded.items()}
            if left := self.endings.get(one.id):
                ending = left.pop(0)
                of_all = {name: replace(each, ending=ending, problem="x") for name, each in of_all.items()}
            if one not in company:
                yield Played(one, of_all)


def booted(root: Path, player: Player | None, site_: Site, ids: Sequence[str], **more: Any) -> Booted:
    """A trio that is up, without its instances."""
    (root / "traces").mkdir(exist_ok=True)
    prepared = Prepared(site_, {}, root / "traces", date(2026, 11, 28))
    share = Share(scenarios=tuple(scenario(root, id_) for id_ in ids), **more.pop("share", {}))
    trio: Any = SimpleNamespace(overlay=(), companions={}, back=None, instances={})
    return Booted(prepared, share, trio, player, lambda _line: None, **more)  # type: ignore[arg-type] # see Player
