"""Packets of the manager interface as values, whether the harness gets them or a program sends or gets them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from operator import itemgetter
from typing import Literal
from urllib.parse import unquote

from harness.asterisk.ari import read_body
from harness.asterisk.volatile import is_chance, is_set, is_text, seconds_in
from harness.judge.normalise.catalogue import CALL_ENDS, SNAPSHOT, Kind
from harness.judge.normalise.masks import Masks
from harness.model import Fields, Headers, Json, Value

__all__ = ["Layout", "Plan", "layout_of", "plan_of", "values_of"]

_How = Literal["text", "seconds", "variable", "variables", "json", "environment", "output", "set", "list"]
_IN_PARTS = frozenset({"variables", "json", "environment"})
# That these come is compared, and which headers they have; their values are not.
_WITHOUT_VALUES = frozenset({f"CEL {CALL_ENDS}"})
_NEVER = frozenset({"Event", "Action", "Secret"})
_CHANNEL_VARIABLES = "ChanVariable"


@dataclass(frozen=True, slots=True)
class Column:
    """A header that counts: where it stands, and how its values are read."""

    name: str
    indexes: tuple[int, ...]
    how: _How


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Where the headers of a packet stand. There is one for all packets with the same headers."""

    names: tuple[str, ...]
    every: frozenset[str]
    places: Mapping[str, int]
    """Of a repeated header the first."""

    def value(self, headers: Headers, name: str) -> str:
        """The first value of a header of such a packet, or an empty text."""
        place = self.places.get(name)
        return "" if place is None else headers[place][1]


_Pick = Callable[[Headers], Headers]


@dataclass(frozen=True, slots=True)
class Plan:
    """Which headers of a kind of packet count. `label` is its event with what makes it special."""

    label: str
    event: str
    layout: Layout
    pick: _Pick
    """Out of the headers of such a packet those before `columns`, which are texts."""
    columns: tuple[Column, ...]
    has_parts: bool

    def names_of(self, pairs: Iterable[tuple[str, Value]]) -> frozenset[str]:
        """All names that a packet has, with those of the parts of its values."""
        every = self.layout.every
        return every.union([name for name, _ in pairs]) if self.has_parts else every


def layout_of(headers: Headers) -> Layout:
    """Where the headers of a packet stand."""
    return _layout(tuple([name for name, _ in headers]))


@lru_cache(maxsize=4096)
def _layout(names: tuple[str, ...]) -> Layout:
    places = {name: index for index, name in reversed(tuple(enumerate(names)))}
    return Layout(names, frozenset(names), places)


@lru_cache(maxsize=4096)
def plan_of(label: str, event: str, kind: Kind, layout: Layout) -> Plan:
    """How a packet with these headers is read."""
    names = layout.names
    # Every header after the name of a user event is the site's own, whatever it is called.
    own = names.index("UserEvent") + 1 if event == "UserEvent" and "UserEvent" in names else len(names)
    places: dict[str, list[int]] = {}
    for index, name in enumerate(names):
        if index >= own or _counts(label, name, kind):
            places.setdefault(name, []).append(index)
    # A variable whose name the label has is read in one way; any other may hold anything.
    has_variable = "Variable" in names and not (kind.stream == "variable" and is_text(label.partition(" ")[2]))
    columns = tuple(
        Column(name, tuple(indexes), _how(event, name, several=len(indexes) > 1, has_variable=has_variable))
        for name, indexes in places.items()
        if label not in _WITHOUT_VALUES
    )
    texts = tuple(takewhile(lambda column: column.how == "text", columns))
    pick = _picker([column.indexes[0] for column in texts])
    has_parts = any(column.how in _IN_PARTS for column in columns)
    return Plan(label, event, layout, pick, columns[len(texts) :], has_parts)


def _picker(indexes: Sequence[int]) -> _Pick:
    """What takes these out of the headers of a packet at once."""
    return (
        itemgetter(*indexes) if len(indexes) > 1 else lambda headers: tuple([headers[index] for index in indexes])
    )


def _counts(label: str, name: str, kind: Kind) -> bool:
    if name in SNAPSHOT:
        return name in kind.shows
    return name not in _NEVER and name not in kind.drops and not is_chance(label, name)


def _how(event: str, name: str, *, several: bool, has_variable: bool) -> _How:
    if name.endswith(_CHANNEL_VARIABLES):
        return "variables"
    if name == "Output":
        return "output"
    if several:
        return "set"
    if name == "Value" and has_variable:
        return "variable"
    if is_set(name):
        return "list"
    if name == "Env":
        return "environment"
    if event == "CEL" and name == "Extra":
        return "json"
    return "text" if seconds_in(event, name, "0") is None else "seconds"


def values_of(headers: Headers, plan: Plan, masks: Masks) -> Fields:
    """Names and values of what counts. Parts of a header with several values have names of their own."""
    texts = tuple(map(masks.pairs.__getitem__, plan.pick(headers)))
    if not plan.columns:
        return texts
    found = list(texts)
    for column in plan.columns:
        if column.how == "text":
            found.append(masks.pairs[headers[column.indexes[0]]])
        else:
            found.extend(_values_of(headers, plan, column, masks))
    return tuple(found)


def _values_of(headers: Headers, plan: Plan, column: Column, masks: Masks) -> Iterator[tuple[str, Value]]:
    name, indexes, how = column.name, column.indexes, column.how
    value = headers[indexes[0]][1]
    if how == "seconds":
        yield name, masks.header(plan.event, name, value)
    elif how == "variable":
        yield name, masks.variable(plan.layout.value(headers, "Variable"), value)
    elif how == "output":
        yield name, masks.output([headers[index][1] for index in indexes])
    elif how == "set":
        yield name, tuple(sorted(masks.aliases.text(headers[index][1]) for index in indexes))
    elif how == "list":
        yield name, tuple(sorted(masks.aliases.text(part.strip()) for part in value.split(",")))
    elif how == "variables":
        for index in indexes:
            variable, _, value = headers[index][1].partition("=")
            yield f"{name}.{variable}", masks.variable(variable, value)
    elif how == "json":
        yield from _of_json(plan.event, name, value, masks)
    else:
        yield from _of_environment(name, value, masks)


def _of_json(event: str, name: str, value: str, masks: Masks) -> Iterable[tuple[str, Value]]:
    body = _body(value)
    return sorted(masks.body(event, body, name)) if isinstance(body, dict) else ((name, masks.text(value)),)


@lru_cache(maxsize=1024)
def _body(value: str) -> Json:
    return read_body(value.encode())[0]


def _of_environment(name: str, value: str, masks: Masks) -> Iterator[tuple[str, Value]]:
    """What AsyncAGI tells a program at the start: `agi_x: y` in lines, quoted as in an address of the web."""
    lines = sorted(line.partition(": ") for line in unquote(value).splitlines() if line)
    for key, _, part in lines:
        if not is_chance("AGI environment", key):
            yield f"{name}.{key}", masks.text(part)
