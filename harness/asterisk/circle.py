"""A dialplan that goes in a circle: the same priorities over and over, without a wait and without an end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from harness.model import AmiPacket, Seen, Spot

__all__ = ["goes_round", "repeated"]

_OURS = "harness-"  # the contexts of the harness's own legs, which stay on the line
_OFTEN = 0.5
_TIMES = 40
_EACH = 0.04
"""Seconds of one turn. Who waits for something, a digit, a prompt's end, takes longer; a busy machine does not."""


def repeated(seen: Sequence[Seen]) -> tuple[Spot, int] | None:
    """The first of those priorities that ran most often, and how often; None where none ran over and over."""
    counts = Counter(spot for _, spot in _ran(seen))
    most = max(counts.values(), default=0)
    first = next((spot for spot, count in counts.items() if count > 2 and count >= most * _OFTEN), None)
    return (first, counts[first]) if first else None


def goes_round(seen: Sequence[Seen]) -> bool:
    """Whether a call went in a circle, at full speed, until it was hung up."""
    ran = tuple(_ran(seen))
    counts = Counter(spot for _, spot in ran)
    if max(counts.values(), default=0) < _TIMES:
        return False
    most = max(counts, key=lambda spot: counts[spot])
    turns = sorted(after - before for before, after in pairwise(at for at, spot in ran if spot == most))
    last = next(spot for _, spot in reversed(ran) if spot[1] != "h")
    return turns[len(turns) // 2] < _EACH and counts[last] >= counts[most] * _OFTEN


def _ran(seen: Iterable[Seen]) -> Iterable[tuple[float, Spot]]:
    for one in seen:
        if isinstance(one, AmiPacket) and one.event == "Newexten" and not one.get("Context").startswith(_OURS):
            extension = one.get("Extension") or one.get("Exten")
            yield one.at, (one.get("Context"), extension, one.get("Priority"))
