"""How much a difference proves: noise of the old release, a race, or a change.

One comparison proves little. `again` shows what the old release does differently by itself; replays of a
scenario, alone and several times on each instance, show the set of things that a release does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, combinations

from harness.judge.align import CHANNEL, differences
from harness.judge.normalise.facts import DEPRECATED, Normal
from harness.model import Difference, Tolerances

__all__ = ["Sifted", "is_final", "sift", "sift_replayed"]

Locus = tuple[str, str, str, str]

# Above this share of pairs of old plays that differ, a value is taken for a random one. A race between two
# outcomes differs in at most 6 of 11 pairs, however it falls.
_RANDOM = 0.7


@dataclass(frozen=True, slots=True)
class Sifted:
    """Differences by what they prove.

    `kept` need a rule. `noise` the old release shows by itself. `unstable` are final results (a status, a
    hangup, a lost call) on which the old release does not agree with itself: never a regression by that alone,
    and never silently dropped.
    """

    kept: tuple[Difference, ...]
    noise: tuple[Difference, ...]
    unstable: tuple[Difference, ...]


def _between(old: Normal, new: Normal, tolerances: Tolerances) -> tuple[Difference, ...]:
    """What differs. That something is deprecated Asterisk says once in its life, in whatever call comes first:
    that it does not say so in this scenario means nothing.
    """
    return tuple(d for d in differences(old, new, tolerances) if d.event != DEPRECATED or d.kind != "removed")


def sift(old: Normal, again: Normal, candidate: Normal, tolerances: Tolerances) -> Sifted:
    """Split the differences between old and candidate by what `again` shows of them."""
    found = _between(old, candidate, tolerances)
    if not found:
        return Sifted((), (), ())
    wavering = {difference.locus for difference in differences(old, again, tolerances)}
    kept = tuple(d for d in found if d.locus not in wavering)
    rest = [d for d in found if d.locus in wavering]
    return Sifted(
        kept,
        tuple(d for d in rest if not is_final(d)),
        tuple(d for d in rest if is_final(d)),
    )


def sift_replayed(olds: Sequence[Normal], candidates: Sequence[Normal], tolerances: Tolerances) -> Sifted:
    """Split by all plays: a difference counts only if it is one against every play on old and again.

    `olds` are all of those; `candidates` the plays on the candidate, the first in the crowd of all scenarios and
    the others alone. How a call ended has to go wrong in one of these only, anything else in each of them: what
    comes and goes is a race. What only the crowded play shows is not believed, and not forgotten; but what the
    candidate says once in its life, that something is deprecated, it says there.
    """
    against = [[_between(old, new, tolerances) for old in olds] for new in candidates]
    every: dict[Locus, Difference] = {}
    for difference in chain.from_iterable(chain.from_iterable(against)):
        every.setdefault(difference.locus, difference)
    alone = against[1:] or against
    shown = [_loci_in_all(row) for row in alone]
    once, always = set.union(*shown), set.intersection(*shown)
    random = _random_loci(olds, tolerances)
    believed = {
        locus
        for locus, difference in every.items()
        if (locus in once if is_final(difference) else locus in always - random)
    } | {locus for locus in _loci_in_all(against[0]) if every[locus].event == DEPRECATED}
    first = tuple(d for d in against[0][0] if d.locus in believed)
    later = tuple(every[locus] for locus in sorted(believed - {d.locus for d in first}))
    dropped = [difference for locus, difference in every.items() if locus not in believed]
    return Sifted(
        first + later,
        tuple(d for d in dropped if not is_final(d)),
        tuple(d for d in dropped if is_final(d)),
    )


def _loci_in_all(row: Sequence[Sequence[Difference]]) -> set[Locus]:
    return set.intersection(*({difference.locus for difference in found} for found in row))


def is_final(difference: Difference) -> bool:
    """Whether it is about how a call ended or whether there was one, which noise may never cancel."""
    if difference.layer == "path":
        return False
    name, field = difference.event, difference.field
    return (
        name in (CHANNEL, "Hangup", "expectation", "ending")
        or (name == "DialEnd" and field in ("", "DialStatus"))
        or (name == "Newstate" and "=Up" in difference.old + difference.candidate)
        or name == "VarSet DIALSTATUS"
        or (name == "Cdr" and field == "Disposition")
    )


def _random_loci(olds: Sequence[Normal], tolerances: Tolerances) -> set[Locus]:
    pairs = list(combinations(olds, 2))
    counts: dict[Locus, int] = {}
    for one, other in pairs:
        for locus in {difference.locus for difference in differences(one, other, tolerances)}:
            counts[locus] = counts.get(locus, 0) + 1
    return {locus for locus, count in counts.items() if count > _RANDOM * len(pairs)}
