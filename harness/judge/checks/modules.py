"""Modules that ran on the old release and do not run on the candidate: does the site lose anything by it?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from harness.asterisk.dialplan.uses import SiteUses
from harness.asterisk.loading import loading_of
from harness.asterisk.modules import CHANNELS, FILES, REPLACED, brought_by, file_of
from harness.facts.inventory import Inventory, StartLine
from harness.judge.checks.changes import View, added, all_unused, missing
from harness.judge.checks.rule import LoadChange
from harness.model import Place

__all__ = ["asked_for", "load_failures", "lost_modules", "module_changes", "says_something"]

_FAILED = (
    re.compile(r"Error loading module '(?P<module>\w+)(?:\.so)?'"),
    re.compile(r"(?P<module>\w+?)(?:\.so)? declined to load"),
)
_SYMBOL = re.compile(r"undefined symbol: _?ast_(\w+)")


def module_changes(view: View) -> Iterator[LoadChange]:
    """Modules that are missing, and those that are new."""
    yield from lost_modules(view)
    yield from added(view, "module")


def lost_modules(view: View) -> Iterator[LoadChange]:
    """Every missing module by what it means; those that nothing needs are one change together."""
    failures = load_failures(view.candidate.log)
    uses = view.candidate.uses()
    unused: list[str] = []
    for change in missing(view, "module"):
        line = failures.get(change.item)
        if line is not None and _does_nothing(view, change.item):
            unused.append(change.item)
            continue
        if line is not None:
            failed = _load_failure(change, line, view.candidate)
            own = change.item in view.old.third_party
            yield replace(failed, kind="unbuilt", advice="") if own else failed
            continue
        found = _need_or_replacement(view, change, uses)
        if found is None:
            unused.append(change.item)
        else:
            yield found
    counted = "1 module" if len(unused) == 1 else f"{len(unused)} modules"
    yield from all_unused("module", counted, unused)


def load_failures(log: tuple[StartLine, ...]) -> Mapping[str, StartLine]:
    """Module → the line that says that it could not be loaded; the loader's reason before other lines."""
    found: dict[str, StartLine] = {}
    for pattern in _FAILED:
        for line in log:
            if match := pattern.search(line.message):
                found.setdefault(match["module"], line)
    return found


def _does_nothing(view: View, module: str) -> bool:
    """Whether the module had nothing to do on the old release; later releases then decline to load it."""
    if file_of(module) in view.old.files:
        return not says_something(view.old, file_of(module))
    return module.startswith(("cdr_", "cel_")) or (module in FILES and not asked_for(view.candidate, module))


def _load_failure(change: LoadChange, line: StartLine, candidate: Inventory) -> LoadChange:
    module = change.item
    needed = _module_with_symbol(line.message, candidate.modules_on_disk)
    advice = f"Load {needed}.so before {module}.so (modules.conf)." if needed else ""
    if candidate.modules_on_disk and module not in candidate.modules_on_disk:
        advice = f"The candidate has no {module}.so: move to what took its place, and take the line out."
    return replace(
        change,
        kind="failed",
        old=f"{module} runs",
        candidate=line.message,
        where=asked_for(candidate, module) or change.where,
        cause=f"Asterisk's log says: {line.message}",
        advice=advice,
    )


def _module_with_symbol(message: str, on_disk: frozenset[str]) -> str:
    """The module that has an undefined symbol: the longest whose name, without its kind, begins the symbol's."""
    symbol = _SYMBOL.search(message)
    if symbol is None:
        return ""
    named = [m for m in on_disk if symbol[1].startswith(m.partition("_")[2] + "_") and m.partition("_")[2]]
    return max(named, key=len, default="")


def _need_or_replacement(view: View, change: LoadChange, uses: SiteUses) -> LoadChange | None:
    module = change.item
    reason, where = _reason(view, module, uses)
    there = module in view.candidate.modules_on_disk
    candidate = "is there and not loaded" if there else "does not exist"
    advice = f"Add `load = {module}.so` to modules.conf." if there else ""
    found = replace(change, old=f"{module} runs", candidate=candidate, where=where, cause=reason, advice=advice)
    if module in view.old.third_party:
        return replace(found, kind="unbuilt", advice="", where=asked_for(view.candidate, module))
    if reason:
        return found
    file = file_of(module)
    if says_something(view.candidate, file):
        kind = "unproved" if module in CHANNELS else "missing"
        return replace(found, kind=kind, where=view.candidate.find(file), cause=f"The site has {file}")  # type: ignore[arg-type] # both are kinds
    other = REPLACED.get(module)
    if other and view.candidate.has("module", other):
        return replace(found, kind="replaced", candidate=f"{other} runs")
    return None


def _reason(view: View, module: str, uses: SiteUses) -> tuple[str, Place | None]:
    """Why the site needs it, and where it says so."""
    brings = brought_by(module)
    for name, places in {**uses.applications, **uses.functions}.items():
        if name.lower() in brings:
            return f"The site uses {name}", next(iter(places), None)
    technology = CHANNELS.get(module, "")
    if technology and not view.candidate.has("technology", technology):
        dialled = uses.technologies.get(technology)
        if dialled is not None:
            return f"The site dials or watches {technology}/...", next(iter(dialled), None)
        peers = view.old.section("sip peer").items if module == "chan_sip" else {}
        lost = sorted(set(peers) - set(view.candidate.section("endpoint").items))
        if lost:
            counted = f"{len(lost)} of {len(peers)} peers of sip.conf have no PJSIP endpoint"
            return f"{counted}: {', '.join(lost)}", view.place("sip peer", lost[0])
    return "", None


def says_something(side: Inventory, file: str) -> bool:
    """Whether a configuration file sets anything."""
    return any(section.options for section in side.file(file).sections)


def asked_for(side: Inventory, module: str) -> Place | None:
    """Where modules.conf says to load it, None if it does not."""
    option = loading_of(side.file("modules.conf")).asks_for(module)
    return side.place(option.place) if option else None
