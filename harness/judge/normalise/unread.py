"""What is told of a channel and nothing of the dialplan reads: how an application ended after the hang-up.

A caller who hangs up in a prompt leaves PLAYBACKSTATUS as SUCCESS on one release and FAILED on another. Only what
runs after that on the channel can read it: its `h` extension and its hang-up handlers. What chan_sip sets on every
channel (SIPCALLID) is read where the dialplan speaks of it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter

from msgspec.structs import replace

from harness.asterisk.dialplan.show import Dialplan
from harness.asterisk.volatile import is_of_technology, is_status
from harness.judge.normalise.facts import Fact

__all__ = ["without_unread"]

_TELLS = re.compile(r"(?:.* )?(?:VarSet|ARI ChannelVarset) (?P<variable>\S+)")
_PUSHED = re.compile(r"hangup_handler_(?:push|wipe)\)=(?P<where>[^()]*)")
_EVENT = attrgetter("event")
_LAST = "h"
_SETTERS = frozenset({"Set", "MSet"})

Streams = Mapping[tuple[str, str], Sequence[Fact]]


def without_unread(streams: Streams, dialplan: Dialplan | None) -> Mapping[tuple[str, str], tuple[Fact, ...]]:
    """The streams, with the layer `path` for all that nothing reads.

    Without the `dialplan` it is taken to be read wherever something runs after the hang-up.
    """
    ways = {subject: _Way(facts) for (subject, stream), facts in streams.items() if stream == "path"}
    none = _Way(())
    return {
        where: tuple(
            _weighed(facts, ways.get(where[0], none), dialplan)
            if any(map(_variable, map(_EVENT, facts)))
            else facts
        )
        for where, facts in streams.items()
    }


@lru_cache(4096)
def _variable(event: str) -> str:
    """The variable that an event tells of; empty for all others."""
    told = _TELLS.fullmatch(event)
    return told["variable"] if told else ""


class _Way:
    """What one channel ran, in order. A way may be long: all that is asked of a place in it takes no time."""

    __slots__ = ("_numbers", "_over", "_readers", "runs")

    def __init__(self, runs: Sequence[Fact]) -> None:
        self.runs = runs
        self._readers: dict[str, int] = {}
        self._numbers = [run.seen for run in runs]
        self._over = {context for run in runs for context in _handlers(run)}

    def split(self, number: int) -> int:
        """How much ran before an observation."""
        return bisect_left(self._numbers, number)

    def is_over(self, at: int) -> bool:
        """Whether what runs from there on does so because the channel was hung up; or nothing runs any more."""
        spot = self.runs[at].spot if at < len(self.runs) else None
        return at >= len(self.runs) or (spot is not None and (spot[1] == _LAST or spot[0] in self._over))

    def last_reader(self, variable: str, dialplan: Dialplan | None) -> int:
        """Where a variable is read for the last time; -1 for nowhere."""
        if variable not in self._readers:
            reading = (at for at, run in enumerate(self.runs) if _reads(run, variable, dialplan))
            self._readers[variable] = max(reading, default=-1)
        return self._readers[variable]


def _weighed(facts: Iterable[Fact], way: _Way, dialplan: Dialplan | None) -> Iterator[Fact]:
    for fact in facts:
        variable = _variable(fact.event)
        unread = variable and fact.layer != "path" and _is_unread(fact, variable, way, dialplan)
        yield replace(fact, layer="path") if unread else fact


def _is_unread(fact: Fact, variable: str, way: _Way, dialplan: Dialplan | None) -> bool:
    if is_of_technology(variable):
        return _is_nowhere(variable, dialplan)
    at = way.split(fact.seen)
    if not is_status(variable) or not way.is_over(at) or (at and _sets(way.runs[at - 1])):
        return False
    return way.last_reader(variable, dialplan) < at


def _sets(run: Fact) -> bool:
    """Whether the dialplan itself sets something there, for a purpose that may lie outside of it."""
    return dict(run.fields).get("Application") in _SETTERS


def _is_nowhere(variable: str, dialplan: Dialplan | None) -> bool:
    priorities = dialplan.priorities() if dialplan else ()
    return not any(variable in priority.application for priority in priorities)


def _handlers(run: Fact) -> Iterator[str]:
    """Contexts that a priority makes run at the hang-up."""
    for _, value in run.fields:
        if isinstance(value, str) and (pushed := _PUSHED.search(value)):
            yield from pushed["where"].split(",")


def _reads(run: Fact, variable: str, dialplan: Dialplan | None) -> bool:
    """Whether a priority, as it is written, has the variable in it, or one whose name it puts together."""
    written = dialplan.find(*run.spot, ran=_ran(run)) if dialplan and run.spot else None
    return written is None or variable in written.application or "${${" in written.application


def _ran(run: Fact) -> str:
    has = dict(run.fields)
    return f"{has.get('Application', '')}({has.get('AppData', '')})"
