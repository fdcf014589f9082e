"""An alignment and its two traces → the ladder of a call: who said what to whom, old beside candidate. Pure."""

from __future__ import annotations

import re
from base64 import b64encode
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

import msgspec

from harness.judge.align import AlignedStep, Alignment, StepKind, step_changes
from harness.judge.causes import Maps
from harness.judge.normalise.facts import Fact
from harness.judge.words import held_words
from harness.model import Spot, Trace, Written
from harness.report.ladder import words_of
from harness.report.page.lanes import ASTERISK, lanes_of
from harness.report.page.raw import raw_text
from harness.report.text import cut, safe

__all__ = ["Cause", "Cell", "Ladder", "Row", "ladder_of"]

_LONGEST = 2_000
_LONGEST_RAW = 12_000
# No application 'Macro' for extension (from-internal, 103, 1)
_NAMED = re.compile(r"for extension \(([^,()]+), ([^,()]+), (\d+)\)")
_CODES: Mapping[StepKind, str] = {"same": "=", "changed": "~", "only old": "<", "only candidate": ">"}


class Cell(msgspec.Struct, frozen=True, omit_defaults=True):
    """What happened on one side: `at` seconds after the start (None: told at the end), at `spot` of the dialplan.

    `arrow` holds the numbers of two lanes. `place` is where the site's files have the spot, `raw` what was said.
    `sound` is a recording, as base64.
    """

    text: str
    arrow: tuple[int, int]
    at: float | None = None
    spot: str = ""
    place: str = ""
    raw: str = ""
    sound: str = ""


class Row(msgspec.Struct, frozen=True, omit_defaults=True):
    """A step: `mark` is `=`, `~` changed, `<` only old, `>` only candidate. `fields` are those that differ.

    `cause` is the number of the cause that it belongs to, 0 for none: what differs then proves nothing.
    `holds` says whether that cause holds the promotion.
    """

    mark: str
    old: Cell | None = None
    candidate: Cell | None = None
    fields: tuple[tuple[str, str, str], ...] = ()
    cause: int = 0
    holds: bool = False


class Ladder(msgspec.Struct, frozen=True):
    """All steps in the order of the old release; the lanes by name, from the left."""

    lanes: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Cause:
    """What a finding says of a step: the numbers of the observations that it is about, and of its cause."""

    seen: tuple[int, int]
    event: str
    number: int
    holds: bool = True


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
    steps = list(_in_order(step for steps in alignment.streams.values() for step in steps))
    facts = [fact for step in steps for fact in (step.old, step.candidate) if fact]
    names = {name for trace in (old, candidate) for _, name in trace.roles}
    callers = frozenset(name for name in names if f"{name};2" in names)
    lanes = lanes_of(facts, callers)
    told = {(cause.seen, cause.event): cause for cause in causes}
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
            b64encode(seen.sound).decode("ascii") if isinstance(seen, Written) else "",
        )

    def row(step: AlignedStep) -> Row:
        cause = _cause(step, told) if step.kind != "same" else None
        number, is_held = (cause.number, cause.holds) if cause else (0, False)
        old, candidate = cell(step.old, sides[0]), cell(step.candidate, sides[1])
        return Row(_CODES[step.kind], old, candidate, tuple(_fields(step, alignment.seconds)), number, is_held)

    return Ladder(tuple(map(safe, lanes.names)), tuple(map(row, steps)))


def _in_order(steps: Iterable[AlignedStep]) -> Iterator[AlignedStep]:
    """As it happened on the old release; what only the candidate does stands right behind what it followed there.

    Lines of the log come late, over another way: they stand where the old release ran the same priority.
    """
    every = list(steps)
    shared = sorted((step for step in every if step.old), key=lambda step: _when(step.old))
    new = sorted((step for step in every if not step.old), key=lambda step: _when(step.candidate))
    reached = sorted((_when(step.candidate), number) for number, step in enumerate(shared) if step.candidate)
    ran: dict[Spot, int] = {}
    for number, step in enumerate(shared):
        if step.old and step.old.spot:
            ran.setdefault(step.old.spot, number)
    behind: dict[int, list[AlignedStep]] = {}
    for step in new:
        before = bisect_left(reached, (_when(step.candidate), -1))
        anchor = reached[before - 1][1] if before else -1
        if step.candidate and (spot := _logged_at(step.candidate)):
            anchor = ran.get(spot, anchor)
        behind.setdefault(anchor, []).append(step)
    yield from behind.get(-1, ())
    for number, step in enumerate(shared):
        yield step
        yield from behind.get(number, ())


def _logged_at(fact: Fact) -> Spot | None:
    """The priority that a line of the log is of, as Asterisk knows or names it; None of all else."""
    if fact.surface != "log":
        return None
    message = next((str(value) for name, value in fact.fields if name == "Message"), "")
    named = _NAMED.search(message)
    return fact.spot or ((named[1], named[2], named[3]) if named else None)


def _when(fact: Fact | None) -> float:
    """The number of its observation; what only the whole trace says comes last."""
    return fact.seen if fact and fact.seen >= 0 else inf


def _fields(step: AlignedStep, seconds: float) -> Iterator[tuple[str, str, str]]:
    if step.kind == "changed":
        for change in step_changes(step, seconds):
            old, candidate = (safe(cut(held_words(side, change), _LONGEST)) for side in change.sides)
            yield safe(change.field), old, candidate


def _cause(step: AlignedStep, told: Mapping[tuple[tuple[int, int], str], Cause]) -> Cause | None:
    fact = step.old or step.candidate
    seen = (step.old.seen if step.old else -1, step.candidate.seen if step.candidate else -1)
    return told.get((seen, fact.event)) if fact else None
