"""The tables of an instance's databases as sections: after the start, and what was written since."""

from __future__ import annotations

from collections.abc import Mapping

from harness.facts.inventory import Section, Table
from harness.model import Attributes

__all__ = ["database_sections", "written_sections"]


def database_sections(tables: Mapping[str, Table]) -> dict[str, Section]:
    """The tables as they are when Asterisk has started."""
    return {"database table": Section({name: {"rows": str(table.rows)} for name, table in tables.items()})}


def written_sections(before: Mapping[str, Table], after: Mapping[str, Table]) -> dict[str, Section]:
    """What came into the tables between two times: rows by table, and the columns that say something in them."""
    tables: dict[str, Attributes] = {}
    columns: dict[str, Attributes] = {}
    for name, table in after.items():
        was = before.get(name, Table(0))
        if table.rows == was.rows:
            continue
        tables[name] = {"rows": str(table.rows - was.rows)}
        columns |= {
            f"{name}.{column}": {} for column, count in table.filled.items() if count > was.filled.get(column, 0)
        }
    return {"written table": Section(tables), "written column": Section(columns)}
