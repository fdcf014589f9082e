"""What is told of a channel and nothing of the dialplan reads: how an application ended after the hang-up.

A caller who hangs up in a prompt leaves PLAYBACKSTATUS as SUCCESS on one release and FAILED on another. Only what
runs after that on the channel can read it: its `h` extension and its hang-up handlers. What chan_sip sets on every
channel (SIPCALLID) is read where the dialplan speaks of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from harness.asterisk.dialplan.show import Dialplan
from harness.asterisk.volatile import is_of_technology, is_status
from harness.judge.normalise.facts import Fact

__all__ = ["without_unread"]

_TELLS = re.compile(r"(?:.* )?(?:VarSet|ARI ChannelVarset) (?P<variable>\S+)")
_PUSHED = re.compile(r"hangup_handler_(?:push|wipe)\)=(?P<where>[^()]*)")
_LAST = "h"
_SETTERS = frozenset({"Set", "MSet"})

Streams = Mapping[tuple[str, str], Sequence[Fact]]
_Runs = Sequence[Fact]


def without_unread(streams: Streams, dialplan: Dialplan | None) -> Mapping[tuple[str, str], tuple[Fact, ...]]:
    """The streams, with the layer `path` for all that nothing reads.

    Without the `dialplan` it is taken to be read wherever something runs after the hang-up.
    """
    runs = {subject: facts for (subject, stream), facts in streams.items() if stream == "path"}
    return {where: tuple(_weighed(facts, runs.get(where[0], ()), dialplan)) for where, facts in streams.items()}


def _weighed(facts: Iterable[Fact], runs: _Runs, dialplan: Dialplan | None) -> Iterator[Fact]:
    for fact in facts:
        told = _TELLS.fullmatch(fact.event)
        unread = told and fact.layer != "path" and _is_unread(fact, told["variable"], runs, dialplan)
        yield replace(fact, layer="path") if unread else fact


def _is_unread(fact: Fact, variable: str, runs: _Runs, dialplan: Dialplan | None) -> bool:
    if is_of_technology(variable):
        return _is_nowhere(variable, dialplan)
    if not is_status(variable) or _is_set_by_the_site(fact, runs):
        return False
    later = [run for run in runs if run.seen > fact.seen]
    return _is_over(runs, later) and not any(_reads(run, variable, dialplan) for run in later)


def _is_set_by_the_site(fact: Fact, runs: _Runs) -> bool:
    """Whether the dialplan sets it, for a purpose that may lie outside of it."""
    before = max((run for run in runs if run.seen < fact.seen), key=lambda run: run.seen, default=None)
    return before is not None and dict(before.fields).get("Application") in _SETTERS


def _is_nowhere(variable: str, dialplan: Dialplan | None) -> bool:
    priorities = dialplan.priorities() if dialplan else ()
    return not any(variable in priority.application for priority in priorities)


def _is_over(runs: _Runs, later: _Runs) -> bool:
    """Whether what runs later on the channel does so because it was hung up; or nothing runs any more."""
    if not later or later[0].spot is None:
        return not later
    context, extension, _ = later[0].spot
    return extension == _LAST or any(context in where.split(",") for where in _handlers(runs))


def _handlers(runs: _Runs) -> Iterator[str]:
    for run in runs:
        for _, value in run.fields:
            if isinstance(value, str) and (pushed := _PUSHED.search(value)):
                yield pushed["where"]


def _reads(run: Fact, variable: str, dialplan: Dialplan | None) -> bool:
    """Whether a priority, as it is written, has the variable in it, or one whose name it puts together."""
    written = dialplan.find(*run.spot, ran=_ran(run)) if dialplan and run.spot else None
    return written is None or variable in written.application or "${${" in written.application


def _ran(run: Fact) -> str:
    has = dict(run.fields)
    return f"{has.get('Application', '')}({has.get('AppData', '')})"
