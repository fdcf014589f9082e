"""What Asterisk and its files say of the release itself → items with attributes. Pure.

As in `cli_tables`: a function raises `Unreadable` when a text is not what it should be.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from harness.asterisk import cli_tables
from harness.asterisk.cli_tables import Items, Unreadable
from harness.asterisk.menuselect.makeopts import read_makeopts
from harness.asterisk.menuselect.members import MODULE_CATEGORIES

__all__ = ["build_options", "commands", "file_formats", "left_out", "modules", "sounds"]

_MODULE = re.compile(r"(?P<name>\S+)\s.*\s\d+\s+(?P<status>Running|Not Running)\s+(?P<support>\S+)\s*")
_FORMAT = re.compile(r"(?P<codec>\S+)\s+(?P<name>\S+)\s+(?P<extensions>\S+)\s*")


def modules(text: str, on_disk: Iterable[str]) -> Items:
    """`module show` and the names on disk: whether each is loaded, and how Asterisk's makers support it."""
    items: Items = {name: {"loaded": "no"} for name in on_disk}
    found = list(filter(None, map(_MODULE.fullmatch, text.splitlines())))
    if not found:
        raise Unreadable(f"module show: {text.strip()[:80]!r}")
    for row in found:
        loaded = "yes" if row["status"] == "Running" else "no"
        items[row["name"].removesuffix(".so")] = {"loaded": loaded, "support": row["support"]}
    return items


def commands(text: str) -> Items:
    """`core show help`: each command by its fixed words, with what may follow them."""
    found: dict[str, set[str]] = {}
    for line in text.splitlines():
        command, is_one, _ = line.strip().partition(" -- ")
        name = re.split(r"[\[<{]", command, maxsplit=1)[0].strip()
        if is_one and name:
            found.setdefault(name, set()).add(command[len(name) :].strip())
    if "core show help" not in found:
        raise Unreadable(f"core show help: {text.strip()[:80]!r}")
    return {name: {"syntax": " or ".join(sorted(filter(None, more)))} for name, more in found.items()}


def file_formats(text: str) -> Items:
    """`core show file formats`: formats of files by name, with codec and extensions."""
    if not text.startswith("Format "):
        raise Unreadable(f"core show file formats: {text.strip()[:80]!r}")
    rows = filter(None, map(_FORMAT.fullmatch, text.splitlines()[2:]))
    return {
        row["name"]: {"codec": row["codec"], "extensions": "|".join(sorted(row["extensions"].split("|")))}
        for row in rows
    }


def build_options(settings: str, makeopts: str) -> Items:
    """`core show settings` and menuselect.makeopts: options with which the release was built."""
    asked = dict(cli_tables.pairs(settings))
    if "Version" not in asked:
        raise Unreadable(f"core show settings: {settings.strip()[:80]!r}")
    options = re.split(r"[\s,]+", asked.get("Build Options", ""))
    for what, names in read_makeopts(makeopts).listed.items():
        options += names if what == "CFLAGS" else ()
        options += [f"{what.removeprefix('OPTS_')}: {name}" for name in names] if what.startswith("OPTS_") else []
    return {name: {} for name in sorted(set(options)) if name and name != "(none)"}


def left_out(makeopts: str) -> Items:
    """menuselect.makeopts: modules that whoever built the release left out. Empty where there is no such file."""
    chosen = read_makeopts(makeopts).listed.items()
    listed = (name for what, names in chosen if what in MODULE_CATEGORIES - {"TESTS"} for name in names)
    return {name: {} for name in listed if name.islower()}  # the others are options of the build


def sounds(paths: Iterable[str]) -> Items:
    """Paths below the sounds folder (`en/digits/1.gsm`): how many files of each language and format there are."""
    counted: Counter[str] = Counter()
    for path in paths:
        language, _, rest = path.partition("/")
        if "." in rest:
            counted[f"{language} {rest.rpartition('.')[2]}"] += 1
    return {name: {"files": str(number)} for name, number in counted.items()}
