"""Changes of one scenario → causes: what differs first at each place of a call, with all that follows from it.

Two changes are one cause where that is known, never because they are close in time: they are of one place in a
channel's way, or behind the place where the ways part; one carries the value of the other or reads its variable;
it is told of a call that another has ended otherwise. What nothing ties stays a cause of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass

from harness.judge.align import CHANNEL
from harness.judge.causes.groups import Group, Named, groups_of
from harness.judge.causes.maps import Maps
from harness.judge.causes.ties import carries, devices_of, follows_a_call, is_record, is_told, name_in, texts_of
from harness.judge.causes.timeline import Position, Timeline
from harness.model import Change

__all__ = ["SAME_PLACE", "Cause", "Symptom", "causes_of"]

SAME_PLACE = "at the same place of the call"
"""The link of what was seen where a cause began."""
_UNREACHED = "the scenario does not come that far"
_PARTED = "after the ways part"
_CUT = "behind the end of that call"
_ANSWERS = "answers"
_ASKED = frozenset({"asks", _ANSWERS})
_LAMP = "the lamp of a call whose ways part there"

# A scenario with more causes than that is a mess: its later changes are tied to the newest alone.
_NEWEST = 100


@dataclass(frozen=True, slots=True)
class Symptom:
    """What follows from a cause, and the link by which that is known."""

    named: Named
    link: str


@dataclass(frozen=True, slots=True)
class Cause:
    """The change that a person would mend, and what follows from it.

    `position` is where it began; `parts` says whether the ways part there.
    """

    head: Named
    position: Position
    symptoms: tuple[Symptom, ...] = ()
    parts: bool = False


@dataclass(frozen=True, slots=True)
class _Known:
    """What ties are known by."""

    timeline: Timeline
    maps: Maps


def causes_of(named: Sequence[Named], timeline: Timeline, maps: Maps) -> tuple[Cause, ...]:
    """The causes, in the order in which they began."""
    roots: list[Group] = []
    known = _Known(timeline, maps)
    broke_off = any(one.change.surface == "expectation" for one in named)
    alone = {one.change.subject for one in named if one.change.event == CHANNEL and one.change.kind == "removed"}
    for group in groups_of(named, timeline):
        group.root, group.link = _root(group, roots[-_NEWEST:], known)
        if group.root is None and broke_off and _is_unreached(group, alone):
            group.root = next((root for root in roots if root.weighs), None)
            group.link = _UNREACHED
        (group.root.followers if group.root else roots).append(group)
        (group.root or group).learn(group)
    return tuple(_cause(root) for root in _without_early(roots, known))


def _without_early(roots: Sequence[Group], known: _Known) -> Iterator[Group]:
    """A device's lamp, and what a program asks, come before what the call does of which they are: only when all is
    known is it clear that this parts."""
    left = list(roots)
    for group in roots:
        possible = (root for root in left if root is not group) if _is_early(group) else ()
        found = ((root, link) for root in possible if (link := _by_early(group, root, known)))
        if early := next(found, None):
            left = [root for root in left if root is not group]
            root, group.link = early
            root.followers += [group, *group.followers]
            group.root = root
    yield from left


def _is_early(group: Group) -> bool:
    return bool(_lamps(group)) or (_asks_no_more(group) and not group.known)


def _by_early(group: Group, root: Group, known: _Known) -> str:
    if _lamps(group):
        return _LAMP if _is_of_device(group, root) else ""
    return _by_asking(group, root, known)


def _is_of_device(group: Group, root: Group) -> bool:
    """Whether lamps are those of calls whose ways part where the root's thing is missing."""
    return root.known and not _lamps(group).isdisjoint(at.runner for at in root.positions if at.apart)


def _root(group: Group, roots: Sequence[Group], known: _Known) -> tuple[Group | None, str]:
    """From which cause a group follows, and how that is known."""
    if group.known:
        return None, ""
    newest = sorted(roots, key=lambda root: -root.rank)
    earlier = [root for root in newest if root.rank <= group.rank]
    for tie in _TIES_OF_THE_SAME if group.is_the_same else _TIES:
        for root in newest if tie in _TIMELESS else earlier:
            if link := tie(group, root, known):
                return root, link
    if group.follows:
        possible = sorted((*earlier, *roots), key=lambda root: (not root.weighs, not root.moves))
        return next(((root, "how the call went on") for root in possible if root.weighs or root.moves), (None, ""))
    return None, ""


def _by_place(group: Group, root: Group, known: _Known) -> str:
    """It is at a place of the root; where no place is known, that is so of what the root misses."""
    if group.is_record:
        return ""
    if not group.is_placed:
        return SAME_PLACE if root.known and not root.position.runner and not group.position.runner else ""
    return SAME_PLACE if group.place in root.places else ""


def _by_value(group: Group, root: Group, known: _Known) -> str:
    weighty = [one for one in group.members if one.holds] or group.members
    return "carries the same value" if all(carries(one.change, root.pairs) for one in weighty) else ""


def _by_name(group: Group, root: Group, known: _Known) -> str:
    """It is where a variable is read, or a function that is missing: that is logged before the priority runs."""
    names = root.variables | {root.members[0].thing} if root.known else root.variables
    for spot in (group.spot, group.position.spot if group.position.apart else None):
        if name := name_in(known.maps.written(spot), names, root.devices):
            return f"reads {name}"
    return ""


def _by_lamp(group: Group, root: Group, known: _Known) -> str:
    """A lamp that shows something else has another history from then on."""
    return "" if _lamps(group).isdisjoint(root.devices) else "the same lamp"


def _lamps(group: Group) -> set[str]:
    return {device for one in group.members for device in devices_of(one.change)}


def _by_saying(group: Group, root: Group, known: _Known) -> str:
    """Numbers and dates that are said otherwise twice in a call are said by one grammar."""
    told = [one.change for one in (*group.members, *root.members) if one.holds]
    if not all(change.event == "Playback" or change.surface == "log" for change in told):
        return ""
    said = [known.timeline.runs(each.position).casefold().startswith("say") for each in (group, root)]
    return "said by the same grammar" if all(said) else ""


def _by_need(group: Group, root: Group, known: _Known) -> str:
    """The ways part before an application that is not there: the log tells it once."""
    needs = root.known and group.position.apart and known.timeline.needs(group.position)
    return f"needs {needs}" if needs and needs == root.members[0].thing else ""


def _by_way(group: Group, root: Group, known: _Known) -> str:
    """It is where the ways are apart, and the root is where they part."""
    position = group.position
    parts = position.apart and (position in root.positions or position.parting in root.positions)
    return _PARTED if parts else ""


def _by_cut(group: Group, root: Group, known: _Known) -> str:
    """A call that a missing application ended comes to its `h` with less behind it than on the old release."""
    thing, here = root.members[0].thing, group.position
    cuts = (at for at in root.positions if thing and at.apart and known.timeline.needs(at) == thing)
    return _CUT if any(at.runner == here.runner and at.step < here.step for at in cuts) else ""


def _by_call(group: Group, root: Group, known: _Known) -> str:
    """One of both called the other: what is called where the ways are apart, or the result of such a call."""
    made, gave = known.timeline.made(group.position.runner), known.timeline.made(root.position.runner)
    if made is not None and made in root.positions:
        return "of what is called from there"
    return "the result of what was called from there" if gave is not None and gave == group.position else ""


def _by_record(group: Group, root: Group, known: _Known) -> str:
    """A record says what was set, or was not, where the ways are apart."""
    if not group.is_record or not (root.known or (root.weighs and root.moves)):
        return ""
    told = all(is_told(one.change, root.told, skipped=root.known) for one in group.members)
    return "set where one of both does not come" if told else ""


def _by_same_record(group: Group, root: Group, known: _Known) -> str:
    """One record is told by an event, and written to a file and a table."""
    if not (group.is_record and root.is_record):
        return ""
    members = [one for each in (root, *root.followers) for one in each.members]
    told = {_recorded(one.change) for one in members if is_record(one.change)}
    return "the same in another record" if told.issuperset(_recorded(one.change) for one in group.members) else ""


def _recorded(change: Change) -> tuple[object, ...]:
    return (change.subject, change.field, change.kind, *change.sides)


def _by_request(group: Group, root: Group, known: _Known) -> str:
    """What Asterisk does at a program's request is not done where that asks for something else."""
    texts = [text for one in group.members for text in texts_of(one.change) if text]
    asked = bool(root.programs and texts) and all(text in root.told for text in texts)
    return "done at the program's request" if asked else ""


def _by_asking(group: Group, root: Group, known: _Known) -> str:
    """A program asks no more about a call that is not made, or not there for so long, or for what it was told of
    such a call; and is not answered."""
    if not _asks_no_more(group):
        return ""
    said = {text for one in group.members for text in texts_of(one.change)}
    is_of_call = any(at.apart and at.runner in said for at in root.positions)
    is_of_event = root.known and bool(said) and said <= root.told.keys()
    is_answer = all(one.change.part == _ANSWERS and one.change.subject in root.programs for one in group.members)
    return "asked about that call" if is_of_call or is_of_event or is_answer else ""


def _asks_no_more(group: Group) -> bool:
    return all(one.change.part in _ASKED and one.change.kind == "removed" for one in group.members)


def _by_program(group: Group, root: Group, known: _Known) -> str:
    """A program that was told, or answered, something else says something else from then on."""
    programs = {one.change.subject for one in group.members if one.change.part}
    return "" if programs.isdisjoint(root.programs) else "the program's answer to it"


_Tie = Callable[[Group, Group, _Known], str]
_TIES: tuple[_Tie, ...] = (
    _by_place, _by_value, _by_name, _by_lamp, _by_saying, _by_need, _by_way, _by_call, _by_record,
    _by_asking, _by_cut, _by_program, _by_request, _by_same_record,
)  # fmt: skip
_TIES_OF_THE_SAME = (_by_value, _by_name, _by_place, *_TIES[3:])
_TIMELESS: frozenset[_Tie] = frozenset(
    {_by_place, _by_need, _by_way, _by_record, _by_asking, _by_cut, _by_same_record}
)
"""The log and the manager are two connections: which of both comes first is chance."""


def _is_unreached(group: Group, alone: Container[str]) -> bool:
    """Whether it is of what a scenario does by itself (a call, an action), and does not do on the candidate.

    `alone` are the channels that only the old release has.
    """
    changes = [one.change for one in group.members]
    return all(
        each.kind == "removed" and (each.spot is None or each.event == CHANNEL or each.runner in alone)
        for each in changes
    )


# What a person is told first of several things at one place; which of them came first may be chance.
_FIRST = (
    "Playback", "lamp", "call", "queue", "UserEvent", "agi", "ari", "app", "ami", "cdr", "cel", "dialplan", "log",
)  # fmt: skip


def _order(one: Named) -> tuple[object, ...]:
    change, weight = one.change, one.rule.severity.rank
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


def _cause(root: Group) -> Cause:
    """Named by what holds where it began; where nothing of that does, by what holds behind it."""
    every = [(one, SAME_PLACE) for one in root.members]
    every += [(one, group.link) for group in root.followers for one in group.members]
    head = min(root.members if root.weighs else [one for one, _ in every], key=_order)
    symptoms = tuple(Symptom(one, link) for one, link in every if one is not head)
    return Cause(head, root.position, symptoms, root.position.apart or any(link == _PARTED for _, link in every))
