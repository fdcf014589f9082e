"""Trace → facts: what counts of each observation, with stable names, sorted into sequences.

A *stream* is a sequence in which order means something: what one channel did of one kind. Events of different
streams overtake each other on every run, even on one release, so nothing is said about their order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from harness.asterisk.dialplan.show import Dialplan
from harness.judge.normalise.agi import AgiReader
from harness.judge.normalise.aliases import aliases_of
from harness.judge.normalise.ami import AmiReader
from harness.judge.normalise.app import AppReader
from harness.judge.normalise.ari import AriReader
from harness.judge.normalise.facts import Fact, Facts, Normal, Whereabouts, fact
from harness.judge.normalise.lamps import LAMPS, LampReader
from harness.judge.normalise.log import LogReader
from harness.judge.normalise.masks import Masks
from harness.judge.normalise.unread import without_unread
from harness.judge.normalise.written import RECORD, WrittenReader
from harness.model import (
    AgiLine,
    AmiPacket,
    AppLife,
    AppSaid,
    AriAnswer,
    AriEvent,
    LogLine,
    Playback,
    State,
    Step,
    Trace,
    Written,
)

__all__ = ["normalise", "own_legs"]

_STATE = "state"


def normalise(trace: Trace, dialplan: Dialplan | None = None) -> Normal:
    """What counts of a trace. `dialplan` is that of its instance: it says which variables are read."""
    streams: dict[tuple[str, str], list[Fact]] = {}
    bags: set[tuple[str, str]] = set()
    ours = own_legs(trace)
    masks = Masks(aliases_of(trace), ours)
    for seen, bag in _Readers(masks).read(trace):
        fact_ = _of_own_leg(seen) if seen.subject in ours else seen
        if fact_ is None:
            continue
        where = (fact_.subject, fact_.stream)
        streams.setdefault(where, []).append(fact_)
        if bag:
            bags.add(where)
    streams["", "ending"] = [_ending(trace, masks)]
    return Normal(without_unread(streams, dialplan), frozenset(bags))


def _of_own_leg(seen: Fact) -> Fact | None:
    """What the caller gets: ringing, an answer, an end. How it ended is told of the other half."""
    if seen.stream != _STATE:
        return None
    return seen if seen.event == "Newstate" else replace(seen, fields=())


def own_legs(trace: Trace) -> frozenset[str]:
    """Names of the halves of calls that the harness placed: of `caller` and `caller;2` the first."""
    names = {name for _, name in trace.roles}
    return frozenset(name for name in names if f"{name};2" in names)


class _Readers:
    """One reader for each type of observation. All know where in the dialplan each channel is."""

    __slots__ = ("_ami", "_app", "_ari", "_lamps", "_log", "_masks", "_scripts", "_written")

    def __init__(self, masks: Masks) -> None:
        whereabouts = Whereabouts(masks.aliases)
        self._masks = masks
        self._ami = AmiReader(masks, whereabouts)
        self._app = AppReader(masks, whereabouts)
        self._ari = AriReader(masks, whereabouts)
        self._lamps = LampReader(masks, whereabouts)
        self._log = LogReader(masks, whereabouts)
        self._scripts = AgiReader(masks, whereabouts)
        self._written = WrittenReader(masks, whereabouts)

    def read(self, trace: Trace) -> Facts:
        """The facts that a trace amounts to, and whether order is without meaning for them."""
        # Each is given what its key says, which no type can express. Kept, it would hold its own holder in memory.
        by_type: Mapping[type, Callable[..., Facts]] = {
            AgiLine: self._scripts.read,
            AmiPacket: self._packet,
            AppLife: self._app.life,
            AppSaid: self._app.read,
            AriAnswer: self._ari.answer,
            AriEvent: self._ari.event,
            LogLine: self._log.line,
            Playback: self._log.playback,
            State: self._state,
            Step: self._step,  # what was asked for says how the answer is read
            Written: self._written.read,
        }
        for number, seen in enumerate(trace.observations):
            if read := by_type.get(type(seen)):
                yield from read(number, seen)
        yield from self._app.end()
        yield from self._lamps.end()

    def _packet(self, number: int, seen: AmiPacket) -> Facts:
        event = seen.event
        self._app.happened(event)
        if event in LAMPS:
            self._lamps.read(number, seen)
        elif event == RECORD:
            self._written.happened(seen)
        return self._ami.read(number, seen, event)

    def _step(self, _: int, seen: Step) -> Facts:
        (self._ari if seen.name == "ari" else self._ami).ask(seen)
        return iter(())

    def _state(self, number: int, seen: State) -> Facts:
        """What was asked after the scenario."""
        subject = self._masks.aliases.text(seen.name)
        asked = seen.name.partition(" ")[2]
        pairs = ((name, self._masks.variable(asked, value)) for name, value in seen.details)
        yield fact(subject, "after", f"state {subject}", pairs, "state", seen=number), False


def _ending(trace: Trace, masks: Masks) -> Fact:
    """How the play ended, as a fact like the others: an expectation can waver as well."""
    result = (("Result", masks.text(trace.problem) or trace.ending.value),)
    return fact("", "ending", "expectation", result, "expectation", seen=-1)
