"""Modules that ran on the old release and do not run on the candidate: does the site lose anything by it?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from harness.asterisk.api_changes import became_of, changed_structures
from harness.asterisk.loading import loading_of
from harness.asterisk.modules import CHANNELS, FILES, REPLACED, file_of
from harness.asterisk.replacements import TECHNOLOGIES
from harness.asterisk.versions import parse_version, series_of
from harness.facts.failed_build import FailedBuild
from harness.facts.inventory import Inventory, StartLine
from harness.judge.checks.changes import View, added, all_unused, missing
from harness.judge.checks.needs import Needs, needs_of, says_something
from harness.judge.checks.rule import LoadChange
from harness.model import Place

__all__ = ["asked_for", "failed_module", "load_failures", "lost_modules", "module_changes"]

_FAILED = (
    re.compile(r"Error loading module '(?P<module>\w+)(?:\.so)?'"),
    re.compile(r"(?P<module>\w+?)(?:\.so)? declined to load"),
    re.compile(r"Failed to resolve dependencies for (?P<module>\w+)"),
    re.compile(r"Failed to load module (?P<module>\w+?)(?:\.so)? - Required"),
)
_UNSOUND = (
    "A module reads and writes Asterisk's structures, whose sizes differ between series{changed}. Asterisk loads "
    "it all the same where both have the same build options, and memory behind those structures is overwritten."
)
_MOST_ERRORS = 5
_SYMBOL = re.compile(r"undefined symbol: _?ast_(\w+)")


def module_changes(view: View) -> Iterator[LoadChange]:
    """Modules that are missing, and those that are new."""
    yield from lost_modules(view)
    yield from _never_loaded(view)
    yield from _same_binaries(view)
    yield from added(view, "module")


def lost_modules(view: View) -> Iterator[LoadChange]:
    """Every missing module by what it means; those that nothing needs are one change together."""
    failures = load_failures(view.candidate.log)
    uses = view.candidate.uses()
    unused: list[str] = []
    for change in missing(view, "module"):
        line = failures.get(change.item)
        needs = () if line and _does_nothing(view, change.item) else needs_of(view, change.item, uses)
        own = change.item in view.old.third_party
        found = _failed(view, change, line, needs) if line else _gone(view, change, needs)
        if failed_build := view.candidate.failed_builds.get(change.item):
            yield _uncompiled(found, failed_build)
        elif own:
            yield replace(found, kind="unbuilt", advice="", where=asked_for(view.candidate, change.item))
        elif needs:
            yield found
        elif not line and (other := REPLACED.get(change.item)) and view.candidate.has("module", other):
            yield replace(found, kind="replaced", candidate=f"{other} runs")
        else:
            unused.append(f"{change.item} (does not load)" if line else change.item)
    counted = "1 module" if len(unused) == 1 else f"{len(unused)} modules"
    yield from all_unused("module", counted, unused)


def _never_loaded(view: View) -> Iterator[LoadChange]:
    """Modules that cannot be built for the candidate, and that the old release did not load either."""
    for name, build in sorted(view.candidate.failed_builds.items()):
        if name not in view.old.section("module").items and name not in view.old.failed_builds:
            yield _uncompiled(LoadChange("module", "missing", name, old="was built, and is not loaded"), build)


def _uncompiled(change: LoadChange, build: FailedBuild) -> LoadChange:
    """A module that the candidate's headers refuse: the compiler's words, and what became of what they name."""
    first = next(iter(build.errors), None)
    known = dict.fromkeys(what for error in build.errors if (what := became_of(error.text)))
    places = tuple(Place(error.file, error.line) for error in build.errors[:_MOST_ERRORS])
    said = [f"{error.file}:{error.line}: {error.text}" for error in build.errors[:_MOST_ERRORS]]
    words = said or [build.printed.rpartition("\n")[2]]
    return replace(
        change,
        kind="uncompiled",
        candidate=first.text if first else build.why,
        where=places[0] if places else Place("site.toml", build.line),
        places=places,
        cause=f"{build.why}. {'; '.join(filter(None, words))}",
        advice=". ".join(f"{what[0].upper()}{what[1:]}" for what in known) + "." if known else "",
    )


def _same_binaries(view: View) -> Iterator[LoadChange]:
    """Modules of the site's own of which the candidate, of another series, runs the old release's binary."""
    versions = [parse_version(side.version) for side in (view.old, view.candidate)]
    old, candidate = (series_of(version) if version else "" for version in versions)
    given = {*view.old.third_party.values(), *view.old.binaries.values()}
    same = [name for name, content in view.candidate.third_party.items() if content in given]
    for name in sorted(same) if old and candidate and old != candidate else ():
        if view.candidate.has("module", name):
            where = asked_for(view.candidate, name)
            yield LoadChange(
                "module",
                "unsound",
                name,
                old=f"series {old}",
                candidate=f"series {candidate}",
                where=where,
                cause=_UNSOUND.format(
                    changed=f" ({known})" if (known := changed_structures(old, candidate)) else ""
                ),
            )


def failed_module(line: StartLine) -> str:
    """The module of which a line says that it could not be loaded; empty for another line."""
    return next((match["module"] for pattern in _FAILED if (match := pattern.search(line.message))), "")


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


def _failed(view: View, change: LoadChange, line: StartLine, needs: Needs) -> LoadChange:
    module, candidate = change.item, view.candidate
    needed = _module_with_symbol(line.message, candidate.modules_on_disk)
    advice = f"Load {needed}.so before {module}.so (modules.conf)." if needed else ""
    if candidate.modules_on_disk and module not in candidate.modules_on_disk:
        advice = f"The candidate has no {module}.so: move to what took its place, and take the line out."
    found = _needed(change, needs)
    return replace(
        found,
        kind="failed",
        old=f"{module} runs",
        candidate=line.message,
        where=asked_for(candidate, module) or found.where,
        cause=". ".join(filter(None, (f"Asterisk's log says: {line.message}", found.cause))),
        advice=advice,
    )


def _gone(view: View, change: LoadChange, needs: Needs) -> LoadChange:
    module = change.item
    there = module in view.candidate.modules_on_disk
    known = TECHNOLOGIES.get(CHANNELS.get(module, ""), "")
    return replace(
        _needed(change, needs),
        kind="unproved" if module in CHANNELS and all(need.by_file for need in needs) else "missing",
        old=f"{module} runs",
        candidate="is there and not loaded" if there else "does not exist",
        advice=f"Add `load = {module}.so` to modules.conf." if there else known,
    )


def _needed(change: LoadChange, needs: Needs) -> LoadChange:
    places = tuple(dict.fromkeys(place for need in needs for place in need.places))
    return replace(
        change, cause="; ".join(need.why for need in needs), where=next(iter(places), None), places=places
    )


def _module_with_symbol(message: str, on_disk: frozenset[str]) -> str:
    """The module that has an undefined symbol: the longest whose name, without its kind, begins the symbol's."""
    symbol = _SYMBOL.search(message)
    if symbol is None:
        return ""
    named = [m for m in on_disk if symbol[1].startswith(m.partition("_")[2] + "_") and m.partition("_")[2]]
    return max(named, key=len, default="")


def asked_for(side: Inventory, module: str) -> Place | None:
    """Where modules.conf says to load it, None if it does not."""
    option = loading_of(side.file("modules.conf")).asks_for(module)
    return side.place(option.place) if option else None
