"""How much a difference proves: noise of the old release, a race, or a change.

One comparison proves little. `again` shows what the old release does differently by itself; replays of a
scenario, alone and several times on each instance, show the set of things that a release does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, product

import msgspec

from harness.judge.align import align, changes
from harness.judge.normalise.facts import DEPRECATED, Normal
from harness.model import ABSENT, Change, Locus, Tolerances, held_value

__all__ = ["Sifted", "Volatile", "is_final", "sift", "sift_replayed"]

# Above this share of pairs of old plays that differ, a value is taken for a random one. A race between two
# outcomes differs in at most 6 of 11 pairs, however it falls.
_RANDOM = 0.7


@dataclass(frozen=True, slots=True)
class Volatile:
    """Where the plays of one release differ from each other: what is seen there is no part of a fingerprint."""

    old: frozenset[Locus] = frozenset()
    candidate: frozenset[Locus] = frozenset()


@dataclass(frozen=True, slots=True)
class Sifted:
    """Changes by what they prove.

    `kept` need a rule. `noise` is what the old release shows by itself. `unstable` are final results (a status, a
    hangup, a lost call) on which the old release does not agree with itself, `undecided` those that the candidate
    shows and not when it is asked again: never a regression by that alone, and never silently dropped.
    """

    kept: tuple[Change, ...]
    noise: tuple[Change, ...] = ()
    unstable: tuple[Change, ...] = ()
    undecided: tuple[Change, ...] = ()
    volatile: Volatile = Volatile()


def sift(old: Normal, again: Normal, candidate: Normal, tolerances: Tolerances) -> Sifted:
    """Split the changes between old and candidate by what `again` shows of them."""
    wavering = _loci(_all_between(old, again, tolerances))
    found = _between(old, candidate, tolerances)
    rest = [change for change in found if change.locus in wavering]
    return Sifted(
        _whole(change for change in found if change.locus not in wavering),
        tuple(change for change in rest if not is_final(change)),
        tuple(change for change in rest if is_final(change)),
        volatile=Volatile(wavering),
    )


def sift_replayed(
    old: Sequence[Normal], again: Sequence[Normal], candidates: Sequence[Normal], tolerances: Tolerances
) -> Sifted:
    """Split by all plays: a change counts only if it is one against every play on old and again.

    An instance's first play is among all scenarios, its others are alone. A final result (how a call ended) counts
    when one of the candidate's lone plays shows it; any other change has to be in each of them, for what comes and
    goes is a race. A final result that only the first play shows is `undecided`. A warning that something is
    deprecated counts when the first play shows it: Asterisk gives it once in its life.
    """
    olds = (*old, *again)
    within = _differing(chain(combinations(old, 2), combinations(again, 2)), tolerances)
    across = _differing(product(old, again), tolerances)
    against = [[_between(one, new, tolerances) for one in olds] for new in candidates]
    every: dict[Locus, Change] = {}
    for change in chain.from_iterable(chain.from_iterable(against)):
        every.setdefault(change.locus, change)
    shown = [frozenset.intersection(*map(_loci, row)) for row in against]
    alone = shown[1:] or shown
    once, always = frozenset.union(*alone), frozenset.intersection(*alone) - _random(within, across)
    believed = {
        locus
        for locus, change in every.items()
        if locus in (once if is_final(change) else always) or (change.event == DEPRECATED and locus in shown[0])
    }
    first = tuple(change for change in against[0][0] if change.locus in believed)
    later = tuple(every[locus] for locus in sorted(believed - _loci(first)))
    dropped = [change for locus, change in every.items() if locus not in believed]
    crowded = [change for change in dropped if is_final(change) and change.locus in shown[0]]
    return Sifted(
        _whole(first + later),
        tuple(change for change in dropped if not is_final(change)),
        tuple(change for change in dropped if is_final(change) and change not in crowded),
        tuple(crowded),
        Volatile(
            frozenset().union(*within, *across),
            frozenset().union(*_differing(combinations(candidates, 2), tolerances)),
        ),
    )


def _whole(kept: Iterable[Change]) -> tuple[Change, ...]:
    """Changes, those of lines of one text together again."""
    joined: dict[object, list[Change]] = {}
    for change in kept:
        text = (change.subject, change.event, change.field, change.seen)
        joined.setdefault(change if change.at < 0 else text, []).append(change)
    return tuple(_one_text(lines) if lines[0].at >= 0 else lines[0] for lines in joined.values())


def _one_text(lines: Sequence[Change]) -> Change:
    old, candidate = (
        tuple(line for line in side if isinstance(line, str)) or ABSENT
        for side in zip(*(change.sides for change in lines), strict=True)
    )
    return msgspec.structs.replace(lines[0], old=old, candidate=candidate, at=-1)


def is_final(change: Change) -> bool:
    """Whether it is about how a call ended or whether there was one, which noise may never cancel."""
    if change.layer == "path":
        return False
    match change.event, change.field:
        case (("Channel" | "Hangup" | "expectation" | "VarSet DIALSTATUS"), _):
            return True
        case ("DialEnd", "" | "DialStatus") | ("Cdr", "Disposition"):
            return True
        case ("Newstate", "" | "ChannelStateDesc"):
            return "Up" in [held_value(side, "ChannelStateDesc") for side in change.sides]
    return False


def _all_between(old: Normal, new: Normal, tolerances: Tolerances) -> tuple[Change, ...]:
    return changes(align(old, new, tolerances.seconds), tolerances)


def _between(old: Normal, new: Normal, tolerances: Tolerances) -> tuple[Change, ...]:
    """What differs, without lost warnings of something deprecated.

    Asterisk gives each of these once in its life, in whatever call comes first.
    """
    found = _all_between(old, new, tolerances)
    return tuple(change for change in found if change.event != DEPRECATED or change.kind != "removed")


def _loci(found: Sequence[Change]) -> frozenset[Locus]:
    return frozenset(change.locus for change in found)


def _differing(pairs: Iterable[tuple[Normal, Normal]], tolerances: Tolerances) -> list[frozenset[Locus]]:
    return [_loci(_all_between(one, other, tolerances)) for one, other in pairs]


def _random(within: Sequence[frozenset[Locus]], across: Sequence[frozenset[Locus]]) -> frozenset[Locus]:
    """Values that are others in most plays, or that each instance has for itself (a name, a number of its own)."""
    pairs = (*within, *across)
    counts = Counter(chain.from_iterable(pairs))
    often = frozenset(locus for locus, count in counts.items() if count > _RANDOM * len(pairs))
    return often.union(frozenset.intersection(*across) if across else ())
