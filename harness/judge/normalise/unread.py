"""How an application ended, told of a channel that has been hung up, where nothing of the dialplan reads it.

A caller who hangs up in a prompt leaves PLAYBACKSTATUS as SUCCESS on one release and FAILED on another. Only what
runs after that on the channel can read it: its `h` extension and its hang-up handlers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from harness.asterisk.dialplan.show import Dialplan
from harness.asterisk.volatile import is_status
from harness.judge.normalise.facts import Fact

__all__ = ["without_unread"]

_TELLS = re.compile(r"(?:.* )?(?:VarSet|ARI ChannelVarset) (?P<variable>\S+)")
_PUSHED = re.compile(r"hangup_handler_(?:push|wipe)\)=(?P<where>[^()]*)")
_LAST = "h"

Streams = Mapping[tuple[str, str], Sequence[Fact]]
_Runs = Sequence[Fact]


def without_unread(streams: Streams, dialplan: Dialplan | None) -> Mapping[tuple[str, str], tuple[Fact, ...]]:
    """The streams, with the layer `path` for every status that nothing reads.

    Without the `dialplan` it is taken to be read wherever something runs after the hang-up.
    """
    runs = {subject: facts for (subject, stream), facts in streams.items() if stream == "path"}
    return {where: tuple(_weighed(facts, runs.get(where[0], ()), dialplan)) for where, facts in streams.items()}


def _weighed(facts: Iterable[Fact], runs: _Runs, dialplan: Dialplan | None) -> Iterator[Fact]:
    for fact in facts:
        told = _TELLS.fullmatch(fact.event)
        if told and fact.layer != "path" and is_status(told["variable"]):
            later = [run for run in runs if run.seen > fact.seen]
            read = not _is_over(runs, later) or any(_reads(run, told["variable"], dialplan) for run in later)
            fact = fact if read else replace(fact, layer="path")
        yield fact


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
