"""A line of the bench's table: what was measured, and whether it is as good as it has to be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

__all__ = ["Line", "as_json", "at_least", "at_most", "lines_of", "missed", "table"]


@dataclass(frozen=True, slots=True)
class Line:
    """`figure` and `goal` are words with their unit. Without a goal the line is there to be read, and is met.

    What could not be measured says so in `figure`, and is met as well.
    """

    name: str
    figure: str
    goal: str = ""
    met: bool = True


def at_most(name: str, value: float, goal: float, *, unit: str = "", more: str = "") -> Line:
    """A line for a value that may not be above its goal. `more` tells what the value is made of."""
    return Line(name, _words(value, unit, more), f"≤ {goal:g}{unit}", value <= goal)


def at_least(name: str, value: float, goal: float, *, unit: str = "", more: str = "") -> Line:
    """A line for a value that may not be below its goal."""
    return Line(name, _words(value, unit, more), f"≥ {goal:g}{unit}", value >= goal)


def missed(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Those that do not meet their goal."""
    return tuple(line for line in lines if not line.met)


def table(lines: Iterable[Line]) -> str:
    """All of them, one below the other; what is missed is marked."""
    rows = [("measured", "figure", "goal", "")]
    rows += [(line.name, line.figure, line.goal, "" if line.met else "MISSED") for line in lines]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join(
        "  ".join((*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3])).rstrip()
        for row in rows
    )


def as_json(lines: Iterable[Line]) -> str:
    """What a measurement in a process of its own prints, for `lines_of`."""
    return msgspec.json.encode(tuple(lines)).decode()


def lines_of(printed: str) -> tuple[Line, ...]:
    """The lines that such a process printed. Raises msgspec.DecodeError."""
    return msgspec.json.decode(printed, type=tuple[Line, ...])


def _words(value: float, unit: str, more: str) -> str:
    number = f"{value:,.0f}" if value >= 1000 else f"{value:.2f}"
    return f"{number}{unit}" + (f" ({more})" if more else "")
