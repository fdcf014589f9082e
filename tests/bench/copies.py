"""A trace once more, as another run would have recorded it: other ids, other numbers of channels, other times."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec

from harness.model import Seen, Trace

__all__ = ["renewed"]

_APART = 61
"""Seconds between a copy and the next one."""
# In JSON, where a line's end is no boundary of a word.
_VOLATILE = re.compile(
    r"""
    (?:\b|(?<=\\[nrt]))
    (?: (?P<ours>[0-9a-f]{14}(?=[ab]\b))
      | (?P<uuid>[0-9a-f]{8}(?=-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b))
      | (?P<unique>[12]\d{9}\.\d+\b)
      | (?P<epoch>1\d{9}\b)
      | (?P<moment>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)
    )
    | (?<=-0000)(?P<counter>[0-9a-f]{4})(?![0-9A-Za-z-])
    """,
    re.VERBOSE,
)
_roles = msgspec.json.Decoder(tuple[tuple[str, str], ...])
_observations = msgspec.json.Decoder(tuple[Seen, ...])


def renewed(trace: Trace, copy: int) -> Trace:
    """The same trace with names of its own. Two copies of one trace have nothing volatile in common."""

    def again(value: object) -> str:
        return _VOLATILE.sub(lambda match: _another(match, copy), msgspec.json.encode(value).decode())

    return replace(
        trace,
        scenario=f"{trace.scenario}~{copy}",
        observations=_observations.decode(again(trace.observations)),
        roles=_roles.decode(again(trace.roles)),
        problem=msgspec.json.decode(again(trace.problem), type=str),
        began=trace.began + copy * _APART,
    )


def _another(match: re.Match[str], copy: int) -> str:
    text = match[0]
    match match.lastgroup:
        case "counter":
            return f"{(int(text, 16) + copy * 0x111) % 0x10000:04x}"
        case "unique":
            second, _, number = text.partition(".")
            return f"{int(second) + copy * _APART}.{int(number) + copy}"
        case "epoch":
            return str(int(text) + copy * _APART)
        case "moment":
            return _later(text, copy * _APART)
        case _:
            return f"{int(text, 16) ^ (copy * 0x1_0001):0{len(text)}x}"


def _later(moment: str, seconds: int) -> str:
    try:
        then = datetime.fromisoformat(moment) + timedelta(seconds=seconds)
    except ValueError:  # digits that only look like a moment
        return moment
    return then.isoformat(sep=moment[10])
