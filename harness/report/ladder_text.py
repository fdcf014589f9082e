"""A ladder as text: for a terminal, and as Mermaid for issues and wikis. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from harness.judge.words import start_of
from harness.report.page.ladder import Cell, Ladder, Row
from harness.report.terminal import Line, Style
from harness.report.text import clean, count

__all__ = ["ladder_lines", "to_mermaid"]

_STYLES: Mapping[str, Style] = {"=": "", "~": "warn", "<": "bad", ">": "bad"}
_GAP = " | "
_NARROWEST = 20
_LONGEST = 160
# What means something to Mermaid in a text, and what would end it.
_MERMAID = re.compile(r"""[^\w .,:()/*=@$'+-]""", re.ASCII)


def ladder_lines(ladder: Ladder, *, width: int, every: bool = False) -> Iterator[Line]:
    """Lines of at most `width` columns (or what 20 for a side need): `caller > Asterisk  Hangup: 16`, in order.

    Marks are those of `report.ladder`. Steps that are the same are folded to their number unless `every` is asked
    for.
    """
    column = max((width - len(_GAP) - 2) // 2, _NARROWEST)
    yield Line(f"  {'old':<{column}}{_GAP}candidate", "title")
    for rows in _runs(ladder):
        if rows[0].mark == "=" and not every:
            yield Line(f"  ... {count(len(rows), 'step')} the same", "dim")
            continue
        for row in rows:
            yield from _lines(row, ladder.lanes, column)


def to_mermaid(ladder: Ladder, *, every: bool = False) -> str:
    """A sequence diagram in Mermaid's words. What differs stands in an `alt`: old first, then the candidate."""
    return "".join(f"{line}\n" for line in _mermaid(ladder, every))


def _lines(row: Row, lanes: Sequence[str], column: int) -> Iterator[Line]:
    mark = " " if row.mark == "=" else row.mark
    old, candidate = (_words(cell, lanes) for cell in (row.old, row.candidate))
    yield Line(
        f"{mark} {_cell(old, column):<{column}}{_GAP}{_cell(candidate, column)}".rstrip(), _STYLES[row.mark]
    )
    for name, *values in row.fields:
        one, other = (_cell(f"    {name}: {value}", column) for value in values)
        yield Line(f"  {one:<{column}}{_GAP}{other}".rstrip(), "warn")


def _words(cell: Cell | None, lanes: Sequence[str]) -> str:
    if cell is None:
        return ""
    source, target = cell.arrow
    return cell.text if source == target else f"{lanes[source]} > {lanes[target]}  {cell.text}"


def _cell(text: str, column: int) -> str:
    safe = clean(text, longest=2 * column)
    return safe if len(safe) <= column else f"{start_of(safe, column - 3)}..."


def _runs(ladder: Ladder) -> Iterator[list[Row]]:
    for _, rows in groupby(ladder.rows, key=lambda row: row.mark == "="):
        yield list(rows)


def _mermaid(ladder: Ladder, every: bool) -> Iterator[str]:
    yield "sequenceDiagram"
    for number, lane in enumerate(ladder.lanes):
        yield f"  participant p{number} as {_plain(lane)}"
    over = f"p0,p{len(ladder.lanes) - 1}" if len(ladder.lanes) > 1 else "p0"
    for rows in _runs(ladder):
        if rows[0].mark != "=":
            yield from _alternatives(rows, over)
        elif every:
            yield from (_arrow(row.old) for row in rows if row.old)
        else:
            yield f"  Note over {over}: {count(len(rows), 'step')} the same"


def _alternatives(rows: Sequence[Row], over: str) -> Iterator[str]:
    for words, cells in (
        ("alt old", [row.old for row in rows if row.old]),
        ("else candidate", [row.candidate for row in rows if row.candidate]),
    ):
        yield f"  {words}"
        yield from (f"  {_arrow(cell)}" for cell in cells)
        if not cells:
            yield f"    Note over {over}: nothing"
    yield "  end"


def _arrow(cell: Cell) -> str:
    source, target = cell.arrow
    return f"  p{source}->>p{target}: {_plain(cell.text)}"


def _plain(text: str) -> str:
    """A text in which nothing means anything to Mermaid: its own escapes (`#35;`) for the rest."""
    return _MERMAID.sub(lambda found: f"#{ord(found[0])};", clean(text, longest=_LONGEST))
