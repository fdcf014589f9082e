"""The cases of a Python scenario: `pytest.mark.parametrize` → arguments, marks, and ids as pytest makes them.

A site is read where pytest does not collect as well (`harness preflight`), and pytest tells nobody else how it
makes ids: a test compares these with its own.
"""

from __future__ import annotations

import enum
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import pytest

__all__ = ["Case", "cases_of"]

_PARAM = type(pytest.param())
_HIDDEN = getattr(pytest, "HIDDEN_PARAM", object())
_LONGEST = 100
_BYTES = {code: f"\\x{code:02x}" for code in (*range(32), 127)} | {9: "\\t", 10: "\\n", 13: "\\r"}


@dataclass(frozen=True, slots=True)
class Case:
    """One case: its id (empty where nothing is parametrized), arguments by name, and marks of its own."""

    id: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    marks: tuple[pytest.Mark, ...] = ()

    def crossed(self, other: Case) -> Case:
        """Both in one, as one mark above another asks for. Raises ValueError for an argument of both."""
        if twice := self.values.keys() & other.values.keys():
            raise ValueError(f"{min(twice)!r} is given twice")
        id_ = f"{self.id}-{other.id}" if self.values else other.id
        return Case(id_, {**self.values, **other.values}, (*self.marks, *other.marks))


def cases_of(marks: Iterable[pytest.Mark]) -> tuple[Case, ...]:
    """The cases that marks make of a function, the mark nearest to it first: without one it is one case.

    Raises ValueError and TypeError that say what is wrong with a mark, and what a function for ids raises.
    """
    cases: tuple[Case, ...] = (Case(),)
    for mark in marks:
        if mark.name == "parametrize":
            more = _cases(*mark.args, **mark.kwargs)
            cases = tuple(case.crossed(other) for case in cases for other in more)
    return cases


def _cases(
    argnames: str | Sequence[str],
    argvalues: Iterable[Any],
    indirect: object = False,
    ids: Callable[[Any], object] | Iterable[object] | None = None,
    scope: str | None = None,  # when pytest makes a fixture anew, and a value is none
) -> Sequence[Case]:
    """What one mark says; arguments as pytest calls them."""
    if indirect:
        raise ValueError("`indirect` is not supported: give the values themselves")
    listed = argnames.split(",") if isinstance(argnames, str) else argnames
    names = [name.strip() for name in listed if name.strip()]
    is_single = isinstance(argnames, str) and "," not in argnames
    rows = [_row(value, names, is_single=is_single) for value in argvalues]
    if not rows:
        raise ValueError(f"there is no value for {', '.join(names)}, so nothing would be played")
    own_ids = _own_ids(rows, ids)
    make = ids if callable(ids) else _nothing
    found = [
        _from_values(names, row.values, number, make) if own is None else _required(own)
        for number, (row, own) in enumerate(zip(rows, own_ids, strict=True))
    ]
    return [
        Case(id_, dict(zip(names, row.values, strict=True)), row.marks)
        for id_, row in zip(_unique(found), rows, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Row:
    """One element of `argvalues`. `id` is what `pytest.param` gives, else None."""

    values: Sequence[Any]
    marks: tuple[pytest.Mark, ...] = ()
    id: object = None


def _row(value: Any, names: Sequence[str], *, is_single: bool) -> _Row:
    if isinstance(value, _PARAM):
        marks = (getattr(mark, "mark", mark) for mark in list[Any](value.marks))
        row = _Row(value.values, tuple(marks), value.id)
    else:
        row = _Row((value,) if is_single else value)
    if len(row.values) != len(names):
        raise ValueError(f"it has {len(names)} names ({', '.join(names)}), and {row.values!r} for them")
    return row


def _own_ids(rows: Sequence[_Row], ids: Callable[[Any], object] | Iterable[object] | None) -> Sequence[object]:
    """The id that is written for each row, None where there is none. As in pytest, no `ids` are as none given."""
    listed = () if ids is None or callable(ids) else tuple(islice(ids, len(rows) + 1))
    if listed and len(listed) != len(rows):
        raise ValueError(f"it has {len(rows)} values, and another number of ids")
    return [
        row.id if row.id is not None else one for row, one in zip(rows, listed or [None] * len(rows), strict=True)
    ]


def _nothing(_: Any) -> None:
    return None


def _required(id_: object) -> str:
    told = None if id_ is _HIDDEN else _of_value(id_)
    if told is None:
        raise ValueError(f"{id_!r} cannot be an id: write a text")
    return told


def _from_values(names: Sequence[str], values: Sequence[Any], number: int, make: Callable[[Any], object]) -> str:
    return "-".join(_from_value(name, value, number, make) for name, value in zip(names, values, strict=True))


def _from_value(name: str, value: Any, number: int, make: Callable[[Any], object]) -> str:
    made = make(value)
    told = None if made is None else _of_value(made)
    if told is None and not (isinstance(value, str | bytes) and len(value) > _LONGEST):
        told = _of_value(value)
    return f"{name}{number}" if told is None else told


def _of_value(value: object) -> str | None:
    """A value as an id of plain ASCII; None for one that has no text of its own."""
    match value:
        case str():
            return value.encode("unicode_escape").decode("ascii")
        case bytes():
            return value.decode("ascii", "backslashreplace").translate(_BYTES)
        case None | float() | int() | complex() | enum.Enum():
            return str(value)
        case re.Pattern():
            return _of_value(value.pattern)
    name = getattr(value, "__name__", None)
    return name if isinstance(name, str) else None


def _unique(ids: Sequence[str]) -> Iterator[str]:
    """Ids that occur more than once get a number, as pytest gives it."""
    often, taken, numbers = Counter(ids), set(ids), Counter[str]()
    for id_ in ids:
        if often[id_] == 1:
            yield id_
            continue
        stem = f"{id_}_" if id_[-1:].isdigit() else id_
        while f"{stem}{numbers[id_]}" in taken:
            numbers[id_] += 1
        taken.add(f"{stem}{numbers[id_]}")
        yield f"{stem}{numbers[id_]}"
        numbers[id_] += 1
