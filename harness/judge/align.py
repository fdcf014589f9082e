"""Two normalised traces → what happened on both sides or on one, stream by stream → their differences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

import msgspec

from harness.asterisk.volatile import argument_of
from harness.judge.log_pairs import LOG, log_changes, log_pairs
from harness.judge.normalise.catalogue import are_alike, field_layer
from harness.judge.normalise.facts import Fact, Normal
from harness.judge.pairing import blocks_of, pairs_of
from harness.model import ABSENT, Change, ChangeKind, Held, Layer, Seconds, Spot, Thing, Tolerances, Value, shown

__all__ = ["CHANNEL", "AlignedStep", "Alignment", "StepKind", "align", "changes", "step_changes"]

CHANNEL = "Channel"
"""The `event` of the one change that stands for a channel which exists on one side only."""

_VARIABLE, _VALUE = "variable ", "Value"

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


def align(old: Normal, candidate: Normal, seconds: float = 1.0, *, whole: bool = True) -> Alignment:
    """Every fact of both traces in one step: what is equal or of one kind is one step, the rest stands alone.

    Without `whole`, streams that are the same on both sides are left out: nothing changes in them.
    """
    found = {}
    for where in sorted(old.streams.keys() | candidate.streams.keys()):
        mine, theirs = old.streams.get(where, ()), candidate.streams.get(where, ())
        if not whole and old.told.get(where) == candidate.told.get(where):
            continue
        bag = where in old.bags or where in candidate.bags
        pairs = log_pairs(mine, theirs) if where == ("", LOG) else pairs_of(mine, theirs, bag=bag)
        found[where] = tuple(_step(one, other, seconds) for one, other in pairs)
    return Alignment(found, seconds)


def changes(alignment: Alignment, tolerances: Tolerances | None = None) -> tuple[Change, ...]:
    """All mismatches, sorted by where they are; those of a trace with itself are none.

    A channel that exists on one side only is one change, not one for each thing it did; its CDR is compared all
    the same.
    """
    found = list(_channels(alignment))
    alone = {change.subject for change in found}
    for (subject, stream), steps in alignment.streams.items():
        if subject not in alone or stream == "cdr":
            found.extend(_of_stream(steps, alignment.seconds))
    ignored = tolerances.ignore if tolerances else ()
    return tuple(change for change in found if not any(one.covers(change) for one in ignored))


def step_changes(step: AlignedStep, seconds: float) -> tuple[Change, ...]:
    """What differs in the fields of a thing that happened on both sides."""
    return tuple(_of_pair(step.old, step.candidate, seconds)) if step.old and step.candidate else ()


def _step(old: Fact | None, candidate: Fact | None, seconds: float) -> AlignedStep:
    if old is None or candidate is None:
        return AlignedStep("only candidate" if old is None else "only old", old, candidate)
    same = old.told == candidate.told or next(_of_pair(old, candidate, seconds), None) is None
    return AlignedStep("same" if same else "changed", old, candidate)


def _channels(alignment: Alignment) -> Iterator[Change]:
    created: dict[str, tuple[Fact | None, Fact | None]] = {}
    for (subject, stream), steps in alignment.streams.items():
        if stream == "state":
            created[subject] = (_new_channel([s.old for s in steps]), _new_channel([s.candidate for s in steps]))
    alone = [(subject, *sides) for subject, sides in created.items() if (sides[0] is None) != (sides[1] is None)]
    yield from (_lone(*each) for each in sorted(alone, key=lambda each: each[1] is None))


def _new_channel(facts: Sequence[Fact | None]) -> Fact | None:
    first = next((fact for fact in facts if fact is not None), None)
    return first if first is not None and first.event == "Newchannel" else None


def _lone(subject: str, old: Fact | None, candidate: Fact | None) -> Change:
    """A channel that one side has."""
    seen, spots, runner = _observations(old, candidate)
    return Change(
        "call", "effect", "removed" if old else "added", subject, CHANNEL,
        old=Thing() if old else ABSENT, candidate=Thing() if candidate else ABSENT, seen=seen, spots=spots,
        runner=runner,
    )  # fmt: skip


def _of_stream(steps: Sequence[AlignedStep], seconds: float) -> Iterator[Change]:
    removed = [step.old for step in steps if step.old and not step.candidate]
    added = [step.candidate for step in steps if step.candidate and not step.old]
    for step in steps:
        if step.kind == "changed":
            yield from step_changes(step, seconds)
    moved = Counter(fact.key for fact in removed) & Counter(fact.key for fact in added)
    elsewhere: dict[Hashable, list[Fact]] = {}
    new: list[Fact] = []
    for fact in added:
        here = elsewhere.setdefault(fact.key, [])
        (here if len(here) < moved[fact.key] else new).append(fact)
    gone: list[Fact] = []
    for fact in removed:
        other = elsewhere.get(fact.key)
        if other:
            yield _change("moved", fact, other.pop(0))
        else:
            gone.append(fact)
    if gone or new:
        yield from _alone(gone, new, steps, seconds)


def _alone(
    gone: Sequence[Fact], new: Sequence[Fact], steps: Sequence[AlignedStep], seconds: float
) -> Iterator[Change]:
    """What one side has. A variable that holds something else in the end has changed, however often it is set."""
    old, candidate = _last(step.old for step in steps), _last(step.candidate for step in steps)
    ends = (
        {id(old), id(candidate)} if old and candidate and _is_another_setting(old, candidate, seconds) else set()
    )
    lone = [fact for fact in (*gone, *new) if id(fact) in ends]
    if old and candidate and lone:
        yield _change("changed", old, candidate, _VALUE, _value_of(old), _value_of(candidate))
    yield from (_change("removed", fact, None) for fact in gone if id(fact) not in ends)
    yield from (_change("added", None, fact) for fact in new if id(fact) not in ends)


def _last(facts: Iterable[Fact | None]) -> Fact | None:
    return max((fact for fact in facts if fact), key=lambda fact: fact.seen, default=None)


def _is_another_setting(old: Fact, new: Fact, seconds: float) -> bool:
    name = new.stream.removeprefix(_VARIABLE)
    if name == new.stream or "path" in (old.layer, new.layer) or argument_of(name):
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
    has, gets = old.names | mine.keys(), new.names | theirs.keys()
    for name in sorted(has - gets):
        yield _change("removed", old, new, name, mine.get(name, Thing()), ABSENT)
    for name in sorted(gets - has):
        yield _change("added", old, new, name, ABSENT, theirs.get(name, Thing()))
    for name in sorted(mine.keys() & theirs.keys()):
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
    grouped: dict[str, list[Value]] = {}
    for name, value in (*fact.fields, *fact.durations):
        grouped.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else tuple(map(shown, values)) for name, values in grouped.items()}


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
