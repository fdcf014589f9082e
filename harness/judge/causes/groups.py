"""Changes of one scenario, put together by the place of the call at which they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from harness.judge.causes.ties import devices_of, follows_a_call, is_record, texts_of, values_of, variables_of
from harness.judge.causes.timeline import Position, Timeline
from harness.judge.rules.rule import NamedRule
from harness.model import Change, Spot

__all__ = ["Group", "Named", "groups_of"]

Place = tuple[Position, Spot | None]


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


@dataclass(slots=True)
class Group:
    """Changes of one place, and what later ones are tied by: what is known of them and of all that follow.

    `root` is the group from which it follows, by `link`.
    """

    position: Position
    spot: Spot | None
    members: list[Named]
    rank: float
    root: Group | None = None
    link: str = ""
    followers: list[Group] = field(default_factory=list)
    places: set[Place] = field(default_factory=set)
    positions: set[Position] = field(default_factory=set)
    variables: set[str] = field(default_factory=set)
    devices: set[str] = field(default_factory=set)
    pairs: dict[tuple[str, str], None] = field(default_factory=dict)
    told: dict[str, None] = field(default_factory=dict)
    programs: set[str] = field(default_factory=set)
    moves: bool = False

    @property
    def known(self) -> bool:
        """Whether its first change says by itself what is missing."""
        return bool(self.members[0].thing)

    @property
    def place(self) -> Place:
        """Where it is: a step of a channel's way; where the ways are apart, the priority in it."""
        return self.position, self.spot if self.position.apart else None

    @property
    def is_placed(self) -> bool:
        """Whether anything is known of where it is."""
        return self.position.spot is not None or self.position.apart

    @property
    def weighs(self) -> bool:
        """Whether any of its own changes speaks against a promotion."""
        return any(one.holds for one in self.members)

    @property
    def is_record(self) -> bool:
        """Whether it is of records alone, which are written when a call is over."""
        return all(is_record(one.change) for one in self.members)

    @property
    def follows(self) -> bool:
        """Whether it only tells how a call went on or ended."""
        return all(follows_a_call(one.change) for one in self.members)

    @property
    def is_the_same(self) -> bool:
        """Whether it is one thing on both sides, though the ways are apart: its value says more than its place."""
        return self.position.apart and all(one.change.kind == "changed" for one in self.members)

    def learn(self, group: Group) -> None:
        """Something follows from it, or is its own: later groups may be tied to that."""
        self.places.add(group.place)
        self.positions.add(group.position)
        self.moves = self.moves or group.position.apart
        for one in group.members:
            change = one.change
            self.moves = self.moves or change.surface == "call"
            if change.part:
                self.programs.add(change.subject)
            if not is_record(change):
                self.variables.update(variables_of(change))
                self.devices.update(devices_of(change))
                self.pairs.update(dict.fromkeys(values_of(change)))
                self.told.update(dict.fromkeys(texts_of(change)))


def groups_of(named: Sequence[Named], timeline: Timeline) -> list[Group]:
    """By place. What says by itself what is missing is one of its own, and first; what tells of a call is last."""
    places: dict[object, list[Named]] = {}
    for one in named:
        position = timeline.position(one.change)
        key = (position.runner, one.thing) if one.thing else _key(position, one.change)
        places.setdefault(key, []).append(one)
    groups = [_group(members, timeline) for members in places.values()]
    return sorted(groups, key=lambda group: (not group.known, group.follows, group.rank))


def _key(position: Position, change: Change) -> tuple[object, ...]:
    is_the_same = position.apart and change.kind == "changed"
    if is_the_same or follows_a_call(change) or is_record(change) or change.part:
        return (change.surface, change.subject, change.event, change.field, change.seen)
    if position.spot is None and not position.apart:
        return (change.subject,) if change.subject else (change.event, change.log_line, change.field, change.seen)
    return (position, change.spot if position.apart else None)


def _group(members: list[Named], timeline: Timeline) -> Group:
    ordered = sorted(members, key=lambda one: timeline.rank(one.change))
    first = next((one for one in ordered if one.holds), ordered[0])
    position = Position() if is_record(first.change) else timeline.position(first.change)
    return Group(position, first.change.spot, ordered, timeline.rank(ordered[0].change))
