"""Changes of one scenario → causes: what differs first at each place of a call, with all that follows from it.

Two changes are one cause where that is known, never because they are close in time: they are of one place in a
channel's way, or behind the place where the ways part; one carries the value of the other or reads its variable;
it is told of a call that another has ended otherwise. What nothing ties stays a cause of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from harness.judge.align import CHANNEL
from harness.judge.causes.maps import Maps
from harness.judge.causes.ties import (
    carries,
    follows_a_call,
    is_record,
    is_told,
    names_in,
    texts_of,
    things_of,
    values_of,
)
from harness.judge.causes.timeline import Position, Timeline
from harness.judge.rules.rule import NamedRule
from harness.model import Change, Severity, Spot

__all__ = ["NEAR", "Cause", "Named", "Symptom", "causes_of"]

_SAME_PLACE = "at the same place of the call"
_PARTED = "after the ways part"
_CARRIES = "carries the same value"
_READS = "reads {}"
_DIALLED = "of what is called from there"
_RESULT = "the result of what was called from there"
_CALL = "how the call went on"
_PROGRAM = "the program's answer to it"
_NEEDS = "needs {}"
_UNREACHED = "the scenario does not come that far"
_UNSET = "set where one of both does not come"
NEAR = frozenset({_SAME_PLACE, _PARTED})
"""The links of what was seen where a cause began."""


@dataclass(frozen=True, slots=True)
class Named:
    """A change, the rule that names it, and the thing that it says is missing, if its rule knows one."""

    change: Change
    rule: NamedRule
    thing: str = ""

    @property
    def holds(self) -> bool:
        """Whether it speaks against a promotion by itself."""
        return self.rule.severity.holds


@dataclass(frozen=True, slots=True)
class Symptom:
    """What follows from a cause, and the link by which that is known."""

    named: Named
    link: str


@dataclass(frozen=True, slots=True)
class Cause:
    """The change that a person would mend, and what follows from it. `position` is where it began; `parts` says
    whether the ways part there."""

    head: Named
    position: Position
    symptoms: tuple[Symptom, ...] = ()
    parts: bool = False


@dataclass(slots=True)
class _Group:
    """Changes of one place. `root` is the group from which it follows, by `link`."""

    position: Position
    spot: Spot | None
    members: list[Named]
    rank: float
    root: _Group | None = None
    link: str = ""
    things: dict[str, None] = field(default_factory=dict)
    pairs: list[tuple[str, str]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    followers: list[_Group] = field(default_factory=list)

    @property
    def known(self) -> bool:
        """Whether its first change says by itself what is missing."""
        return bool(self.members[0].thing)


def causes_of(named: Sequence[Named], timeline: Timeline, maps: Maps) -> tuple[Cause, ...]:
    """The causes, in the order in which they began."""
    roots: list[_Group] = []
    broke_off = any(one.change.surface == "expectation" for one in named)
    for group in _groups(named, timeline):
        group.root, group.link = _root(group, roots, timeline, maps)
        if not group.root and broke_off and _is_unreached(group):
            group.root, group.link = next(((one, _UNREACHED) for one in roots if _weighs(one)), (None, ""))
        (group.root.followers if group.root else roots).append(group)
        _learn(group.root or group, group.members)
    return tuple(_cause(root) for root in roots)


def _groups(named: Sequence[Named], timeline: Timeline) -> list[_Group]:
    """By place. What says by itself what is missing is one of its own, and first; what tells of a call is last."""
    places: dict[object, list[Named]] = {}
    for one in named:
        position = timeline.position(one.change)
        key = (position.runner, one.thing) if one.thing else (*_key(position, one.change),)
        places.setdefault(key, []).append(one)
    groups = [_group(members, timeline) for members in places.values()]
    return sorted(groups, key=lambda group: (not group.known, _follows(group), group.rank))


def _key(position: Position, change: Change) -> tuple[object, ...]:
    is_apart = position.apart and change.kind == "changed"  # the same thing, in spite of that
    if is_apart or follows_a_call(change) or is_record(change) or change.part:
        return (change.surface, change.subject, change.event, change.field, change.seen)
    if position.spot is None and not position.apart:
        return (change.subject,) if change.subject else (change.event, change.log_line, change.field, change.seen)
    return (position, change.spot if position.apart else None)


def _group(members: list[Named], timeline: Timeline) -> _Group:
    ordered = sorted(members, key=lambda one: timeline.rank(one.change))
    first = next((one for one in ordered if one.holds), ordered[0])
    position = Position() if is_record(first.change) else timeline.position(first.change)
    return _Group(position, first.change.spot, ordered, timeline.rank(ordered[0].change))


def _learn(root: _Group, members: Iterable[Named]) -> None:
    for one in members:
        root.things.update(dict.fromkeys(things_of(one.change)))
        root.pairs.extend(values_of(one.change))
        root.told.extend(texts_of(one.change))


def _root(group: _Group, roots: Sequence[_Group], timeline: Timeline, maps: Maps) -> tuple[_Group | None, str]:
    """From which cause a group follows, and how that is known."""
    if group.known:
        return None, ""
    newest = sorted(roots, key=lambda root: -root.rank)
    earlier = [root for root in newest if root.rank <= group.rank]
    for tie in _TIES_OF_THE_SAME if _is_the_same(group) else _TIES:
        for root in newest if tie in _TIMELESS else earlier:
            if link := tie(group, root, timeline, maps):
                return root, link
    if _follows(group):
        possible = sorted((*earlier, *roots), key=lambda root: (not _weighs(root), not _moves(root)))
        return next(((root, _CALL) for root in possible if _weighs(root) or _moves(root)), (None, ""))
    return None, ""


def _is_the_same(group: _Group) -> bool:
    """Whether it is the same thing on both sides, though the ways are apart: its value says more."""
    return group.position.apart and all(one.change.kind == "changed" for one in group.members)


def _by_place(group: _Group, root: _Group, timeline: Timeline, maps: Maps) -> str:
    """It is at a place of the root; where no place is known, that is so of what the root misses."""
    if any(is_record(one.change) for one in group.members):
        return ""
    if root.known and not root.position.runner and not group.position.runner:
        return _SAME_PLACE
    if group.position.spot is None and not group.position.apart:
        return ""
    places = {(one.position, one.spot if one.position.apart else None) for one in (root, *root.followers)}
    return _SAME_PLACE if (group.position, group.spot if group.position.apart else None) in places else ""


def _by_need(group: _Group, root: _Group, timeline: Timeline, maps: Maps) -> str:
    """The ways part before an application that is not there: the log tells it once."""
    needs = root.known and group.position.apart and timeline.needs(group.position)
    return _NEEDS.format(needs) if needs and needs == root.members[0].thing else ""


def _by_record(group: _Group, root: _Group, timeline: Timeline, maps: Maps) -> str:
    """A record says what was set, or was not, where the ways are apart."""
    if not (root.known or (_weighs(root) and _moves(root))) or not all(
        is_record(one.change) for one in group.members
    ):
        return ""
    told = "\n".join(root.told)
    return _UNSET if all(is_told(one.change, told) for one in group.members) else ""


def _by_way(group: _Group, root: _Group, timeline: Timeline, maps: Maps) -> str:
    """It is where the ways are apart, and the root is where they part."""
    places = [one.position for one in (root, *root.followers)]
    apart = group.position.apart and (group.position in places or group.position.parting in places)
    return _PARTED if apart else ""


def _by_value(group: _Group, root: _Group, timeline: Timeline, maps: Maps) -> str:
    if all(is_record(one.change) for one in root.members):
        return ""  # it tells of the same call, as this does
    weighty = [one for one in group.members if one.holds] or group.members
    return _CARRIES if all(carries(one.change, root.pairs) for one in weighty) else ""


def _by_name(group: _Group, root: _Group, timeline: Timeline, maps: Maps) -> str:
    thing = names_in(maps.written(group.spot), root.things)
    thing = thing or (names_in(maps.written(group.position.spot), root.things) if group.position.apart else "")
    return _READS.format(thing) if thing else ""


def _by_call(group: _Group, root: _Group, timeline: Timeline, maps: Maps) -> str:
    """One of both called the other: what is called where the ways are apart, or the result of such a call."""
    made, gave = timeline.made(group.position.runner), timeline.made(root.position.runner)
    if made is not None and made in (root.position, *(one.position for one in root.followers)):
        return _DIALLED
    return _RESULT if gave is not None and gave == group.position else ""


def _by_program(group: _Group, root: _Group, timeline: Timeline, maps: Maps) -> str:
    """A program that was told, or answered, something else says something else from then on."""
    programs = {one.change.subject for one in group.members if one.change.part}
    told = (one for each in (root, *root.followers) for one in each.members if one.change.part)
    return _PROGRAM if any(one.change.subject in programs for one in told) else ""


_TIES = (_by_place, _by_value, _by_name, _by_need, _by_way, _by_call, _by_record, _by_program)
_TIES_OF_THE_SAME = (_by_value, _by_name, _by_place, *_TIES[3:])
_TIMELESS = frozenset({_by_place, _by_need, _by_way, _by_record})
"""The log and the manager are two connections: which of both comes first is chance."""


def _is_unreached(group: _Group) -> bool:
    """Whether it is of what a scenario does by itself (a call, an action), and does not do on the candidate."""
    changes = [one.change for one in group.members]
    return all(each.kind == "removed" and (each.spot is None or each.event == CHANNEL) for each in changes)


def _follows(group: _Group) -> bool:
    return all(follows_a_call(one.change) for one in group.members)


def _moves(root: _Group) -> bool:
    """Whether calls go another way for it: what ends a call sooner follows from that, and from no mere value."""
    groups = (root, *root.followers)
    return any(one.position.apart or any(m.change.surface == "call" for m in one.members) for one in groups)


def _weighs(root: _Group) -> bool:
    return any(one.holds for one in root.members)


# What a person is told first of several things at one place; which of them came first may be chance.
_FIRST = (
    "lamp", "Playback", "call", "queue", "UserEvent", "agi", "ari", "app", "ami", "cdr", "cel", "dialplan", "log",
)  # fmt: skip


def _order(one: Named) -> tuple[object, ...]:
    change, weight = one.change, list(Severity).index(one.rule.severity)
    names = (change.event.partition(" ")[0], change.surface)
    told = min((_FIRST.index(name) for name in names if name in _FIRST), default=len(_FIRST))
    late = follows_a_call(change)
    return (
        not one.thing,
        not one.holds,
        late,
        told,
        weight,
        change.subject,
        change.event,
        change.field,
        change.kind,
    )


def _cause(root: _Group) -> Cause:
    """Named by what holds where it began; where nothing of that does, by what holds behind it."""
    every = [(one, _SAME_PLACE) for one in root.members]
    every += [(one, group.link) for group in root.followers for one in group.members]
    head = min(root.members if _weighs(root) else [one for one, _ in every], key=_order)
    symptoms = tuple(Symptom(one, link) for one, link in every if one is not head)
    parts = root.position.apart or any(link == _PARTED for _, link in every)
    return Cause(head, root.position, symptoms, parts)
