"""Trace → facts: what counts of each observation, with stable names, sorted into sequences.

A *stream* is a sequence in which order means something: what one channel did of one kind. Events of different
streams overtake each other on every run, even on one release, so nothing is said about their order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from harness.judge.normalise.agi import AgiReader
from harness.judge.normalise.aliases import Aliases, aliases_of
from harness.judge.normalise.ami import AmiReader
from harness.judge.normalise.app import AppReader
from harness.judge.normalise.ari import AriReader
from harness.judge.normalise.facts import DEPRECATED, Fact, Normal, Reader, Whereabouts
from harness.model import Observation, Trace

__all__ = ["normalise"]

_LEVELS = ("WARNING", "ERROR")
_DEPRECATED = re.compile(r"(?i)\bdeprecated\b|should be updated to use")


def normalise(trace: Trace) -> Normal:
    """What counts of a trace. Depends on nothing but the trace."""
    streams: dict[tuple[str, str], list[Fact]] = {}
    bags: set[tuple[str, str]] = set()
    aliases = aliases_of(trace)
    readers = _Readers(aliases)
    read = (
        (replace(fact, seen=number), bag)
        for number, observation in enumerate(trace.observations)
        for fact, bag in readers.read(observation)
    )
    for fact, bag in chain(read, readers.end()):
        where = (fact.subject, fact.stream)
        streams.setdefault(where, []).append(fact)
        if bag:
            bags.add(where)
    streams["", "ending"] = [_ending(trace, aliases)]
    return Normal({where: tuple(facts) for where, facts in streams.items()}, frozenset(bags))


class _Readers:
    """One reader for each kind of observation. All know where in the dialplan each channel is."""

    __slots__ = ("_ami", "_app", "_by_via")

    def __init__(self, aliases: Aliases) -> None:
        whereabouts = Whereabouts(aliases)
        self._ami = AmiReader(aliases, whereabouts)
        self._app = AppReader(aliases, whereabouts)
        self._by_via: dict[str, Reader] = {
            "ami": self._ami,
            "agi": AgiReader(aliases, whereabouts),
            "app": self._app,
            "ari": AriReader(aliases, whereabouts),
            "log": _LogReader(aliases, whereabouts),
            "state": _StateReader(aliases),
        }

    def read(self, observation: Observation) -> Iterator[tuple[Fact, bool]]:
        """The facts that an observation amounts to, and whether order is without meaning for them."""
        if observation.via == "step":
            self._ami.ask(observation)
        elif observation.raw.startswith("Event:"):  # from the log as well: which sound was played
            self._app.happened(observation)
            yield from self._ami.read(observation)
        else:
            yield from self._by_via[observation.via].read(observation)

    def end(self) -> Iterator[tuple[Fact, bool]]:
        """What only the whole trace says."""
        return self._app.end()


class _LogReader:
    """Warnings and errors of Asterisk's log."""

    def __init__(self, aliases: Aliases, whereabouts: Whereabouts) -> None:
        self._aliases = aliases
        self._whereabouts = whereabouts

    def read(self, observation: Observation) -> Iterator[tuple[Fact, bool]]:
        level = observation.get("Level")
        if level in _LEVELS:
            message = observation.get("Message")
            kind = DEPRECATED if _DEPRECATED.search(message) else f"log {level}"
            said = (("Message", self._aliases.text(message)),)
            yield Fact("", "log", kind, said, "log", "effect", spot=self._whereabouts.last), True


class _StateReader:
    """What was asked after the scenario."""

    def __init__(self, aliases: Aliases) -> None:
        self._aliases = aliases

    def read(self, observation: Observation) -> Iterator[tuple[Fact, bool]]:
        pairs = tuple((name, self._aliases.text(value)) for name, value in observation.headers)
        subject = dict(pairs).get("Name", "")
        fields = tuple(pair for pair in pairs if pair[0] != "Name")
        yield Fact(subject, "after", f"state {subject}", fields, "state", "effect"), False


def _ending(trace: Trace, aliases: Aliases) -> Fact:
    """How the play ended, as a fact like the others: an expectation can waver as well."""
    result = aliases.text(trace.problem) or trace.ending.value
    return Fact("", "ending", "expectation", (("Result", result),), "expectation", "effect")
