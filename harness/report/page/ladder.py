"""An alignment and its two traces → the ladder of a call: who said what to whom, old beside candidate. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from harness.judge.align import AlignedStep, Alignment, StepKind, step_changes
from harness.judge.causes import Maps
from harness.judge.normalise.facts import Fact
from harness.judge.words import held_words
from harness.model import Spot, Trace
from harness.report.ladder import in_order, words_of
from harness.report.page.lanes import ASTERISK, lanes_of
from harness.report.page.raw import raw_text
from harness.report.text import cut, safe

__all__ = ["Cause", "Cell", "Ladder", "Row", "ladder_of"]

_LONGEST = 2_000
_LONGEST_RAW = 12_000
_CODES: Mapping[StepKind, str] = {"same": "=", "changed": "~", "only old": "<", "only candidate": ">"}


class Cell(msgspec.Struct, frozen=True, omit_defaults=True):
    """What happened on one side: `at` seconds after the start (None: told at the end), at `spot` of the dialplan.

    `arrow` holds the numbers of two lanes. `place` is where the site's files have the spot, `raw` what was said.
    """

    text: str
    arrow: tuple[int, int]
    at: float | None = None
    spot: str = ""
    place: str = ""
    raw: str = ""


class Row(msgspec.Struct, frozen=True, omit_defaults=True):
    """A step: `mark` is `=`, `~` changed, `<` only old, `>` only candidate. `fields` are those that differ.

    `cause` is the number of the cause that it belongs to, 0 for none: what differs then proves nothing.
    """

    mark: str
    old: Cell | None = None
    candidate: Cell | None = None
    fields: tuple[tuple[str, str, str], ...] = ()
    cause: int = 0


class Ladder(msgspec.Struct, frozen=True):
    """All steps in the order of the old release; the lanes by name, from the left."""

    lanes: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Cause:
    """What a finding says of a step: the numbers of the observations that it is about, and the cause's number."""

    seen: tuple[int, int]
    event: str
    number: int


@dataclass(frozen=True, slots=True)
class _Side:
    """What the cells of one side are made of."""

    trace: Trace
    maps: Maps
    newer: bool
    places: dict[Spot, str] = field(default_factory=dict)

    def place(self, spot: Spot | None) -> str:
        """File and line of a spot."""
        if spot is None:
            return ""
        if spot not in self.places:
            self.places[spot] = str(self.maps.where(spot, newer=self.newer) or "")
        return self.places[spot]


def ladder_of(
    alignment: Alignment, old: Trace, candidate: Trace, maps: Maps, causes: Sequence[Cause] = ()
) -> Ladder:
    """The ladder of one play. `causes` are the findings of this scenario."""
    steps = list(in_order([step for steps in alignment.streams.values() for step in steps]))
    facts = [fact for step in steps for fact in (step.old, step.candidate) if fact]
    names = {name for trace in (old, candidate) for _, name in trace.roles}
    callers = frozenset(name for name in names if f"{name};2" in names)
    lanes = lanes_of(facts, callers)
    told = {(cause.seen, cause.event): cause.number for cause in causes}
    sides = (_Side(old, maps, False), _Side(candidate, maps, True))

    def cell(fact: Fact | None, side: _Side) -> Cell | None:
        if fact is None:
            return None
        arrow = lanes.arrow(fact)
        within = arrow[0] == arrow[1] and fact.subject not in ("", ASTERISK)
        text = f"{fact.subject}: {words_of(fact)}" if within else words_of(fact)
        seen = side.trace.observations[fact.seen] if 0 <= fact.seen < len(side.trace.observations) else None
        return Cell(
            safe(cut(text, _LONGEST)),
            arrow,
            round(seen.at, 3) if seen else None,
            safe(",".join(fact.spot)) if fact.spot else "",
            safe(side.place(fact.spot)),
            safe(cut(raw_text(seen), _LONGEST_RAW)) if seen else "",
        )

    rows = (
        Row(
            _CODES[step.kind],
            cell(step.old, sides[0]),
            cell(step.candidate, sides[1]),
            tuple(_fields(step, alignment.seconds)),
            _cause(step, told) if step.kind != "same" else 0,
        )
        for step in steps
    )
    return Ladder(tuple(map(safe, lanes.names)), tuple(rows))


def _fields(step: AlignedStep, seconds: float) -> Iterator[tuple[str, str, str]]:
    if step.kind == "changed":
        for change in step_changes(step, seconds):
            old, candidate = (safe(cut(held_words(side, change), _LONGEST)) for side in change.sides)
            yield safe(change.field), old, candidate


def _cause(step: AlignedStep, told: Mapping[tuple[tuple[int, int], str], int]) -> int:
    fact = step.old or step.candidate
    seen = (step.old.seen if step.old else -1, step.candidate.seen if step.candidate else -1)
    return told.get((seen, fact.event), 0) if fact else 0
