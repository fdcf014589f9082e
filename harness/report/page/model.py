"""What the page says besides the report: how plays ended, the ladders, lines of the site's files, what was run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.model import INSTANCES, Ending, InstanceName, Place, Waiver
from harness.report.page.sources import Sources

__all__ = ["Details", "PlayTold"]


@dataclass(frozen=True, slots=True)
class PlayTold:
    """How one play of a scenario ended on one instance. `number` 0 is the first, replays follow."""

    number: int
    instance: InstanceName
    ending: Ending
    problem: str = ""
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Details:
    """All of it by scenario. Empty for a report whose run is not at hand.

    `ladders` are packed (`pack`); `left_out` are scenarios whose ladder did not fit into the page. `ran` says of
    each place of the dialplan how many scenarios ran it, with 0 for those that none did.
    """

    plays: Mapping[str, tuple[PlayTold, ...]] = field(default_factory=dict)
    ladders: Mapping[str, str] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    sources: Sources = field(default_factory=Sources)
    ran: Mapping[Place, int] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()

    def table(self, scenario: str) -> tuple[tuple[int, bool, tuple[PlayTold | None, ...]], ...]:
        """Number, whether it was alone, and how it ended on old, again and candidate, play by play."""
        plays = {(play.number, play.instance): play for play in self.plays.get(scenario, ())}
        numbers = sorted({number for number, _ in plays})
        rows = ((number, tuple(plays.get((number, name)) for name in INSTANCES)) for number in numbers)
        return tuple((number, any(play.alone for play in row if play), row) for number, row in rows)
