"""How often plays show a difference → whether it is decided, and which play would tell more. Pure.

A difference is decided when Fisher's exact test over all plays, crowded and alone, says that so many of them fall
to the candidate by chance in less than one of a hundred cases. Where the candidate always shows it and the old
release never, that is after three replays.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import lru_cache
from math import comb

__all__ = ["NextPlay", "Shows", "Standing", "chance", "is_of_load", "next_of", "next_play", "standing", "times"]

_CERTAIN = 0.01
# So many plays in a row that do not show it any more, and it is chance that no budget decides. What old has never
# shown gets more where no crowd is needed for it: a race that both have is as rare on old.
_PATIENCE, _LONG_PATIENCE = 5, 11
_LONE = 3
# So many that do not: it took longer because all played at once.
_LOAD_PATIENCE = 3


class Standing(StrEnum):
    """What is known of a difference.

    `decided`: no chance. `always`: each play of the candidate shows it and none of old, too few to be decided.
    `crowd`: the candidate shows it among other scenarios, and never alone. `now and then`: it comes and goes on
    the candidate. `shared`: the old release shows it as well, or the candidate does not.
    """

    DECIDED = "decided"
    ALWAYS = "always"
    CROWD = "crowd"
    NOW_AND_THEN = "now and then"
    SHARED = "shared"

    @property
    def counts(self) -> bool:
        """Whether it is a difference between the releases, by all that was played."""
        return self in (Standing.DECIDED, Standing.ALWAYS)


class NextPlay(IntEnum):
    """The play that would tell more, what is asked for first at the top.

    `alone`: nothing else plays. `crowd`: among as many as at first. `any`: alone or beside others, each tells as
    much: what every play shows needs no crowd. `enough`: none.
    """

    ALONE = 0
    CROWD = 1
    ANY = 2
    ENOUGH = 3


@dataclass(frozen=True, slots=True)
class Shows:
    """Which plays show one difference: of the candidate each in order, and whether it was alone then.

    `olds` counts the plays of the old release (old and again) that it was compared with, `old` those that show it.
    """

    candidate: tuple[bool, ...]
    alone: tuple[bool, ...]
    olds: int
    old: int = 0

    @property
    def in_lone_play(self) -> bool:
        """Whether a play shows it in which nothing else played."""
        return any(shown and alone for shown, alone in zip(self.candidate, self.alone, strict=True))

    @property
    def in_crowd(self) -> bool:
        """Whether a play among other scenarios shows it."""
        return any(shown and not alone for shown, alone in zip(self.candidate, self.alone, strict=True))

    @property
    def since(self) -> int:
        """How many plays came after the last that shows it."""
        return next((n for n, shown in enumerate(reversed(self.candidate)) if shown), len(self.candidate))


def chance(shows: Shows) -> float:
    """How probable it is that chance gives the candidate at least so many of the plays that show it.

    Fisher's exact test, one-sided.
    """
    plays, of, shown = len(shows.candidate), shows.olds, sum(shows.candidate)
    every = shown + shows.old
    ways = sum(comb(plays, k) * comb(of, every - k) for k in range(shown, min(plays, every) + 1))
    return ways / comb(plays + of, every)


@lru_cache(4096)
def standing(shows: Shows) -> Standing:
    """What is known by now."""
    if not any(shows.candidate):
        return Standing.SHARED
    if any(shows.alone) and not shows.in_lone_play:
        return Standing.CROWD
    if chance(shows) < _CERTAIN:
        return Standing.DECIDED
    if shows.old:
        return Standing.SHARED
    return Standing.ALWAYS if all(shows.candidate) else Standing.NOW_AND_THEN


def is_of_load(shows: Shows) -> bool:
    """Whether something takes longer because of the crowd alone, as a busy machine makes it: undecided, in no lone
    play, and not any more.
    """
    is_crowd = standing(shows) is Standing.CROWD
    return is_crowd and shows.since >= _LOAD_PATIENCE and chance(shows) >= _CERTAIN


@lru_cache(4096)
def next_play(shows: Shows) -> NextPlay:
    """Which play would tell more about a difference."""
    patience = _LONG_PATIENCE if shows.in_lone_play and not shows.old else _PATIENCE
    if not any(shows.candidate) or chance(shows) < _CERTAIN or shows.since >= patience:
        return NextPlay.ENOUGH
    if all(shows.candidate):
        return NextPlay.ANY
    if not shows.in_lone_play:  # the more often the crowd shows it, the more it says that no lone play does
        return NextPlay.ALONE if sum(shows.alone) < min(_LONE, sum(shows.candidate)) else NextPlay.CROWD
    return NextPlay.ANY if shows.in_crowd or all(shows.alone) else NextPlay.ALONE


def next_of(every: Iterable[Shows]) -> NextPlay:
    """Which play would tell more about the first of several that is not decided."""
    return min(map(next_play, every), default=NextPlay.ENOUGH)


def times(shows: Shows) -> str:
    """How often, in words: `in 1 of 6 plays, and in none of 12 on the old release`; where only a crowd shows it,
    `in 1 of 4 plays with other scenarios, in none of 2 alone, and in none of 12 on the old release`.
    """
    shown, plays, lone = sum(shows.candidate), len(shows.candidate), sum(shows.alone)
    old = f"and in {shows.old or 'none'} of {shows.olds} on the old release"
    if standing(shows) is Standing.CROWD:
        return f"in {shown} of {plays - lone} plays with other scenarios, in none of {lone} alone, {old}"
    return f"in {shown} of {plays} plays, {old}"
