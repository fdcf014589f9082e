"""How much a difference proves: noise of the old release, a race, or a change.

One comparison proves little. `again` shows what the old release does differently by itself; replays of a
scenario, alone and several times on each instance, show the set of things that a release does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, product

import msgspec

from harness.asterisk.log_text import is_of_a_busy_machine, is_of_a_hangup
from harness.asterisk.volatile import is_kept_up
from harness.judge.align import CHANNEL, is_compared, lone_channels, stream_changes, stream_pairs, tolerated
from harness.judge.decision import Shows, Standing, is_of_load, standing
from harness.judge.normalise.catalogue import OF_AN_INSTANT, SNAPSHOT
from harness.judge.normalise.facts import DEPRECATED, Fact, Normal, Told, told_of
from harness.model import ABSENT, Change, Locus, Seconds, Tolerances, held_value

__all__ = ["Doubt", "Sifted", "Volatile", "is_final", "is_of_an_instant", "sift"]

_Where = tuple[str, str]
_Placed = tuple[Locus, Change]
"""A change, and where it is."""
# Above this share of pairs of old plays that differ, a value is taken for a random one. A race between two
# outcomes differs in at most 6 of 11 pairs, however it falls.
_RANDOM = 0.7
# Of a call record: the application that the channel was in, which the next one follows within a millisecond.
_ENDED_IN = frozenset({"LastApplication", "LastData"})


@dataclass(frozen=True, slots=True)
class Volatile:
    """Where the plays of one release differ from each other: what is seen there is no part of a fingerprint."""

    old: frozenset[Locus] = frozenset()
    candidate: frozenset[Locus] = frozenset()


@dataclass(frozen=True, slots=True)
class Doubt:
    """A change that only the candidate shows and that is not decided, and which plays show it."""

    change: Change
    shows: Shows


@dataclass(frozen=True, slots=True)
class Sifted:
    """Changes by what they prove.

    `kept` need a rule. `noise` is what the old release shows by itself. `unstable` are final results (a status, a
    hangup, a lost call) on which the old release does not agree with itself: no regression by that alone, and
    never silently dropped. `wavering` come and go on the candidate, or come in a crowd only. `doubts` are all that
    more plays would tell more about, kept ones among them.
    """

    kept: tuple[Change, ...]
    noise: tuple[Change, ...] = ()
    unstable: tuple[Change, ...] = ()
    wavering: tuple[Doubt, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    volatile: Volatile = Volatile()


def sift(
    old: Sequence[Normal],
    again: Sequence[Normal],
    candidates: Sequence[Normal],
    tolerances: Tolerances,
    *,
    alone: Sequence[bool] = (),
) -> Sifted:
    """Split the changes between old and candidate by what all plays show of them.

    A play of the candidate shows a change where it is one against every play of old and again. `alone` says of
    each play of the candidate whether nothing else played then; without it, all were in a crowd. A warning that
    something is deprecated counts when one play shows it: Asterisk gives it once in its life.
    """
    olds = (*old, *again)
    pairs = _Pairs((*olds, *candidates), tolerances)
    within = pairs.differing(chain(combinations(old, 2), combinations(again, 2)))
    across = pairs.differing(product(old, again))
    against = [[_without_lost_warnings(pairs.between(one, new)) for one in olds] for new in candidates]
    rows = [tuple(map(_loci, row)) for row in against]
    random, unsteady = _random(within, across), frozenset().union(*within, *across)
    crowd = tuple(alone) or (False,) * len(candidates)
    found = [
        (_standing_of(locus, doubt, random, unsteady), locus, doubt)
        for locus, change in _first_shown(against, rows)
        for doubt in (Doubt(change, _shows(locus, rows, crowd)),)
    ]
    dropped = [doubt.change for is_, _, doubt in found if is_ is Standing.SHARED]
    return Sifted(
        _whole(_in_order(against[0][0], {locus: doubt.change for is_, locus, doubt in found if is_.counts})),
        tuple(change for change in dropped if not is_final(change)),
        tuple(change for change in dropped if is_final(change)),
        tuple(doubt for is_, _, doubt in found if is_ is not Standing.SHARED and not is_.counts),
        tuple(doubt for is_, _, doubt in found if is_ not in (Standing.SHARED, Standing.DECIDED)),
        Volatile(unsteady, frozenset().union(*pairs.differing(combinations(candidates, 2)))),
    )


def _in_order(first: Sequence[_Placed], kept: Mapping[Locus, Change]) -> Sequence[Change]:
    """What the first play shows, as it shows it, then the rest by place."""
    later = kept.keys() - _loci(first)
    return [*(change for locus, change in first if locus in kept), *(kept[locus] for locus in sorted(later))]


def _standing_of(locus: Locus, doubt: Doubt, random: frozenset[Locus], unsteady: frozenset[Locus]) -> Standing:
    """Where old does not agree with itself, what comes and goes on the candidate is no other thing, unless a call
    ends in a way that old never shows. Nor is it what is late because of the crowd alone."""
    found = standing(doubt.shows)
    if locus in random or (_grows_with_load(doubt.change) and is_of_load(doubt.shows)):
        return Standing.SHARED
    if doubt.change.event == DEPRECATED and any(doubt.shows.candidate):
        return Standing.DECIDED
    wavers = found in (Standing.CROWD, Standing.NOW_AND_THEN)
    is_chance = locus in unsteady or is_of_an_instant(doubt.change)
    return Standing.SHARED if wavers and is_chance and not is_final(doubt.change) else found


def _grows_with_load(change: Change) -> bool:
    """Whether a busy machine makes it longer, or makes Asterisk say so."""
    if change.surface == "log":
        return any(is_of_a_busy_machine(message) for message in _messages(change))
    return all(isinstance(side, Seconds) for side in change.sides)


def is_of_an_instant(change: Change) -> bool:
    """Whether a busy machine changes it: in which order things come, what a lamp shows in passing, what Asterisk
    makes of snapshots (whether a channel that ends is still there to be described or told of), whether it is asked
    to end before it does, which application a hangup ends, whether it comes while something is written, and how
    far a variable that follows the bridge has come by then.
    """
    if change.kind not in ("added", "removed"):
        is_last = change.surface == "cdr" and change.field in _ENDED_IN
        follows = is_kept_up(change.event.rpartition(" ")[2])
        return change.kind == "moved" or change.surface == "lamp" or is_last or follows
    return (
        change.surface == "lamp"
        or change.field in SNAPSHOT
        or change.event.rpartition(" ")[2] in OF_AN_INSTANT
        or (change.surface == "log" and any(map(is_of_a_hangup, _messages(change))))
    )


def _messages(change: Change) -> Iterator[str]:
    """What the lines of the log say."""
    held = (held_value(side, "Message") for side in change.sides)
    return (message for message in held if isinstance(message, str))


def _shows(locus: Locus, rows: Sequence[Sequence[frozenset[Locus]]], alone: Sequence[bool]) -> Shows:
    """Which of the candidate's plays differ there from all of old that can be compared there with it."""
    shown, olds = [], [1]
    for row in rows:
        here = [locus in found for found in row]
        shown.append(any(here) and (all(here) or _is_hidden_elsewhere(locus, here, row)))
        olds.append(sum(here) if shown[-1] else 0)
    return Shows(tuple(shown), tuple(alone), max(olds) if any(shown) else len(rows[0]))


def _is_hidden_elsewhere(locus: Locus, here: Sequence[bool], row: Sequence[frozenset[Locus]]) -> bool:
    """Whether all plays of old that do not differ there have nothing there that could."""
    wider = _wider(locus)
    return all(has or wider & found for has, found in zip(here, row, strict=True))


def _wider(locus: Locus) -> frozenset[Locus]:
    """Where a difference would hide one at this place: the whole of the thing, or of its channel, is not there."""
    surface, subject, event, part = locus
    things = {("call", subject, CHANNEL, ""), (surface, subject, event, "")} if subject else set()
    return frozenset(things - {locus}) if part or event != CHANNEL else frozenset()


def _first_shown(
    against: Sequence[Sequence[Sequence[_Placed]]], rows: Sequence[Sequence[frozenset[Locus]]]
) -> Iterable[_Placed]:
    """A change for each place: of the first play that differs there from most of old."""
    every: dict[Locus, tuple[int, Change]] = {}
    for found, row in zip(against, rows, strict=True):
        often = Counter(chain.from_iterable(row))
        for locus, change in chain.from_iterable(found):
            if locus not in every or often[locus] > every[locus][0]:
                every[locus] = often[locus], change
    return ((locus, change) for locus, (_, change) in every.items())


def _whole(kept: Iterable[Change]) -> tuple[Change, ...]:
    """Changes, those of lines of one text together again."""
    joined: dict[object, list[Change]] = {}
    for change in kept:
        text = (change.subject, change.event, change.field, change.seen)
        joined.setdefault(id(change) if change.at < 0 else text, []).append(change)
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


@dataclass(frozen=True, slots=True, eq=False)
class _Telling:
    """A stream, as the first play that tells so has it: wherever and whenever each thing was."""

    facts: tuple[Fact, ...]
    told: tuple[Told, ...]
    bag: bool


class _Pairs:
    """What differs between plays, two by two.

    Streams, and plays, that tell the same are compared with others once. A change has the places of the first.
    """

    def __init__(self, plays: Sequence[Normal], tolerances: Tolerances) -> None:
        self._tolerances = tolerances
        self._tellings: dict[_Where, list[_Telling]] = {}
        self._plays: dict[int, Mapping[_Where, _Telling]] = {}
        self._streams: dict[tuple[_Where, _Telling | None, _Telling | None], Sequence[_Placed]] = {}
        self._known: dict[tuple[int, int], Sequence[_Placed]] = {}
        firsts: list[Mapping[_Where, _Telling]] = []
        for play in plays:
            told = {where: self._telling(where, facts, play) for where, facts in play.streams.items()}
            self._plays[id(play)] = next((one for one in firsts if one == told), told)
            firsts.append(told)

    def between(self, one: Normal, other: Normal) -> Sequence[_Placed]:
        """The changes from one play to another, and where each is."""
        old, new = self._plays[id(one)], self._plays[id(other)]
        if old is new:
            return ()
        pair = id(old), id(new)
        if pair not in self._known:
            self._known[pair] = tuple(self._changes(old, new))
        return self._known[pair]

    def differing(self, pairs: Iterable[tuple[Normal, Normal]]) -> list[frozenset[Locus]]:
        """Of each pair where it differs."""
        return [_loci(self.between(one, other)) for one, other in pairs]

    def _telling(self, where: _Where, facts: tuple[Fact, ...], play: Normal) -> _Telling:
        told, bag = tuple(map(told_of, facts)), where in play.bags
        known = self._tellings.setdefault(where, [])
        if (found := next((one for one in known if one.told == told and one.bag == bag), None)) is None:
            known.append(found := _Telling(facts, told, bag))
        return found

    def _changes(self, old: Mapping[_Where, _Telling], new: Mapping[_Where, _Telling]) -> Iterator[_Placed]:
        both = {where: (old.get(where), new.get(where)) for where, _ in old.items() ^ new.items()}
        lone = tuple(lone_channels({where: (_facts(one), _facts(other)) for where, (one, other) in both.items()}))
        alone = {change.subject for change in lone}
        yield from self._placed(lone)
        for where in sorted(where for where in both if is_compared(where, alone)):
            stream = where, *both[where]
            if stream not in self._streams:
                self._streams[stream] = self._placed(self._of_stream(*stream))
            yield from self._streams[stream]

    def _of_stream(self, where: _Where, old: _Telling | None, new: _Telling | None) -> Iterator[Change]:
        bag = (old is not None and old.bag) or (new is not None and new.bag)
        return stream_changes([*stream_pairs(where, _facts(old), _facts(new), bag=bag)], self._tolerances.seconds)

    def _placed(self, found: Iterable[Change]) -> Sequence[_Placed]:
        return [(change.locus, change) for change in tolerated(found, self._tolerances)]


def _facts(telling: _Telling | None) -> tuple[Fact, ...]:
    return telling.facts if telling else ()


def _without_lost_warnings(found: Iterable[_Placed]) -> Sequence[_Placed]:
    """Asterisk gives a warning that something is deprecated once in its life, in whatever call comes first."""
    return [placed for placed in found if placed[1].event != DEPRECATED or placed[1].kind != "removed"]


def _loci(found: Iterable[_Placed]) -> frozenset[Locus]:
    return frozenset([locus for locus, _ in found])


def _random(within: Sequence[frozenset[Locus]], across: Sequence[frozenset[Locus]]) -> frozenset[Locus]:
    """Values that are others in most plays, or that each instance has for itself (a name, a number of its own)."""
    pairs = (*within, *across)
    counts = Counter(chain.from_iterable(pairs))
    often = frozenset(locus for locus, count in counts.items() if count > _RANDOM * len(pairs))
    return often.union(frozenset.intersection(*across) if across else ())
