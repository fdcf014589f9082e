"""SIP/101 on the old release and PJSIP/101 on the candidate are one phone: its name is told once.

Where the old release speaks of a peer of chan_sip, never of an endpoint of that name, and the candidate of the
endpoint, both are called as the candidate has it before anything is compared. What is lost beneath is seen then.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from harness.asterisk.sip_names import DIALLED, as_pjsip, dialled_as_pjsip, peers
from harness.judge.normalise.facts import Fact, Normal
from harness.model import Change, Value

__all__ = ["RENAMED", "Renamed", "one_name"]

RENAMED = "technology"
"""The `event` of the one change that stands for all names."""

_Normals = tuple[Normal, ...]
_IN_A_BRIDGE = re.compile(r"bridge\((?P<members>[^()]* \+ [^()]*)\)")


@dataclass(frozen=True, slots=True)
class Renamed:
    """All plays with one name for each phone, and which have another name on the candidate."""

    old: _Normals
    again: _Normals
    candidate: _Normals
    names: tuple[str, ...] = ()

    @property
    def change(self) -> Change | None:
        """That they are called otherwise."""
        if not self.names:
            return None
        old, new = (", ".join(f"{technology}/{name}" for name in self.names) for technology in ("SIP", "PJSIP"))
        return Change("call", "effect", "changed", "", RENAMED, "Channel", old=old, candidate=new)


def one_name(old: Sequence[Normal], again: Sequence[Normal], candidate: Sequence[Normal]) -> Renamed:
    """The same plays, each phone by one name."""
    of_sip, of_both = peers(_texts((*old, *again)))
    _, of_pjsip = peers(_texts(candidate)) if of_sip else ((), frozenset())
    same = (of_sip - of_both) & of_pjsip
    if not same:
        return Renamed(tuple(old), tuple(again), tuple(candidate))
    first, second, third = (tuple([_renamed(one, same) for one in side]) for side in (old, again, candidate))
    return Renamed(first, second, third, tuple(sorted(same)))


def _texts(normals: Iterable[Normal]) -> set[str]:
    """All that is told, each once."""
    subjects = {subject for normal in normals for subject, _ in normal.streams}
    facts = [fact for normal in normals for stream in normal.streams.values() for fact in stream]
    pairs = {id(pair): pair for fact in facts for pair in fact.fields}  # most are of many facts
    values = {value for _, value in pairs.values() if isinstance(value, str | tuple)}
    lines = {line for value in values if isinstance(value, tuple) for line in value}
    return subjects | lines | {value for value in values if isinstance(value, str)}


def _renamed(normal: Normal, same: frozenset[str]) -> Normal:
    streams: dict[tuple[str, str], tuple[Fact, ...]] = {}
    for (subject, stream), facts in normal.streams.items():
        where = _text(subject, same), _text(stream, same)
        streams[where] = (*streams.get(where, ()), *(_fact(fact, same) for fact in facts))
    bags = frozenset((_text(subject, same), _text(stream, same)) for subject, stream in normal.bags)
    return Normal(streams, bags)


def _fact(fact: Fact, same: frozenset[str]) -> Fact:
    return replace(
        fact,
        subject=_text(fact.subject, same),
        stream=_text(fact.stream, same),
        event=_text(fact.event, same),
        fields=tuple([(_text(name, same), _value(fact.event, name, value, same)) for name, value in fact.fields]),
        names=frozenset([_text(name, same) for name in fact.names]),
    )


def _value(event: str, name: str, value: Value, same: frozenset[str]) -> Value:
    if isinstance(value, tuple):
        return tuple([_text(line, same) for line in value])
    if not isinstance(value, str):
        return value
    is_dialled = name in DIALLED or event.rpartition(" ")[2] in DIALLED
    return dialled_as_pjsip(value, same) if is_dialled else _text(value, same)


def _text(text: str, same: frozenset[str]) -> str:
    named = as_pjsip(text, same)
    return named if named == text else _IN_A_BRIDGE.sub(_in_order, named)


def _in_order(bridge: re.Match[str]) -> str:
    """Members of a bridge stand in it by name."""
    return f"bridge({' + '.join(sorted(bridge['members'].split(' + ')))})"
