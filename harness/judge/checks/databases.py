"""Databases: connections and families that are gone, and what was written on one side only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from harness.facts.inventory import Inventory, StartLine
from harness.judge.checks.changes import View, missing, tables
from harness.judge.checks.rule import LoadChange
from harness.model import Place

__all__ = ["database_changes", "unreached", "written_changes"]

_CONNECTION, _WRITTEN = "database connection", "written table"


def database_changes(view: View) -> Iterator[LoadChange]:
    """What the old release is connected to and reads, and the candidate is not or does not; rows after a start."""
    for change in tables(view):
        yield _with_cause(view, change) if change.section == _CONNECTION else change


def written_changes(view: View) -> Iterator[LoadChange]:
    """Tables into which nothing, or another number of rows, was written, and columns that stayed empty."""
    gone = {change.item for change in missing(view, _WRITTEN)}
    for change in tables(view):
        if change.section == _WRITTEN or change.item.rpartition(".")[0] not in gone:
            yield change


def unreached(view: View) -> str:
    """Why nothing can be said: the old release itself has no connection, so the harness has no such database."""
    for name, attributes in view.old.section(_CONNECTION).items.items():
        line = _failure(view.old)
        if attributes.get("connected") == "no" and line:
            return (
                f"the old release does not reach the database {name} ({line.message}): does site.toml name it "
                "([[database]]: engine, port, user, password, dsn)?"
            )
    return ""


def _with_cause(view: View, change: LoadChange) -> LoadChange:
    line = _failure(view.candidate)
    cause = f"Asterisk's log says: {line.message}" if line and change.attribute == "connected" else change.cause
    return replace(change, where=_place(view, change.item), cause=cause)


def _place(view: View, name: str) -> Place | None:
    if name.endswith(".conf"):
        return view.candidate.find(name)
    return view.candidate.find("res_odbc.conf", heading=name)


def _failure(side: Inventory) -> StartLine | None:
    """What Asterisk says of a connection that fails."""
    sources = ("res_odbc.c", "res_config_pgsql.c")
    return next((line for line in side.log if line.file in sources and "onnect" in line.message), None)
