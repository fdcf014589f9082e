"""What the log says of no call while scenarios are played is judged as a scenario is, after the last of them."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.ask.baseline import load_baseline
from harness.judge import Plays
from harness.model import InstanceName, LogLine, Seen, Trace, without_numbers
from harness.record.no_call import NO_CALL
from harness.record.store import TraceWriter
from harness.stages.collect import Share
from harness.stages.play import judge_aside
from harness.stages.results import Results

if TYPE_CHECKING:
    from harness.stages.boot import Booted

__all__ = ["judge_log", "no_call_plays"]

_OF_A_STANDIN = " on registration attempt to 'sip:"
"""What a provider's stand-in answers to a registration, and when, is the lab's doing and no release's."""


def no_call_plays(traces: Mapping[InstanceName, Trace]) -> Plays:
    """What was logged of no call on each instance, in the form in which it is judged."""
    return Plays(
        id=NO_CALL,
        traces={name: (trace,) for name, trace in traces.items()},
        suite="log",
        title="Asterisk warns of nothing new while scenarios are played",
    )


async def judge_log(booted: Booted, results: Results) -> Results:
    """A kind of line that the candidate has and neither old nor its own stock configuration is a finding.

    It cannot be played again: a line of no call is no scenario's. What any instance said at its start says nothing
    when it comes later; where something broke, that is what is told. Where nothing differs there is no result.
    """
    if booted.scheduler is None or booted.scheduler.broken:
        return results
    logs = await booted.scheduler.log_of_no_call()
    traces = {name: _without(trace, ()) for name, trace in logs.items()}
    traces["candidate"] = _without(traces["candidate"], booted.scheduler.said_at_start)
    if _texts(traces["candidate"]) - _texts(traces["old"]) - _texts(traces["again"]):
        stock = await asyncio.to_thread(load_baseline, booted.trio.candidate.release)
        known = frozenset(without_numbers(line.message) for line in stock)
        traces["candidate"] = _without(traces["candidate"], known)
    judged = await judge_aside(no_call_plays(traces), results.maps, booted.site.severities)
    if not judged.result.findings:
        return results
    with TraceWriter(booted.prepared.traces) as writer:
        writer.keep(*(replace(trace, play=_number(booted.share)) for trace in traces.values()))
    return results.with_judged(judged)


def _texts(trace: Trace) -> frozenset[str]:
    return frozenset(without_numbers(seen.message) for seen in trace.observations if isinstance(seen, LogLine))


def _without(trace: Trace, known: Collection[str]) -> Trace:
    """Without lines that are known, whatever numbers they have, and those of stand-ins."""
    kept = (seen for seen in trace.observations if not _is_known(seen, known))
    return replace(trace, observations=tuple(kept))


def _is_known(seen: Seen, known: Collection[str]) -> bool:
    if not isinstance(seen, LogLine):
        return False
    return _OF_A_STANDIN in seen.message or without_numbers(seen.message) in known


def _number(share: Share) -> int:
    """Which play of the site's shares it was, one and the same for one share: each has a trace of its own."""
    return zlib.crc32(min(scenario.id for scenario in share.scenarios).encode("utf-8", "surrogateescape"))
