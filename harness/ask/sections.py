"""What was asked, as sections: what cannot be read is a section with a problem, never an empty one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from harness.asterisk.cli_tables import Items, Unreadable
from harness.facts.inventory import Listing, Table

__all__ = ["section", "sections", "written_sections"]


def section(read: Callable[..., Items], *texts: str) -> Listing:
    """What a function reads in what was printed."""
    return sections(("",), lambda: (read(*texts),))[""]


def sections(names: Sequence[str], read: Callable[[], Iterable[Items]]) -> dict[str, Listing]:
    """Sections by name, of items that are read together, in the order of the names."""
    try:
        return {name: Listing(items) for name, items in zip(names, read(), strict=True)}
    except Unreadable as problem:
        return dict.fromkeys(names, Listing(problem=str(problem)))


def written_sections(before: Mapping[str, Table], after: Mapping[str, Table]) -> dict[str, Listing]:
    """What came into the tables between two times: rows by table, and the columns that say something in them."""
    tables: Items = {}
    columns: Items = {}
    for name, table in after.items():
        was = before.get(name, Table(0))
        if table.rows == was.rows:
            continue
        tables[name] = {"rows": str(table.rows - was.rows)}
        columns |= {
            f"{name}.{column}": {} for column, count in table.filled.items() if count > was.filled.get(column, 0)
        }
    return {"written table": Listing(tables), "written column": Listing(columns)}
