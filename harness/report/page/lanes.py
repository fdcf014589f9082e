"""Who takes part in a call, and between whom a fact is drawn. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from harness.judge.normalise.facts import Fact

__all__ = ["ASTERISK", "RECORDS", "Lanes", "lanes_of"]

ASTERISK = "Asterisk"
RECORDS = "records"
"""Where CDR and CEL lines, recordings and mail end."""

_WRITTEN = ("cdr", "cel", "file")
_WITHIN = ("Local/", "bridge(")
_STREAMS_OF_A_CALL = frozenset(
    "state played music dtmf dtmf-begin hold hangup-request connected-line dial dial-state dial-end".split()
)
# What comes from the other end, by event; of those that go both ways, by the field that says so.
_FROM_THERE = frozenset("HangupRequest DTMFBegin DTMFEnd Hold Unhold".split())
_BOTH_WAYS = {
    "Newchannel": ("ChannelStateDesc", "Ring"),
    "Newstate": ("ChannelStateDesc", "Ringing"),
}
_MOST = 9


@dataclass(frozen=True, slots=True)
class Lanes:
    """The lanes of a ladder, from the left: those who call, Asterisk, phones and trunks, programs, records."""

    names: tuple[str, ...]
    callers: frozenset[str]

    def arrow(self, fact: Fact) -> tuple[int, int]:
        """The numbers of two lanes, from and to; the same twice for what happens within Asterisk."""
        source, target = _ends(fact, self.callers)
        there = {name: number for number, name in enumerate(self.names)}
        middle = there[ASTERISK]
        return there.get(source, middle), there.get(target, middle)


def lanes_of(facts: Iterable[Fact], callers: frozenset[str]) -> Lanes:
    """The lanes that these facts need. `callers` are the names of the legs that the harness placed."""
    seen = dict.fromkeys(name for fact in facts for name in _ends(fact, callers))
    kinds: dict[int, list[str]] = {}
    for name in seen:
        kinds.setdefault(_rank(name, callers), []).append(name)
    named = [*kinds.get(0, ()), *kinds.get(2, ()), *kinds.get(3, ())][:_MOST]
    left = [name for name in named if name in callers]
    right = [name for name in named if name not in callers]
    return Lanes((*left, ASTERISK, *right, *kinds.get(4, ())), callers)


def lane_name(subject: str) -> str:
    """A channel's lane: both halves of a call that the harness placed are one."""
    return subject.removesuffix(";2").removesuffix(";1")


def _rank(name: str, callers: frozenset[str]) -> int:
    if name in callers:
        return 0
    if name == ASTERISK:
        return 1
    if name == RECORDS:
        return 4
    return 2 if "/" in name else 3


def _ends(fact: Fact, callers: frozenset[str]) -> tuple[str, str]:
    """Who says it, and to whom."""
    if fact.surface in _WRITTEN:
        return ASTERISK, RECORDS
    if fact.surface in ("app", "agi", "ari"):
        return _of_program(fact)
    if fact.surface != "call" or fact.stream not in _STREAMS_OF_A_CALL:
        return ASTERISK, ASTERISK
    other = next((name for name in _named(fact) if _is_outside(name, callers)), ASTERISK)
    return (other, ASTERISK) if _comes_from_there(fact, other in callers) else (ASTERISK, other)


def _named(fact: Fact) -> Iterator[str]:
    """The other end: of a dial who is dialled, else whose channel it is."""
    if fact.stream.startswith("dial"):
        yield from (lane_name(str(value)) for name, value in fact.fields if name == "DestChannel")
    yield lane_name(fact.subject)


def _is_outside(name: str, callers: frozenset[str]) -> bool:
    return name in callers or ("/" in name and not name.startswith(_WITHIN))


def _of_program(fact: Fact) -> tuple[str, str]:
    if fact.surface == "agi":
        return ("AGI", ASTERISK) if fact.event.startswith("AGI command") else (ASTERISK, "AGI")
    if fact.surface == "ari":
        return ASTERISK, "ARI"
    name, _, what = fact.event.partition(" ")
    return (name, ASTERISK) if what.startswith("asks") else (ASTERISK, name)


def _comes_from_there(fact: Fact, is_caller: bool) -> bool:
    values = dict(fact.fields)
    if fact.event in _FROM_THERE:
        return values.get("Direction") != "Sent"
    if fact.stream == "dial-state" or fact.event == "DialEnd":
        return True
    if fact.event == "Newstate" and values.get("ChannelStateDesc") == "Up":
        return not is_caller
    field, wanted = _BOTH_WAYS.get(fact.event, ("", ""))
    return bool(field) and values.get(field) == wanted and not (is_caller and wanted == "Ringing")
