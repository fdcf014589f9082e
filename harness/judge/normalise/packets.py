"""Packets of the manager interface as values, whether the harness gets them or a program sends or gets them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from urllib.parse import unquote

from harness.asterisk.ari import read_body
from harness.asterisk.volatile import is_chance, is_set, seconds_in
from harness.judge.normalise.catalogue import SNAPSHOT, Kind
from harness.judge.normalise.masks import Masks
from harness.model import AmiPacket, Headers, Value

__all__ = ["Plan", "plan_of", "values_of"]

_How = Literal["text", "seconds", "variable", "variables", "json", "environment", "output", "set", "list"]
_IN_PARTS = frozenset({"variables", "json", "environment"})
# That these come is compared, and which headers they have; their values are not.
_WITHOUT_VALUES = frozenset({"CEL LINKEDID_END"})
_NEVER = frozenset({"Event", "Action", "Secret"})
_CHANNEL_VARIABLES = "ChanVariable"


@dataclass(frozen=True, slots=True)
class Column:
    """A header that counts: where it stands, and how its values are read."""

    name: str
    indexes: tuple[int, ...]
    how: _How


@dataclass(frozen=True, slots=True)
class Plan:
    """Which headers of a kind of packet count. `names` are all that it has."""

    event: str
    columns: tuple[Column, ...]
    names: frozenset[str]
    texts: tuple[tuple[str, int], ...] | None
    """Names and places of its columns, where all of them are texts."""
    has_parts: bool

    def names_of(self, pairs: Iterable[tuple[str, Value]]) -> frozenset[str]:
        """All names that a packet has, with those of the parts of its values."""
        return self.names.union([name for name, _ in pairs]) if self.has_parts else self.names


def plan_of(label: str, event: str, kind: Kind, headers: Headers) -> Plan:
    """How a packet with these headers is read; `label` is the event's name with what makes it special."""
    return _plan(label, event, kind, tuple([name for name, _ in headers]))


@lru_cache(maxsize=4096)
def _plan(label: str, event: str, kind: Kind, names: tuple[str, ...]) -> Plan:
    # Every header after the name of a user event is the site's own, whatever it is called.
    own = names.index("UserEvent") + 1 if event == "UserEvent" and "UserEvent" in names else len(names)
    places: dict[str, list[int]] = {}
    for index, name in enumerate(names):
        if index >= own or _counts(label, name, kind):
            places.setdefault(name, []).append(index)
    has_variable = "Variable" in names
    columns = tuple(
        Column(name, tuple(indexes), _how(event, name, several=len(indexes) > 1, has_variable=has_variable))
        for name, indexes in places.items()
        if label not in _WITHOUT_VALUES
    )
    are_texts = all(column.how == "text" for column in columns)
    texts = tuple((column.name, column.indexes[0]) for column in columns) if are_texts else None
    return Plan(event, columns, frozenset(names), texts, any(column.how in _IN_PARTS for column in columns))


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


def values_of(packet: AmiPacket, plan: Plan, masks: Masks) -> Sequence[tuple[str, Value]]:
    """Names and values of what counts. Parts of a header with several values have names of their own."""
    headers, text = packet.headers, masks.text
    if plan.texts is not None:
        return [(name, text(headers[index][1])) for name, index in plan.texts]
    found: list[tuple[str, Value]] = []
    for column in plan.columns:
        if column.how == "text":
            found.append((column.name, text(headers[column.indexes[0]][1])))
        elif column.how == "variable":
            found.append((column.name, masks.variable(packet.get("Variable"), headers[column.indexes[0]][1])))
        else:
            found.extend(_values_of(packet, plan.event, column, masks))
    return found


def _values_of(packet: AmiPacket, event: str, column: Column, masks: Masks) -> Iterator[tuple[str, Value]]:
    headers, name, indexes, how = packet.headers, column.name, column.indexes, column.how
    value = headers[indexes[0]][1]
    if how == "seconds":
        yield name, masks.header(event, name, value)
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
        yield from _of_json(event, name, value, masks)
    else:
        yield from _of_environment(name, value, masks)


def _of_json(event: str, name: str, value: str, masks: Masks) -> Iterator[tuple[str, Value]]:
    body, _ = read_body(value.encode())
    yield from sorted(masks.body(event, body, name)) if isinstance(body, dict) else ((name, masks.text(value)),)


def _of_environment(name: str, value: str, masks: Masks) -> Iterator[tuple[str, Value]]:
    """What AsyncAGI tells a program at the start: `agi_x: y` in lines, quoted as in an address of the web."""
    lines = sorted(line.partition(": ") for line in unquote(value).splitlines() if line)
    for key, _, part in lines:
        if not is_chance("AGI environment", key):
            yield f"{name}.{key}", masks.text(part)
