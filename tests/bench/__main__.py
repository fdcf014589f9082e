"""`make bench`: what the harness costs, as ratios within one run, each beside its goal. A missed goal fails it.

- playing: wall time of playing, recording to disk and judging N short scenarios on the trio, over that of a bare
  driver that places the same calls on the same three instances;
- booting: wall time of booting the trio, over three bare containers of the same images reaching fully booted;
- memory: the most that the process ever held;
- replaying: 1,000 scenarios of which 20 differ, with their replays, over the play alone;
- growing: processor time a scenario at 5,000, over that at 1,000;
- page: writing the page of 1,000 scenarios, over their play; its size; opening it in Chromium;
- recording: AGI and Stasis scenarios with recording, over the same without;
- judging: kept traces of the demo, over an earlier commit's judging of the same; memory for a million of them;
- reading: processor time and memory of a dialplan of 100,000 lines; whether a line of it, a line of an exchange in
  preflight, init and migrate, and a scenario take more where there are many; each in a process of its own.
"""

from __future__ import annotations

import asyncio
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.judge import Maps, Plays, judge
from harness.lab import Release, Trio, boot_trio, prepare
from harness.lab.container_group import ContainerGroup
from harness.lab.instance.contents import read_config
from harness.model import Outcome, ScenarioResult, Tolerances
from harness.model.run_folder import TRACES
from harness.play import Scenario, open_scheduler
from harness.play.asterisk import Asterisk
from harness.record.garbage import collected_rarely
from harness.record.store import TraceWriter
from harness.report.text import count
from harness.site import Site, load_site
from tests.bench.floor import play_bare
from tests.bench.lines import Line, at_most, lines_of, missed, table
from tests.bench.paging import maps_of, page_lines
from tests.bench.recording import recording_cost
from tests.bench.replaying import replay_cost

_SITE = Path(__file__).parents[1] / "known" / "site"
_TARGET = "run@short"
_GOALS = {1: 2.0, 100: 2.0, 1000: 1.5}
_SIZES = tuple(_GOALS)
_MANY = 5000


@dataclass(frozen=True, slots=True)
class Result:
    """What playing so many took, in seconds."""

    scenarios: int
    floor: float
    harness: float
    processor: float
    results: tuple[ScenarioResult, ...]

    @property
    def outcomes(self) -> Mapping[str, int]:
        """How many there are of each."""
        return Counter(one.outcome.value for one in self.results)

    @property
    def lost(self) -> int:
        """How many have no result that says anything."""
        not_told = self.outcomes.get(Outcome.NOT_COMPARED, 0) + self.outcomes.get(Outcome.FAILED, 0)
        return self.scenarios - len(self.results) + not_told

    @property
    def line(self) -> Line:
        """What the harness took, over what the bare driver took."""
        outcomes = ", ".join(f"{many} {name}" for name, many in sorted(self.outcomes.items()))
        more = f"{self.harness:.2f} s over {self.floor:.2f} s: {outcomes}"
        name = f"playing {count(self.scenarios, 'scenario')}, over a bare driver"
        return at_most(name, self.harness / self.floor, _GOALS[self.scenarios], more=more)


def main() -> int:
    """Measure and print; 1 when a goal was missed or a call was lost."""
    site = load_site(_SITE)
    releases = prepare(
        (site.old.release, site.candidate.release), packages=site.packages, python=site.python, progress=print
    )
    bare = _boot_bare(site, releases)
    with tempfile.TemporaryDirectory(prefix="asterisk-bench-") as folder:
        for size in (*_SIZES, _MANY):
            Path(folder, str(size), TRACES).mkdir(parents=True)
        with collected_rarely():
            results, boot, maps, more = asyncio.run(_measure(site, releases, Path(folder)))
        largest = results[-1]
        pages = page_lines(Path(folder, str(largest.scenarios)), largest.results, maps, largest.harness)
        more.extend(pages)
        apart = [*_apart("judging"), *_apart("reading")]
    lines = [
        _line("booting the trio, over three bare boots", boot, bare, 0.4),
        *(one.line for one in results),
        *more,
        Line("peak memory", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB"),
        *apart,
    ]
    print(f"\n{table(lines)}")
    return 1 if missed(lines) or any(one.lost for one in results) else 0


def _apart(name: str, *arguments: str) -> tuple[Line, ...]:
    """The lines of a measurement that needs a process of its own, so that the memory is its own."""
    command = [sys.executable, "-m", f"tests.bench.{name}", *arguments]
    return lines_of(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def _boot_bare(site: Site, releases: Mapping[str, Release]) -> float:
    """Three instances, each alone: what an administrator's `docker run` three times would take."""
    began = time.perf_counter()
    for side in (site.old, site.old, site.candidate):
        group = ContainerGroup.open()
        try:
            release = releases[side.release]
            instance = group.start("old", release, group.lay_over(read_config(side.config), release))
            instance.wait_until_booted(within=60)
        finally:
            group.close()
    return time.perf_counter() - began


async def _measure(
    site: Site, releases: Mapping[str, Release], folder: Path
) -> tuple[list[Result], float, Maps, list[Line]]:
    began = time.perf_counter()
    async with boot_trio(site, releases, progress=print) as trio:
        boot = time.perf_counter() - began
        instances = tuple(trio.instances.values())
        await play_bare(instances, _TARGET, 20)  # warm up
        results = []
        for size in _SIZES:
            floor = await play_bare(instances, _TARGET, size)
            results.append(await _play(trio, size, site.limits.concurrency, floor.seconds, folder / str(size)))
            if set(floor.ended) != {size}:
                print(f"the bare driver saw {floor.ended} of {size} calls end", file=sys.stderr)
        many = await _play(trio, _MANY, site.limits.concurrency, 0.0, folder / str(_MANY))
        lines = [_growing(results[-1], many)]
        alone, replays, wrong = await replay_cost(trio, site, releases, folder / "1")
        lines.append(_line("replaying, 1,000 of which 20 differ, over the play", alone + replays, alone, 2.0))
        if wrong:
            lines.append(Line("replaying", f"{wrong} scenarios are not as they have to be", met=False))
        lines.append(_line("recording, over none", *await recording_cost(trio, folder), 1.1))
        maps = await maps_of(trio, site, releases, folder)
    return results, boot, maps, lines


def _line(name: str, seconds: float, over: float, goal: float) -> Line:
    return at_most(name, seconds / over, goal, more=f"{seconds:.2f} s over {over:.2f} s")


def _growing(few: Result, many: Result) -> Line:
    each, at_few = (1000 * one.processor / one.scenarios for one in (many, few))
    name = f"processor time a scenario at {many.scenarios:,}, over that at {few.scenarios:,}"
    return at_most(name, each / at_few, 1.1, more=f"{each:.1f} ms over {at_few:.1f} ms")


async def _play(trio: Trio, size: int, width: int, floor: float, folder: Path) -> Result:
    """Play, record and judge; the clock stops when the last verdict is there."""
    results = []
    plays = [(_scenario(number), 0) for number in range(size)]
    async with open_scheduler(trio) as scheduler:
        began, used = time.perf_counter(), time.process_time()
        with TraceWriter(folder / TRACES) as writer:
            async for played in scheduler.play(plays, width=width, progress=_silent):
                writer.keep(*played.traces.values())
                traces = {name: (trace,) for name, trace in played.traces.items()}
                results.append(judge(Plays(played.scenario.id, traces), Maps()).result)
        seconds, used = time.perf_counter() - began, time.process_time() - used
    return Result(size, floor, seconds, used, tuple(results))


def _scenario(number: int) -> Scenario:
    async def play(asterisk: Asterisk) -> None:
        call = await asterisk.call(_TARGET)
        await call.wait("ended")

    return Scenario(
        id=f"bench/{number:04d}",
        title="answer, a few priorities, hang up",
        file=_SITE / "known.yaml",
        line=1,
        uses=frozenset(),
        exclusive=False,
        clock="",
        deadline=60.0,
        phones={},
        tolerances=Tolerances(seconds=10),
        tags=(),
        play=play,
    )


def _silent(_line: str) -> None:
    """Progress is not what is measured."""


if __name__ == "__main__":
    sys.exit(main())
