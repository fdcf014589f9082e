"""Two normalised traces → their differences, stream by stream."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from fnmatch import fnmatchcase
from typing import Literal

from harness.judge.normalise.catalogue import are_alike, field_layer
from harness.judge.normalise.facts import Fact, Normal
from harness.model import Difference, Fields, Tolerances, Value, shown

__all__ = ["CHANNEL", "describe", "differences"]

CHANNEL = "Channel"
"""The `event` of the one difference that stands for a channel which exists on one side only."""

_SHOWN = 6


def differences(old: Normal, new: Normal, tolerances: Tolerances) -> tuple[Difference, ...]:
    """All mismatches between two traces, sorted by where they are; `compare(a, a)` is empty.

    A channel that exists on one side only is one difference, not one for each thing it did; what it cost
    (its CDR) is compared all the same.
    """
    if old.streams == new.streams:
        return ()
    found = list(_channels(old, new))
    gone = {(difference.subject, difference.event) for difference in found}
    for where in sorted(old.streams.keys() | new.streams.keys()):
        mine, theirs = old.streams.get(where, ()), new.streams.get(where, ())
        if mine == theirs or ((where[0], CHANNEL) in gone and where[1] != "cdr"):
            continue
        bag = where in old.bags or where in new.bags
        found.extend(_stream(mine, theirs, bag, tolerances.seconds))
    return tuple(difference for difference in found if not _tolerated(difference, tolerances))


def describe(fact: Fact) -> str:
    """A fact in one line: its first fields that hold something, as `name=value`."""
    parts = [f"{name}={shown(value)}" for name, value in fact.fields if value]
    return ", ".join(parts[:_SHOWN]) or fact.event


def _channels(old: Normal, new: Normal) -> Iterator[Difference]:
    before, after = _created(old), _created(new)
    for subject in sorted(before.keys() - after.keys()):
        spot = before[subject].spot
        yield Difference("call", "effect", "removed", subject, CHANNEL, old=subject, spot=spot)
    for subject in sorted(after.keys() - before.keys()):
        spot = after[subject].spot
        yield Difference("call", "effect", "added", subject, CHANNEL, candidate=subject, spot=spot)


def _created(normal: Normal) -> dict[str, Fact]:
    return {
        subject: facts[0]
        for (subject, stream), facts in normal.streams.items()
        if stream == "state" and facts[0].event == "Newchannel"
    }


def _stream(old: Sequence[Fact], new: Sequence[Fact], bag: bool, tolerance: float) -> Iterator[Difference]:
    pairs, removed, added = _match(old, new, bag)
    for mine, theirs in pairs:
        yield from _fields(mine, theirs, tolerance)
    moved = Counter(fact.key for fact in removed) & Counter(fact.key for fact in added)
    yield from _unpaired(removed, Counter(moved), "removed")
    yield from _unpaired(added, Counter(moved), "added")


def _unpaired(
    facts: Iterable[Fact], moved: Counter[object], side: Literal["removed", "added"]
) -> Iterator[Difference]:
    for fact in facts:
        if moved[fact.key] > 0:
            moved[fact.key] -= 1
            if side == "removed":
                yield _difference(fact, "moved", old=describe(fact), candidate=describe(fact))
        elif side == "removed":
            yield _difference(fact, side, old=describe(fact))
        else:
            yield _difference(fact, side, candidate=describe(fact))


_Pairs = list[tuple[Fact, Fact]]


def _match(old: Sequence[Fact], new: Sequence[Fact], bag: bool) -> tuple[_Pairs, list[Fact], list[Fact]]:
    """Pairs, and what is left on either side. Swapping the sides swaps the result: ties fall the same way."""
    match = _match_bag if bag else _match_sequence
    # Written out, as values of different types have no order.
    if repr([(fact.event, fact.fields) for fact in old]) <= repr([(fact.event, fact.fields) for fact in new]):
        return match(old, new)
    pairs, added, removed = match(new, old)
    return [(mine, theirs) for theirs, mine in pairs], removed, added


def _match_sequence(old: Sequence[Fact], new: Sequence[Fact]) -> tuple[_Pairs, list[Fact], list[Fact]]:
    """Same things first, in order; between them, things of the same kind are taken for each other."""
    pairs: _Pairs = []
    removed: list[Fact] = []
    added: list[Fact] = []
    exact = SequenceMatcher(None, [f.key for f in old], [f.key for f in new], autojunk=False)
    for tag, a1, a2, b1, b2 in exact.get_opcodes():
        if tag == "equal":
            pairs.extend(zip(old[a1:a2], new[b1:b2], strict=True))
            continue
        inner = SequenceMatcher(None, [f.event for f in old[a1:a2]], [f.event for f in new[b1:b2]], autojunk=False)
        for kind, i1, i2, j1, j2 in inner.get_opcodes():
            if kind == "equal":
                pairs.extend(zip(old[a1 + i1 : a1 + i2], new[b1 + j1 : b1 + j2], strict=True))
            else:
                removed.extend(old[a1 + i1 : a1 + i2])
                added.extend(new[b1 + j1 : b1 + j2])
    return pairs, removed, added


def _match_bag(old: Sequence[Fact], new: Sequence[Fact]) -> tuple[_Pairs, list[Fact], list[Fact]]:
    """Same things in any order; what is left is paired with what is most like it of the same kind."""
    left, pairs, removed = list(new), [], []
    for fact in old:
        twin = next((other for other in left if other.key == fact.key), None)
        if twin is None:
            removed.append(fact)
        else:
            left.remove(twin)
            pairs.append((fact, twin))
    for fact in list(removed):
        alike = max((o for o in left if o.event == fact.event), key=lambda o: _likeness(fact, o), default=None)
        if alike is not None and 2 * _likeness(fact, alike) >= len(fact.fields):
            removed.remove(fact)
            left.remove(alike)
            pairs.append((fact, alike))
    return pairs, removed, left


def _likeness(one: Fact, other: Fact) -> int:
    return len(set(one.fields) & set(other.fields))


def _fields(old: Fact, new: Fact, tolerance: float) -> Iterator[Difference]:
    for name in sorted(old.names - new.names):
        yield _difference(old, "removed", field=name, old=_value(old.fields, name) or name)
    for name in sorted(new.names - old.names):
        yield _difference(old, "added", field=name, candidate=_value(new.fields, name) or name)
    if old.key != new.key:
        mine, theirs = dict(old.fields), dict(new.fields)
        for name in sorted(mine.keys() & theirs.keys()):
            one, other = mine[name], theirs[name]
            retyped = type(one) is not type(other)
            if (one != other or retyped) and not are_alike(old.event, name, (one, other)):
                before, after = _text(one, retyped), _text(other, retyped)
                yield _difference(old, "changed", field=name, old=before, candidate=after)
    yield from _durations(old, new, tolerance)


def _durations(old: Fact, new: Fact, tolerance: float) -> Iterator[Difference]:
    mine, theirs = dict(old.durations), dict(new.durations)
    for name in sorted(mine.keys() | theirs.keys()):
        if name not in mine or name not in theirs:
            if name in old.names and name in new.names:
                before = shown(mine[name]) if name in mine else _value(old.fields, name)
                after = shown(theirs[name]) if name in theirs else _value(new.fields, name)
                yield _difference(old, "changed", field=name, old=before, candidate=after)
        elif _apart(mine[name].value, theirs[name].value) > tolerance:
            before, after = shown(mine[name]), shown(theirs[name])
            yield _difference(old, "changed", field=name, old=before, candidate=after)


def _apart(one: float, other: float) -> float:
    """How many seconds lie between. Whole ones may have been cut off just before or just after."""
    return abs(one - other) - (1.0 if one.is_integer() and other.is_integer() else 0.0)


def _text(value: Value, retyped: bool) -> str:
    """A value as a text; one that a value of another type would be written as is quoted, as JSON has it."""
    return json.dumps(value) if retyped and isinstance(value, str) and _is_json(value) else shown(value)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _value(fields: Fields, name: str) -> str:
    return next((shown(value) for key, value in fields if key == name), "")


def _difference(
    fact: Fact,
    kind: Literal["removed", "added", "changed", "moved"],
    *,
    field: str = "",
    old: str = "",
    candidate: str = "",
) -> Difference:
    layer = field_layer(fact.surface, field, fact.layer)
    return Difference(fact.surface, layer, kind, fact.subject, fact.event, field, old, candidate, fact.spot)


def _tolerated(difference: Difference, tolerances: Tolerances) -> bool:
    return any(
        fnmatchcase(difference.event, ignore.event)
        and fnmatchcase(difference.field, ignore.field)
        and fnmatchcase(difference.subject, ignore.subject)
        for ignore in tolerances.ignore
    )
