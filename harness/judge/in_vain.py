"""What a scenario asked for in vain on every instance: the scenario is wrong, and not a release. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeGuard

from harness.asterisk.written_files import SOUND
from harness.model import IN_VAIN, INSTANCES, TALK, InstanceName, Seen, Step, Trace, Written

__all__ = ["asked_in_vain"]


def asked_in_vain(traces: Mapping[InstanceName, Sequence[Trace]]) -> str:
    """The first thing that the first play on each instance asked for in vain, in words; empty where there is none.

    What one release alone refuses is a difference between them, and told as such.
    """
    plays = [traces[name][0] for name in INSTANCES]
    first, *others = ([*_vain(trace)] for trace in plays)
    everywhere = (step for step in first if all(step["What"] in _whats(other) for other in others))
    return next(map(_words, everywhere), "") or _unheard(plays)


def _vain(trace: Trace) -> Iterator[Mapping[str, str]]:
    for seen in trace.observations:
        if isinstance(seen, Step) and seen.name == IN_VAIN:
            yield dict(seen.details)


def _unheard(plays: Sequence[Trace]) -> str:
    """A recording of what somebody said, in which nothing is, whoever plays it."""
    recorded = [[seen for seen in trace.observations if _is_recording(seen)] for trace in plays]
    if not all(map(_has_talk, plays)) or not all(recorded):
        return ""
    if any(dict(seen.details).get("Seconds") != "0.0" for found in recorded for seen in found):
        return ""
    return f"{recorded[0][0].path}: the recording holds no sound, on no instance, though somebody speaks"


def _is_recording(seen: Seen) -> TypeGuard[Written]:
    return isinstance(seen, Written) and seen.kind == SOUND


def _has_talk(trace: Trace) -> bool:
    return any(isinstance(seen, Step) and seen.name == TALK for seen in trace.observations)


def _whats(steps: Sequence[Mapping[str, str]]) -> set[str]:
    return {step["What"] for step in steps}


def _words(step: Mapping[str, str]) -> str:
    place = f" ({step['Place']})" if step["Place"] else ""
    return f"{step['What']}: {step['Why']}{place}"
