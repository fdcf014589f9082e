"""Which facts are the same thing: in order, completely, and in time that grows with their number."""

from __future__ import annotations

import time
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from harness.judge.align import align, changes
from harness.judge.normalise.facts import Fact, Normal
from harness.judge.pairing import pairs_of

COUNT = 10_000


def fact(value: str, event: str = "Playback") -> Fact:
    return Fact("caller", "played", event, (("Sound", value),), "call", "effect", frozenset({"Sound"}))


FACTS = st.lists(st.builds(fact, st.sampled_from("abc"), st.sampled_from(["Playback", "Hold"])), max_size=12)


@given(FACTS, FACTS, st.booleans())
def test_every_fact_is_in_one_pair(old: list[Fact], new: list[Fact], bag: bool) -> None:
    pairs = list(pairs_of(old, new, bag=bag))
    assert Counter(mine.key for mine, _ in pairs if mine) == Counter(fact.key for fact in old)
    assert Counter(theirs.key for _, theirs in pairs if theirs) == Counter(fact.key for fact in new)


@given(FACTS, FACTS)
def test_pairs_of_a_sequence_are_in_order(old: list[Fact], new: list[Fact]) -> None:
    pairs = list(pairs_of(old, new, bag=False))
    assert [mine for mine, _ in pairs if mine] == old
    assert [theirs for _, theirs in pairs if theirs] == new


@given(FACTS, FACTS, st.booleans())
def test_swapping_sides_swaps_pairs(old: list[Fact], new: list[Fact], bag: bool) -> None:
    swapped = [(mine, theirs) for theirs, mine in pairs_of(new, old, bag=bag)]
    assert Counter(map(repr, pairs_of(old, new, bag=bag))) == Counter(map(repr, swapped))


def differing(old: list[Fact], new: list[Fact], *, bag: bool = False) -> Counter[str]:
    where = ("caller", "played")
    began = time.process_time()
    normals = [Normal({where: tuple(facts)}, frozenset({where} if bag else ())) for facts in (old, new)]
    found = Counter(change.kind for change in changes(align(*normals)))
    assert time.process_time() - began < 10
    return found


def test_a_prompt_that_loops_is_aligned_in_seconds() -> None:
    loop = [fact(sound) for sound in ("please", "wait", "music")] * (COUNT // 3)
    other = [fact("thanks") if number % 97 == 50 else each for number, each in enumerate(loop)]
    assert differing(loop, other) == {"changed": len(range(50, len(loop), 97))}


def test_one_prompt_that_is_missing_in_a_loop_is_one_change() -> None:
    loop = [fact(str(number % 7)) for number in range(COUNT)]
    changed = [*loop[:100], fact("x"), *loop[101:5000], *loop[5001:9000], fact("y"), *loop[9000:]]
    assert differing(loop, changed) == {"changed": 1, "removed": 1, "added": 1}


def test_nothing_in_common_is_paired_by_kind_in_seconds() -> None:
    old, new = [fact(f"a{n}") for n in range(COUNT)], [fact(f"b{n}") for n in range(COUNT)]
    assert differing(old, new) == {"changed": COUNT}
    assert differing(old, new, bag=True) == {"changed": COUNT}


def test_other_kinds_in_long_sequences_are_lost_and_new() -> None:
    old, new = [fact(str(n), "Hold") for n in range(COUNT)], [fact(str(n)) for n in range(COUNT)]
    assert differing(old, new) == {"removed": COUNT, "added": COUNT}


def test_a_shuffled_bag_is_equal_however_long() -> None:
    rows = [fact(str(n)) for n in range(COUNT)]
    assert differing(rows, rows[::-1], bag=True) == {}
