"""Warnings and errors of the candidate's start that neither the old release nor the candidate's baseline has."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.asterisk.log import place_in
from harness.facts.inventory import StartLine
from harness.judge.checks.changes import View
from harness.judge.checks.modules import asked_for, load_failures
from harness.judge.checks.rule import LoadChange
from harness.model import Place

__all__ = ["log_changes"]

_REJECTED = re.compile(r"In (?P<file>[\w./-]+): Processing options for (?P<category>\S+) failed")
_UNREAD = re.compile(r"(?i)(?:unable|could not|cannot|failed)\b.*?\b(?P<file>[\w-]+\.conf)\b")
_SCHEMA = re.compile(
    r"Realtime table (?P<table>\S+?)(?:@\S+)? requires column '[^']*', but that column does not exist"
)
_OPTION = re.compile(r"Could not find option suitable for category '(?P<category>[^']*)' named '(?P<key>[^']*)'")


def log_changes(view: View) -> Iterator[LoadChange]:
    """A rejected configuration file with its reason, then every other new line once.

    Lines about things that the site never had (a module that old did not run, a file that neither side has) are
    one change together, of kind `unused`.
    """
    lines = list(_new_lines(view))
    reasons: list[StartLine] = []
    for line in lines:
        if rejected := _REJECTED.search(line.message):
            reason = next((other for other in lines if _is_reason(other, rejected["category"])), None)
            reasons += [line, *([reason] if reason else [])]
            yield _rejection(view, line, rejected["file"], reason)
    rest = [line for line in lines if line not in reasons]
    foreign = [line for line in rest if _is_foreign(view, line)]
    for line in rest:
        if line in foreign:
            continue
        if behind := _SCHEMA.search(line.message):
            where = _mapping(view, behind["table"])
            yield LoadChange("log", "failed", behind["table"], "schema", candidate=line.message, where=where)
        else:
            said, named = f"{line.file}: {line.message}", place_in(line.message)
            where = view.candidate.place(Place(*named)) if named else None
            yield LoadChange("log", "added", line.normal, line.level, candidate=said, where=where)
    if foreign:
        yield LoadChange("log", "unused", "lines", candidate="; ".join(line.message for line in foreign))


def _new_lines(view: View) -> Iterator[StartLine]:
    """New warnings and errors, once each, without those of lost modules, which have a check of their own."""
    seen = set(view.old.messages() | view.again.messages() | view.baseline)
    failures = load_failures(view.candidate.log).items()
    known = {line for module, line in failures if view.old.has("module", module)}
    for line in view.candidate.log:
        if line.level in ("WARNING", "ERROR") and line.normal not in seen and line not in known:
            seen.add(line.normal)
            yield line


def _is_foreign(view: View, line: StartLine) -> bool:
    unread = _UNREAD.search(line.message)
    if unread and unread["file"] not in view.old.files and unread["file"] not in view.candidate.files:
        return True
    module = next(iter(load_failures((line,))), line.file.removesuffix(".c"))
    is_new = module in view.candidate.modules_on_disk and not view.old.has("module", module)
    return is_new and not asked_for(view.candidate, module)


def _mapping(view: View, table: str) -> Place | None:
    """Where extconfig.conf names a table, or the family of its name."""
    families = view.candidate.section("realtime family").items.items()
    named = (family for family, what in families if what.get("table") == table)
    return view.candidate.find("extconfig.conf", key=next(named, table))


def _is_reason(line: StartLine, category: str) -> bool:
    found = _OPTION.search(line.message)
    return found is not None and found["category"] == category


def _rejection(view: View, line: StartLine, file: str, reason: StartLine | None) -> LoadChange:
    option = _OPTION.search(reason.message) if reason else None
    key = option["key"] if option else ""
    return LoadChange(
        "log",
        "failed",
        file,
        key,
        old=f"{file} is in force",
        candidate=line.message,
        where=view.candidate.find(file, heading=option["category"] if option else "", key=key),
        cause=f"Asterisk's log says: {(reason or line).message.removesuffix(' of')}",
        advice=f"Take {key} out of {file}: one unknown key makes Asterisk ignore the whole file." if key else "",
    )
