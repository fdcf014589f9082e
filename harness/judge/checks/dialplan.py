"""Contexts, extensions, includes and hints that are not loaded, told from those that are found elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from harness.judge.checks.changes import View, added, all_unused, changed, missing
from harness.judge.checks.rule import LoadChange

__all__ = ["dialplan_changes"]


def dialplan_changes(view: View) -> Iterator[LoadChange]:
    """What a caller reached on the old release and may not reach on the candidate."""
    gone = {change.item for change in missing(view, "context")}
    yield from _contexts(view)
    for section in ("extension", "include", "hint"):
        for change in missing(view, section):
            if change.item.rpartition("@")[2].rpartition(" in ")[2] not in gone:
                yield _elsewhere(view, change)
    yield from changed(view, "hint")
    for section in view.sections:
        yield from added(view, section)


def _contexts(view: View) -> Iterator[LoadChange]:
    """Contexts that are gone, each with its extensions; those that only Macro would run are one change."""
    used = {name.lower() for name in view.candidate.uses().applications}
    has_macro = bool(used & {"macro", "macroexclusive", "macroif"})
    macros: list[str] = []
    extensions: dict[str, list[str]] = {}
    for name in view.old.section("extension").items:
        extensions.setdefault(name.rpartition("@")[2], []).append(name)
    for change in missing(view, "context"):
        if change.item.startswith("macro-") and not has_macro:
            macros.append(change.item)
            continue
        lost = sorted(extensions.get(change.item, ()))
        yield replace(change, consequences=tuple(f"The extension {name} is not loaded" for name in lost))
    yield from all_unused("context", "macros", macros)


def _elsewhere(view: View, change: LoadChange) -> LoadChange:
    if change.section != "extension":
        return change
    extension, _, context = change.item.rpartition("@")
    dialplan = view.candidate.dialplan
    found = None if extension.startswith("_") else dialplan.find(context, extension, "1")
    return replace(change, kind="moved", candidate=str(found.place or "made at run time")) if found else change
