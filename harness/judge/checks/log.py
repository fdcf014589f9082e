"""Warnings and errors of the candidate's start that neither the old release nor the candidate's baseline has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from harness.asterisk.conf import Problem
from harness.asterisk.log import place_in
from harness.asterisk.log_text import COMPLAINTS, likeness
from harness.asterisk.replacements import KEYS
from harness.facts.inventory import Inventory, StartLine
from harness.judge.checks.changes import View
from harness.judge.checks.modules import asked_for, failed_module
from harness.judge.checks.rule import LoadChange
from harness.model import Place

__all__ = ["log_changes"]

_REWORDED = "reworded"
_REFUSED = "refused"
_REJECTED = re.compile(r"In (?P<file>[\w./-]+): Processing options for (?P<category>\S+) failed")
_UNREAD = re.compile(r"(?i)(?:unable|could not|cannot|can't|failed|missing)\b.*?\b(?P<file>[\w-]+\.conf)\b")
_SCHEMA = re.compile(
    r"Realtime table (?P<table>\S+?)(?:@\S+)? requires column '[^']*', but that column does not exist"
)
_QUOTED = re.compile(r"['\"]([^'\"\s]*/[^'\"\s]*)['\"]")
_INCLUDED = re.compile(r"The file '(?P<file>[^']+)' was listed as a #include but it does not exist")
_FILES = re.compile(r"[\w./-]+\.(?:conf|ael|lua)\b")
_UNNAMED = re.compile(
    r"(?i)\bdeclined to load\.|^Declined modules which depend on"
    r"|^(?:Failed|Unable) to load config(?:uration file)?\."
)
_OF_CALLS = (
    "extensions.conf", "pjsip.conf", "pjsip_wizard.conf", "sip.conf", "iax.conf", "users.conf", "queues.conf",
    "voicemail.conf",
)  # fmt: skip
"""Without one of these, calls of the site are not what they are in production."""
_SUMMARY = "Some non-required modules failed to load"
"""What the loader says at last, when each has been named."""
_OPTION = re.compile(r"Could not find option suitable for category '(?P<category>[^']*)' named '(?P<key>[^']*)'")


def log_changes(view: View) -> Iterator[LoadChange]:
    """A rejected configuration file with its reason, then every other new line once.

    Lines about things that the site never had (a module that old did not run, a file that neither side has) are
    one change together, of kind `unused`, and so are new words for what the old release said; so are those that
    one of two starts of the candidate says (`chance`), and those that the old release itself says beyond what it
    says of stock configuration (`own`). A file of calls that the old release refuses is one by itself.
    """
    yield from _own_complaints(view)
    yield from _refused_files(view)
    new = list(_new_lines(view))
    reworded = list(_reworded(view, new))
    if reworded:
        yield LoadChange(
            "log", "unused", "lines", _REWORDED, candidate="; ".join(line.message for line in reworded)
        )
    lines = _without(new, reworded)
    reasons: list[StartLine] = []
    for line in lines:
        rejected = None if _is_chance(view, line) else _REJECTED.search(line.message)
        if rejected:
            reason = next((other for other in lines if _is_reason(other, rejected["category"])), None)
            reasons += [line, *([reason] if reason else [])]
            yield _rejection(view, line, rejected["file"], reason)
    once = [line for line in lines if _is_chance(view, line)]
    if once:
        yield LoadChange("log", "chance", "lines", candidate="; ".join(line.message for line in once))
    rest = _without(lines, (*reasons, *once))
    foreign = [line for line in rest if _is_foreign(view, line)]
    for line in _without(rest, foreign):
        if behind := _SCHEMA.search(line.message):
            where = _mapping(view, behind["table"])
            yield LoadChange("log", "failed", behind["table"], "schema", candidate=line.message, where=where)
        else:
            said, named = f"{line.file}: {line.message}", place_in(line.message)
            where = view.candidate.place(Place(*named)) if named else None
            advice = _replacement(line.message)
            yield LoadChange("log", "added", line.normal, line.level, candidate=said, where=where, advice=advice)
    if foreign:
        yield LoadChange("log", "unused", "lines", candidate="; ".join(line.message for line in foreign))


def _new_lines(view: View) -> Iterator[StartLine]:
    """New warnings and errors, once each, without those of lost modules, which have a check of their own."""
    seen = set(view.old.messages() | view.again.messages() | view.baseline)
    for line in view.candidate.log:
        of_lost = view.old.has("module", failed_module(line)) or _SUMMARY in line.message
        if line.level in COMPLAINTS and line.normal not in seen and not of_lost:
            seen.add(line.normal)
            yield line


def _is_chance(view: View, line: StartLine) -> bool:
    """Whether one of two starts of the candidate did not say it."""
    restarted = view.candidate.restarted
    return restarted is not None and line.normal not in restarted


def _own_complaints(view: View) -> Iterator[LoadChange]:
    """What the old release itself says of the site at each start, told once where another release is to come."""
    old = view.old
    if old.stock is None or old.version == view.candidate.version:
        return
    usual = old.stock
    own = {
        line.normal: line
        for line in old.log
        if line.level in COMPLAINTS and line.normal not in usual and not _is_of_no_file(line, old)
    }
    told = [line for normal, line in own.items() if normal in view.again.messages()]
    if told:
        found = [(line.message, _place_of(line.message, old)) for line in told]
        found.sort(key=lambda one: one[1] is None)
        places = tuple(dict.fromkeys(place for _, place in found if place))
        listed = "; ".join(message for message, _ in found)
        yield LoadChange("log", "own", "lines", old=listed, where=next(iter(places), None), places=places)


def _refused_files(view: View) -> Iterator[LoadChange]:
    """Files of the site's calls of which the old release reads nothing: whatever they say, it is not compared."""
    old = view.old
    if old.version == view.candidate.version:
        return
    for file in (file for file in _OF_CALLS if file in old.files):
        fatal = [problem for problem in old.file(file).problems if problem.fatal and _is_said(problem, old)]
        if fatal:
            places = tuple(old.place(problem.place) for problem in fatal)
            text = "; ".join(problem.text for problem in fatal)
            if file != "extensions.conf" or not _is_without_dialplan(old):  # else the whole run proves nothing
                yield LoadChange("log", "own", file, _REFUSED, old=text, where=places[0], places=places)


def _is_without_dialplan(side: Inventory) -> bool:
    """Whether Asterisk has contexts of its own making alone."""
    return bool(side.dialplan.contexts) and not side.dialplan.files


def _is_said(problem: Problem, side: Inventory) -> bool:
    """Whether the side's log says it too: an absolute path may be there, though it is no file of the site."""
    named = (PurePosixPath(problem.place.file).name, problem.place.line)
    for line in side.log:
        included = _INCLUDED.search(line.message)
        if place_in(line.message) == named or (included and included["file"] in problem.text):
            return True
    return False


def _is_of_no_file(line: StartLine, side: Inventory) -> bool:
    """Whether it is about a configuration file that the site does not have, or a module that goes without one."""
    if _INCLUDED.search(line.message):
        return False
    named = {PurePosixPath(file).name for file in _FILES.findall(line.message)}
    is_elsewhere = bool(named) and named.isdisjoint(PurePosixPath(file).name for file in side.files)
    return is_elsewhere or _UNNAMED.search(line.message) is not None


def _place_of(message: str, side: Inventory) -> Place | None:
    """The line of a file that a message names, or that has the path that it names."""
    if named := place_in(message):
        return side.place(Place(*named))
    quoted = _QUOTED.search(message)
    return side.mention(quoted[1]) if quoted else None


def _reworded(view: View, new: Iterable[StartLine]) -> Iterator[StartLine]:
    """Those that speak of what a line spoke of that the old release says, as loud, and the candidate does not."""
    kept = view.candidate.messages()
    gone: dict[tuple[str, str], dict[str, None]] = {}
    for old in view.old.log:
        if old.normal not in kept:
            gone.setdefault((old.level, old.file), {})[old.message] = None
    for line in new:
        before = () if _REJECTED.search(line.message) else gone.get((line.level, line.file), ())
        if any(likeness(message, line.message) for message in before):
            yield line


def _without(lines: Iterable[StartLine], others: Iterable[StartLine]) -> list[StartLine]:
    left_out = frozenset(others)
    return [line for line in lines if line not in left_out]


def _is_foreign(view: View, line: StartLine) -> bool:
    unread = _UNREAD.search(line.message)
    if unread and unread["file"] not in view.old.files and unread["file"] not in view.candidate.files:
        return True
    module = failed_module(line) or line.file.removesuffix(".c")
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
        advice=_mending(key, file) if key else "",
    )


def _replacement(message: str) -> str:
    """What took the place of an option that a line names."""
    named = (advice for key, advice in KEYS.items() if re.search(rf"(?<![\w-]){key}(?![\w-])", message))
    return next(named, "")


def _mending(key: str, file: str) -> str:
    """What to do about a key that the candidate does not know."""
    words = f"Take {key} out of {file}: one unknown key makes Asterisk ignore the whole file."
    return f"{words} {KEYS[key]}" if key in KEYS else words
