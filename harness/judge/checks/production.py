"""What production had in force, against the old instance of the lab: is it production that is compared?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from harness.asterisk.versions import parse_version
from harness.facts.inventory import Inventory
from harness.judge.checks.changes import View, count_of, equal, safe
from harness.judge.checks.rule import ChangeKind, LoadChange

__all__ = ["PRODUCTION_SECTIONS", "production_changes"]

_LESS = frozenset({"queue member", "astdb entry", "CDR", "CEL", "codec"})
"""Sections of which only what is missing counts: the lab adds to them, or they live while calls are made."""
PRODUCTION_SECTIONS = (
    "module", "codec", "context", "extension", "include", "hint",
    "endpoint", "aor", "transport", "registration", "sip peer",
    "queue", "queue member", "mailbox", "conference bridge", "conference user", "conference menu",
    "manager user", "ARI user", "parking lot", "music class", "feature", "CDR", "CEL", "setting",
    "realtime family", "astdb entry",
)  # fmt: skip
"""What is compared."""
# Values of the moment, and what the lab sets for itself or leaves to its own machine.
_NOT_COMPARED: Mapping[str, re.Pattern[str]] = {
    "mailbox": re.compile(r".* messages"),
    "queue member": re.compile(r"paused"),
    "CDR": re.compile(r"Mode"),
    "setting": re.compile(
        r".*directory|.* file|ASTDB|Maximum load average|Minimum free memory|User name and group|"
        r"Dump core on crash|.*Manager \(AMI.*"
    ),
}
_OF_THE_LAB = frozenset({"HTTP", "AMI"})
# What the overlay adds under these names.
_LEG_FILE, _USER = "harness-extensions.conf", "upgrade-harness"
_CDR = "CDR backend cdr_manager"
_MODULES = frozenset({"app_playback", "app_senddtmf", "cdr_manager", "cel_manager", "format_sln"})
_MOST = 20


def production_changes(view: View) -> Iterator[LoadChange]:
    """What production (the view's old) has and the lab's old instance (its candidate) has not, or otherwise."""
    yield from _version(view)
    for section in PRODUCTION_SECTIONS:
        there, here = (
            {
                name: value
                for name, value in side.section(section).items.items()
                if not _is_ours(side, section, name)
            }
            for side in (view.old, view.candidate)
        )
        yield from _named(section, "absent", there.keys() - here.keys())
        if section not in _LESS:
            yield from _named(section, "surplus", here.keys() - there.keys())
        for item in sorted(there.keys() & here.keys() - _OF_THE_LAB):
            yield from _values(view, section, item, there[item], here[item])


def _version(view: View) -> Iterator[LoadChange]:
    there, here = (parse_version(side.version) for side in (view.old, view.candidate))
    if there and here and there != here:
        both = _both(view.old.version, view.candidate.version)
        yield LoadChange("release", "unlike", "Asterisk", "version", old=both)


def _named(section: str, kind: ChangeKind, names: set[str]) -> Iterator[LoadChange]:
    if names:
        shown = sorted(names)[:_MOST]
        more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
        yield LoadChange(section, kind, count_of(len(names), section), old=", ".join(shown) + more)


def _values(
    view: View, section: str, item: str, there: Mapping[str, str], here: Mapping[str, str]
) -> Iterator[LoadChange]:
    passed_by = _NOT_COMPARED.get(section)
    for name in sorted(there.keys() & here.keys()):
        if not (passed_by and passed_by.fullmatch(name)) and not equal(there[name], here[name]):
            both = _both(safe(name, there[name]), safe(name, here[name]))
            yield LoadChange(section, "unlike", item, name, old=both, where=view.place(section, item))


def _both(there: str, here: str) -> str:
    return f"{there or 'nothing'} in production, {here or 'nothing'} in the lab"


def _is_ours(side: Inventory, section: str, name: str) -> bool:
    """Whether the harness brought it, for itself, or a program that is connected for now (`stasis-NAME`)."""
    if section in ("context", "extension"):
        place = side.section(section).places.get(name)
        context = name.rpartition("@")[2]
        return context.startswith("stasis-") or (place is not None and place.file.endswith(_LEG_FILE))
    if section == "module":
        return name in _MODULES
    if section == "CDR":
        return name.startswith(_CDR)
    return section in ("manager user", "ARI user") and name == _USER
