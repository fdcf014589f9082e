"""Two normalised traces → what happened on both sides or on one, stream by stream → their differences."""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest
from operator import attrgetter
from typing import Literal

import msgspec

from harness.asterisk.volatile import argument_of
from harness.judge.log_pairs import LOG, log_changes, log_pairs
from harness.judge.normalise.catalogue import are_alike, field_layer
from harness.judge.normalise.facts import Fact, Normal, told_of
from harness.judge.pairing import Pair, blocks_of, pairs_of
from harness.model import ABSENT, Change, ChangeKind, Held, Layer, Seconds, Spot, Thing, Tolerances, Value, shown

__all__ = [
    "CHANNEL",
    "AlignedStep",
    "Alignment",
    "StepKind",
    "align",
    "changes",
    "is_compared",
    "lone_channels",
    "step_changes",
    "stream_changes",
    "stream_pairs",
    "tolerated",
]

CHANNEL = "Channel"
"""The `event` of the one change that stands for a channel which exists on one side only."""

_STATE, _VARIABLE, _VALUE = "state", "variable ", "Value"
_SEEN = attrgetter("seen")

Both = tuple[Sequence[Fact], Sequence[Fact]]
"""A stream of both traces."""

StepKind = Literal["same", "changed", "only old", "only candidate"]


class AlignedStep(msgspec.Struct, frozen=True, gc=False):
    """One thing that happened, on both sides or on one."""

    kind: StepKind
    old: Fact | None = None
    candidate: Fact | None = None


@dataclass(frozen=True, slots=True)
class Alignment:
    """What happened, in order, by channel and stream. `seconds` is the tolerance for durations."""

    streams: Mapping[tuple[str, str], tuple[AlignedStep, ...]]
    seconds: float


def align(old: Normal, candidate: Normal, seconds: float = 1.0) -> Alignment:
    """Every fact of both traces in one step: what is equal or of one kind is one step, the rest stands alone."""
    found = {}
    for where in sorted(old.streams.keys() | candidate.streams.keys()):
        mine, theirs = old.streams.get(where, ()), candidate.streams.get(where, ())
        pairs = stream_pairs(where, mine, theirs, bag=where in old.bags or where in candidate.bags)
        found[where] = tuple([_step(one, other, seconds) for one, other in pairs])
    return Alignment(found, seconds)


def stream_pairs(
    where: tuple[str, str], old: Sequence[Fact], candidate: Sequence[Fact], *, bag: bool
) -> Iterator[Pair]:
    """Every fact of one stream of both traces, once."""
    return log_pairs(old, candidate) if where == ("", LOG) else pairs_of(old, candidate, bag=bag)


def changes(alignment: Alignment, tolerances: Tolerances | None = None) -> tuple[Change, ...]:
    """All mismatches, sorted by where they are; those of a trace with itself are none.

    A channel that exists on one side only is one change, not one for each thing it did; its CDR is compared all
    the same.
    """
    streams = alignment.streams.items()
    found = list(lone_channels({where: _both(steps) for where, steps in streams if where[1] == _STATE}))
    alone = {change.subject for change in found}
    for where, steps in streams:
        if is_compared(where, alone):
            found.extend(stream_changes([(step.old, step.candidate) for step in steps], alignment.seconds))
    return tolerated(found, tolerances or Tolerances())


def _both(steps: Sequence[AlignedStep]) -> Both:
    return [step.old for step in steps if step.old], [step.candidate for step in steps if step.candidate]


def is_compared(where: tuple[str, str], alone: Container[str]) -> bool:
    """Whether a stream counts, given the channels that one side alone has."""
    subject, stream = where
    return subject not in alone or stream == "cdr"


def tolerated(found: Iterable[Change], tolerances: Tolerances) -> tuple[Change, ...]:
    """The changes that a scenario does not ignore."""
    if not tolerances.ignore:
        return tuple(found)
    return tuple(change for change in found if not any(one.covers(change) for one in tolerances.ignore))


def step_changes(step: AlignedStep, seconds: float) -> tuple[Change, ...]:
    """What differs in the fields of a thing that happened on both sides."""
    return tuple(_of_pair(step.old, step.candidate, seconds)) if step.old and step.candidate else ()


def _step(old: Fact | None, candidate: Fact | None, seconds: float) -> AlignedStep:
    if old is None or candidate is None:
        return AlignedStep("only candidate" if old is None else "only old", old, candidate)
    same = told_of(old) == told_of(candidate) or next(_of_pair(old, candidate, seconds), None) is None
    return AlignedStep("same" if same else "changed", old, candidate)


def lone_channels(streams: Mapping[tuple[str, str], Both]) -> Iterator[Change]:
    """The channels that one side alone has, by their streams on both."""
    created = [(w[0], _new_channel(old), _new_channel(new)) for w, (old, new) in streams.items() if w[1] == _STATE]
    alone = [each for each in created if (each[1] is None) != (each[2] is None)]
    yield from (_lone(*each) for each in sorted(alone, key=lambda each: each[1] is None))


def _new_channel(facts: Sequence[Fact]) -> Fact | None:
    return facts[0] if facts and facts[0].event == "Newchannel" else None


def _lone(subject: str, old: Fact | None, candidate: Fact | None) -> Change:
    """A channel that one side has."""
    seen, spots, runner = _observations(old, candidate)
    return Change(
        "call", "effect", "removed" if old else "added", subject, CHANNEL,
        old=Thing() if old else ABSENT, candidate=Thing() if candidate else ABSENT, seen=seen, spots=spots,
        runner=runner,
    )  # fmt: skip


def stream_changes(pairs: Sequence[Pair], seconds: float) -> Iterator[Change]:
    """All mismatches in one stream."""
    gone = [old for old, new in pairs if old and not new]
    come = [new for old, new in pairs if new and not old]
    for old, new in pairs:
        if old and new and told_of(old) != told_of(new):
            yield from _of_pair(old, new, seconds)
    if gone and come:
        moved = _moved(gone, come)
        yield from (_change("moved", old, new) for old, new in moved)
        ids = {id(fact) for pair in moved for fact in pair}
        gone, come = ([fact for fact in side if id(fact) not in ids] for side in (gone, come))
    if gone or come:
        yield from _alone(gone, come, pairs, seconds)


def _moved(gone: Sequence[Fact], come: Sequence[Fact]) -> Sequence[tuple[Fact, Fact]]:
    """The same things at another place."""
    elsewhere: dict[Hashable, list[Fact]] = {}
    for fact in reversed(come):
        elsewhere.setdefault(fact.key, []).append(fact)
    return [(fact, here.pop()) for fact in gone if (here := elsewhere.get(fact.key))]


def _alone(gone: Sequence[Fact], come: Sequence[Fact], pairs: Sequence[Pair], seconds: float) -> Iterator[Change]:
    """What one side has. A variable that holds something else in the end has changed, however often it is set."""
    ends: set[int] = set()
    if _is_setting((gone or come)[0]):
        old, candidate = _last(old for old, _ in pairs), _last(new for _, new in pairs)
        if old and candidate and _is_another_setting(old, candidate, seconds):
            ends = {id(old), id(candidate)}
            if any(id(fact) in ends for fact in (*gone, *come)):
                yield _change("changed", old, candidate, _VALUE, _value_of(old), _value_of(candidate))
    held = _repeats(pairs)
    yield from (_lost(fact, held.get(id(fact))) for fact in gone if id(fact) not in ends)
    yield from (_change("added", None, fact) for fact in come if id(fact) not in ends)


def _repeats(pairs: Sequence[Pair]) -> Mapping[int, Fact]:
    """What old has alone and sets a variable to what it holds already → the setting that the candidate has of it.

    Macro reads the arguments of each application twice, so what a function sets in them (DB_RESULT) is set twice.
    Where several functions do, each sets it to its own: within one priority only the last of these counts.
    """
    found: dict[int, Fact] = {}
    settings = [(old, new) for old, new in pairs if old and old.layer == "effect" and _is_setting(old)]
    settings.sort(key=lambda pair: pair[0].seen)
    for _, run in groupby(settings, key=lambda pair: _value_of(pair[0])):
        same = list(run)
        if held := next((new for _, new in same if new), None):
            found |= {id(old): held for old, new in same if not new}
    return found | dict(_there_and_back(settings))


def _there_and_back(settings: Sequence[tuple[Fact, Fact | None]]) -> Iterator[tuple[int, Fact]]:
    """Settings of one priority, of which the last leaves the variable as it was before, on both sides."""
    before, now = None, None
    for spot, run in groupby(settings, key=lambda pair: pair[0].spot):
        same = list(run)
        last = same[-1][0]
        now = next((new for _, new in reversed(same) if new), now)
        if spot and before and now and _value_of(before) == _value_of(last) == _value_of(now):
            yield from ((id(old), now) for old, new in same if not new)
        before = last


def _lost(fact: Fact, held: Fact | None) -> Change:
    """What old has alone; `held` is the candidate's setting that leaves the variable as it is on old."""
    change = _change("removed", fact, held)
    return msgspec.structs.replace(change, layer="path") if held else change


def _is_setting(fact: Fact) -> bool:
    return fact.stream.startswith(_VARIABLE)


def _last(facts: Iterable[Fact | None]) -> Fact | None:
    return max((fact for fact in facts if fact), key=_SEEN, default=None)


def _is_another_setting(old: Fact, new: Fact, seconds: float) -> bool:
    if "path" in (old.layer, new.layer) or argument_of(new.stream.removeprefix(_VARIABLE)):
        return False
    before, after = _value_of(old), _value_of(new)
    if isinstance(after, Seconds) and not isinstance(before, Seconds):
        return False  # Dial empties its times before it rings; what is measured later (by 22's Queue) is new
    return not _equal(new.event, _VALUE, before, after, seconds)


def _value_of(fact: Fact) -> Value:
    return _by_name(fact).get(_VALUE, "")


def _of_pair(old: Fact, new: Fact, seconds: float) -> Iterator[Change]:
    if old.surface == LOG:
        yield from log_changes(old, new)
        return
    mine, theirs = _by_name(old), _by_name(new)
    has, gets = old.names.union(mine), new.names.union(theirs)
    if has != gets:
        for name in sorted(has - gets):
            yield _change("removed", old, new, name, mine.get(name, Thing()), ABSENT)
        for name in sorted(gets - has):
            yield _change("added", old, new, name, ABSENT, theirs.get(name, Thing()))
    for name in sorted(name for name, value in mine.items() if name in theirs and value is not theirs[name]):
        if not _equal(old.event, name, mine[name], theirs[name], seconds):
            for at, before, after in _lines(mine[name], theirs[name]):
                yield _change("changed", old, new, name, before, after, at=at)


def _lines(old: Value, new: Value) -> Iterator[tuple[int, Held, Held]]:
    """Values that differ; of texts of several lines those lines, each with its number."""
    if not isinstance(old, tuple) or not isinstance(new, tuple):
        yield -1, old, new
        return
    i = j = 0
    for a, b, size in (*blocks_of(old, new), (len(old), len(new), 0)):
        for number, (before, after) in enumerate(zip_longest(old[i:a], new[j:b], fillvalue=ABSENT), i):
            yield number, before, after
        i, j = a + size, b + size


def _equal(event: str, name: str, one: Value, other: Value, seconds: float) -> bool:
    if isinstance(one, Seconds) and isinstance(other, Seconds):
        return abs(one.value - other.value) <= seconds
    if one == other and isinstance(one, bool) == isinstance(other, bool):
        return True
    return are_alike(event, name, (shown(one), shown(other)))


def _by_name(fact: Fact) -> dict[str, Value]:
    """The values of a fact; a field that is repeated has lines."""
    fields = (*fact.fields, *fact.durations)
    if len(values := dict(fields)) == len(fields):
        return values
    grouped: dict[str, list[Value]] = {}
    for name, value in fields:
        grouped.setdefault(name, []).append(value)
    return {name: every[0] if len(every) == 1 else tuple(map(shown, every)) for name, every in grouped.items()}


def _change(
    kind: ChangeKind,
    old: Fact | None,
    new: Fact | None,
    field: str = "",
    before: Held = ABSENT,
    after: Held = ABSENT,
    *,
    at: int = -1,
) -> Change:
    """Of a field with its values, or else of the whole thing."""
    fact = old or new
    if fact is None:
        raise ValueError("a change of nothing")
    if not field:
        before, after = (Thing(f.fields) if f else ABSENT for f in (old, new))
    both: Layer = "effect" if new and new.layer == "effect" else fact.layer
    layer: Layer = field_layer(fact.surface, field, both)
    seen, spots, runner = _observations(old, new)
    part = _part(fact)
    return Change(
        fact.surface, layer, kind, fact.subject, fact.event, field, part, before, after, seen, spots, runner, at
    )  # fmt: skip


def _observations(
    old: Fact | None, new: Fact | None
) -> tuple[tuple[int, int], tuple[Spot | None, Spot | None], str]:
    """The number of what was seen on each side (-1: nothing), where the dialplan was, and whose."""
    seen = (old.seen if old else -1, new.seen if new else -1)
    fact = old or new
    return seen, (old.spot if old else None, new.spot if new else None), fact.runner if fact else ""


def _part(fact: Fact) -> str:
    """What a program has to do with it: its streams are called `app asks`, `app answers …`, `NAME gets …`."""
    return fact.stream.partition(" ")[2].partition(" ")[0] if fact.surface == "app" else ""
