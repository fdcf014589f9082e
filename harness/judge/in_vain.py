"""What a scenario asked for in vain on every instance: the scenario is wrong, and not a release. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from harness.model import IN_VAIN, INSTANCES, InstanceName, Step, Trace

__all__ = ["asked_in_vain"]


def asked_in_vain(traces: Mapping[InstanceName, Sequence[Trace]]) -> str:
    """The first thing that the first play on each instance asked for in vain, in words; empty where there is none.

    What one release alone refuses is a difference between them, and told as such.
    """
    first, *others = ([*_vain(traces[name][0])] for name in INSTANCES)
    everywhere = (step for step in first if all(step["What"] in _whats(other) for other in others))
    return next(map(_words, everywhere), "")


def _vain(trace: Trace) -> Iterator[Mapping[str, str]]:
    for seen in trace.observations:
        if isinstance(seen, Step) and seen.name == IN_VAIN:
            yield dict(seen.details)


def _whats(steps: Sequence[Mapping[str, str]]) -> set[str]:
    return {step["What"] for step in steps}


def _words(step: Mapping[str, str]) -> str:
    place = f" ({step['Place']})" if step["Place"] else ""
    return f"{step['What']}: {step['Why']}{place}"
