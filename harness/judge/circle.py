"""A scenario that did not come to an end: what it did over and over, and where the dialplan has that. Pure.

Its events were counted while it played, and beyond a number nothing was kept. Nothing of such a trace is compared:
it would differ in each event, and that it has no end says it all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from harness.asterisk.circle import repeated
from harness.judge.causes import Maps
from harness.judge.rules.rule import NamedRule
from harness.model import AmiPacket, Finding, LogLine, Place, Seen, Severity, Trace

__all__ = ["CIRCLE_RULE", "circle_finding", "circle_place", "circle_words"]

CIRCLE_RULE = NamedRule(
    "goes-in-a-circle",
    "On the candidate this call goes in a circle",
    Severity.BREAKING,
    "It was stopped at a number of events; it would use up the machine.",
    "Give the circle a way out (a count, a wait, a check of the status). If it does end by itself, and makes that"
    " many events, raise `events` in [limits] of site.toml.",
)


def circle_words(trace: Trace, maps: Maps) -> str:
    """What a person is told: where it goes in a circle, how often it came by there, how much that made."""
    made = f"{trace.problem} (limits: events)"
    if (found := repeated(trace.observations)) is None:
        return f"does not come to an end: {made}, most of them {_most(trace.observations)}"
    (context, extension, priority), times = found
    place = circle_place(trace, maps)
    at = f"{place} ({extension}@{context})" if place else f"{extension}@{context}, priority {priority}"
    said = _line(trace.observations)
    return f"goes in a circle at {at}: {times:,} times; {made}{said and f'; {said}'}"


def circle_place(trace: Trace, maps: Maps) -> Place | None:
    """Where the circle begins, None where the dialplan does not tell."""
    found = repeated(trace.observations)
    return maps.where(found[0], newer=trace.instance == "candidate") if found else None


def circle_finding(trace: Trace, maps: Maps) -> Finding:
    """What a circle that the candidate alone goes in is called."""
    found = repeated(trace.observations)
    return Finding(
        rule=CIRCLE_RULE.id,
        severity=CIRCLE_RULE.severity,
        surface="dialplan",
        scenario=trace.scenario,
        title=CIRCLE_RULE.title if found else "On the candidate this has no end",
        old="comes to an end",
        candidate=circle_words(trace, maps),
        where=circle_place(trace, maps),
        cause=_line(trace.observations),
        advice=CIRCLE_RULE.advice,
        fingerprint=f"circle-{trace.scenario}",
        subject="@".join(found[0][1::-1]) if found else "",
        event="ending",
    )


def _line(seen: Sequence[Seen]) -> str:
    """What the log says over and over, which is mostly why."""
    lines = Counter(one.message for one in seen if isinstance(one, LogLine))
    message, count = next(iter(lines.most_common(1)), ("", 0))
    return f"Asterisk's log says: {message}" if count > 2 else ""


def _most(seen: Sequence[Seen]) -> str:
    """The kind of thing that was seen most."""
    kinds = Counter(one.event if isinstance(one, AmiPacket) else type(one).__name__ for one in seen)
    return next((name for name, _ in kinds.most_common(1)), "nothing")
