"""Which facts of two sequences are the same thing, in order or without one; long ones in linear time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import product
from operator import attrgetter

from harness.judge.normalise.facts import Fact, key_of

__all__ = ["Pair", "blocks_of", "pairs_of"]

Pair = tuple[Fact | None, Fact | None]
"""A fact of either side, or of both where they are the same thing."""

_Block = tuple[int, int, int]
_Key = Callable[[Fact], Hashable]
_EVENT = attrgetter("event")
# Beyond this many comparisons difflib's time, which grows with the square at best, is felt.
_EXACT = 40_000
_AHEAD = 24
_OFFSETS = sorted(product(range(_AHEAD), repeat=2), key=lambda step: (max(step), abs(step[0] - step[1])))[1:]


def pairs_of(old: Sequence[Fact], new: Sequence[Fact], *, bag: bool) -> Iterator[Pair]:
    """Every fact of both once. Swapping the sides swaps the result: ties fall the same way."""
    if not old or not new:
        yield from _alone(old, new)
        return
    mine, theirs = list(map(key_of, old)), list(map(key_of, new))
    pair = _pair_bag if bag else _in_order
    if mine == theirs:
        yield from zip(old, new, strict=True)
    elif repr(mine) > repr(theirs):
        yield from ((one, other) for other, one in pair(new, old))
    else:
        yield from pair(old, new)


def _alone(old: Sequence[Fact], new: Sequence[Fact]) -> Iterator[Pair]:
    yield from ((fact, None) for fact in old)
    yield from ((None, fact) for fact in new)


def _in_order(old: Sequence[Fact], new: Sequence[Fact], keys: Sequence[_Key] = (key_of, _EVENT)) -> Iterator[Pair]:
    """Same things first, in order; between them, things of the same kind are taken for each other."""
    if not keys or not old or not new:
        yield from _alone(old, new)
        return
    for mine, theirs, equal in _stretches(old, new, keys[0]):
        yield from zip(mine, theirs, strict=True) if equal else _in_order(mine, theirs, keys[1:])


def _stretches(
    old: Sequence[Fact], new: Sequence[Fact], key: _Key
) -> Iterator[tuple[Sequence[Fact], Sequence[Fact], bool]]:
    """Both from their start to their end, by turns equal and not."""
    i = j = 0
    for a, b, size in (*blocks_of(list(map(key, old)), list(map(key, new))), (len(old), len(new), 0)):
        yield old[i:a], new[j:b], False
        i, j = a + size, b + size
        yield old[a:i], new[b:j], True


def blocks_of(old: Sequence[Hashable], new: Sequence[Hashable]) -> Iterator[_Block]:
    """Where both are equal: start in either, and length. In order; what lies between is equal nowhere."""
    shorter = min(len(old), len(new))
    head = next((n for n in range(shorter) if old[n] != new[n]), shorter)
    left = shorter - head
    tail = next((n for n in range(left) if old[-1 - n] != new[-1 - n]), left)
    if head:
        yield 0, 0, head
    mine, theirs = old[head : len(old) - tail], new[head : len(new) - tail]
    if mine and theirs:
        find = _longest if len(mine) * len(theirs) <= _EXACT else _nearest
        yield from ((a + head, b + head, size) for a, b, size in find(mine, theirs))
    if tail:
        yield len(old) - tail, len(new) - tail, tail


def _longest(old: Sequence[Hashable], new: Sequence[Hashable]) -> Iterator[_Block]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    yield from ((block.a, block.b, block.size) for block in matcher.get_matching_blocks() if block.size)


def _nearest(old: Sequence[Hashable], new: Sequence[Hashable]) -> Iterator[_Block]:
    """Of long sequences (a prompt that was played ten thousand times), looking a few things ahead only."""
    i = j = 0
    while i < len(old) and j < len(new):
        if old[i] == new[j]:
            yield i, j, 1
            i, j = i + 1, j + 1
            continue
        a, b = next((s for s in _OFFSETS if _equal(old, i + s[0], new, j + s[1])), (_AHEAD, _AHEAD))
        i, j = i + a, j + b


def _equal(old: Sequence[Hashable], i: int, new: Sequence[Hashable], j: int) -> bool:
    return i < len(old) and j < len(new) and old[i] == new[j]


def _pair_bag(old: Sequence[Fact], new: Sequence[Fact]) -> Iterator[Pair]:
    """Same things in any order; what is left is paired with what is most like it of the same kind."""
    left: dict[Hashable, list[Fact]] = {}
    for fact in reversed(new):
        left.setdefault(fact.key, []).append(fact)
    rest = []
    for fact in old:
        twins = left.get(fact.key)
        if twins:
            yield fact, twins.pop()
        else:
            rest.append(fact)
    unmatched = {id(fact) for twins in left.values() for fact in twins}
    yield from _most_alike(rest, [fact for fact in new if id(fact) in unmatched])


def _most_alike(old: Sequence[Fact], new: list[Fact]) -> Iterator[Pair]:
    if len(old) * len(new) > _EXACT:
        yield from _in_order(sorted(old, key=_EVENT), sorted(new, key=_EVENT), (_EVENT,))
        return
    mine_has, theirs_has = ([frozenset(fact.fields) for fact in side] for side in (old, new))
    scores = [
        (-likeness, i, j)
        for i, mine in enumerate(old)
        for j, theirs in enumerate(new)
        if mine.event == theirs.event and (likeness := len(mine_has[i] & theirs_has[j])) * 2 >= len(mine.fields)
    ]
    mine_left, theirs_left = dict(enumerate(old)), dict(enumerate(new))
    for _, i, j in sorted(scores):
        if i in mine_left and j in theirs_left:
            yield mine_left.pop(i), theirs_left.pop(j)
    yield from _only_ones(tuple(mine_left.values()), tuple(theirs_left.values()))


def _only_ones(old: Sequence[Fact], new: Sequence[Fact]) -> Iterator[Pair]:
    """What is left alone of its kind on both sides is one thing, however little of it is the same."""
    only = [{event for event, count in Counter(map(_EVENT, side)).items() if count == 1} for side in (old, new)]
    ones = only[0] & only[1]
    theirs = {fact.event: fact for fact in new if fact.event in ones}
    yield from ((fact, theirs.get(fact.event)) for fact in old)
    yield from ((None, fact) for fact in new if fact.event not in ones)
