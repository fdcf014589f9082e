"""Where in the site's files a priority stands, from what `dialplan show` printed on an instance.

Asterisk knows file and line of every priority whatever language it was written in, so nothing is parsed twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from sys import intern

import msgspec

from harness.model import Place

__all__ = ["ELEMENT", "Dialplan", "Hint", "Include", "Priority", "matches", "parse_dialplan"]

_LINE = re.compile(r"[^\r\n]+")
_CONTEXT = re.compile(r"^\[ Context '(?P<context>.*)' created by '(?P<by>.*)' \]$")
_EXTENSION = r"^\s+(?:'(?P<exten>.*?)'\s(?:\(CID\smatch\s'(?P<caller>.*?)'\)\s)?=>\s*)?"
_PRIORITY = re.compile(
    _EXTENSION + r"(?:\[(?P<label>[^\]]*)\]\s+)?(?P<priority>\d+)\.\s(?P<app>(?:.*\S)?)\s+\[(?P<place>[^\[\]]*)\]$"
)
_HINT = re.compile(_EXTENSION + r"hint: (?P<devices>(?:.*\S)?)\s+\[(?P<place>[^\[\]]*)\]$")
_INCLUDE = re.compile(r"^\s+Include\s=>\s+'(?P<included>[^']*)'")

_MOST_SEEN = 2 * 128
"""Contexts that one search looks into: AST_PBX_MAX_STACK, and each at certain hours and at any."""


class Priority(msgspec.Struct, frozen=True, gc=False):
    """One loaded priority: application with arguments as written, and where."""

    application: str
    place: Place | None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Hint:
    """The devices that a hint watches (`SIP/100&SIP/101`), and where; None if it was made at run time."""

    devices: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Include:
    """A context that another includes, and when (`17:00-08:00,mon-fri,*,*`); empty for always."""

    context: str
    time: str = ""

    @classmethod
    def of(cls, text: str) -> Include:
        """As it is written: `night`, or `night,17:00-08:00,mon-fri,*,*`, with `|` too."""
        context, *time = re.split(r"[,|]", text, maxsplit=1)
        return cls(context.strip(), *time)


@dataclass(frozen=True, slots=True)
class Dialplan:
    """A loaded dialplan: context → extension (or pattern) → priority, or hint, and context → what it includes.

    A priority for one caller alone is `1/5550100`. `variables` are the global ones.
    """

    contexts: Mapping[str, Mapping[str, Mapping[str, Priority]]] = field(default_factory=dict)
    includes: Mapping[str, tuple[Include, ...]] = field(default_factory=dict)
    hints: Mapping[str, Mapping[str, Hint]] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)

    def priorities(self) -> Iterator[Priority]:
        """All of them, in the order in which they were shown."""
        for extensions in self.contexts.values():
            for priorities in extensions.values():
                yield from priorities.values()

    @property
    def files(self) -> frozenset[str]:
        """The files that it was read from."""
        return frozenset(priority.place.file for priority in self.priorities() if priority.place)

    def find(self, context: str, extension: str, priority: str, *, ran: str = "") -> Priority | None:
        """The priority that runs for a dialled extension, through patterns and includes; None if there is none.

        What runs may depend on the hour (a timed include) or on the caller. `ran`, the application that did run
        with its arguments (`Playback(closed)`), decides then; without it what runs at any hour and for anybody is
        preferred.
        """
        possible = tuple(self._possible(context, extension, priority))
        order = possible[-1:] + possible[:-1] if possible and possible[-1][1] else possible
        for suits in (_fits, _has_name) if ran else ():
            for found, _ in order:
                if suits(found.application, ran):
                    return found
        return order[0][0] if order else None

    def place(self, context: str, extension: str, priority: str, *, ran: str = "") -> Place | None:
        """File and line of that priority, None if it is not there or was made at run time."""
        found = self.find(context, extension, priority, ran=ran)
        return found.place if found else None

    def using(self, thing: str, spot: tuple[str, str, str] | None) -> Place | None:
        """Where an application or function is used, nearest at or before `spot` in the same extension."""
        if spot is None:
            return None
        context, extension, priority = spot
        used = re.compile(rf"(?<!\w){re.escape(thing)}\(", re.IGNORECASE)
        for number in range(int(priority) if priority.isdigit() else 0, 0, -1):
            for found, _ in self._possible(context, extension, str(number)):
                if used.search(found.application):
                    return found.place
        return None

    def _possible(self, context: str, extension: str, priority: str) -> Iterator[tuple[Priority, bool]]:
        """What may run, in Asterisk's order, and whether it does at any hour and for anybody: that comes last."""
        return self._search(context, (extension, priority), True, set())

    def _search(
        self, context: str, wanted: tuple[str, str], always: bool, seen: set[tuple[str, bool]]
    ) -> Iterator[tuple[Priority, bool]]:
        extension, priority = wanted
        if len(seen) > _MOST_SEEN or (context, True) in seen or (context, always) in seen:
            return  # Asterisk looks into no context twice
        seen.add((context, always))
        extensions = self.contexts.get(context, {})
        for name in _names(extensions, extension):
            priorities = extensions[name]
            yield from ((found, False) for key, found in priorities.items() if key.startswith(f"{priority}/"))
            if priority in priorities:
                yield priorities[priority], always
                return
        for include in self.includes.get(context, ()):
            certain = always and not include.time
            for found in self._search(include.context, wanted, certain, seen):
                yield found
                if found[1]:
                    return


def _names(extensions: Mapping[str, object], extension: str) -> Iterator[str]:
    """The extension itself, then the patterns that match it, the most specific first."""
    if extension in extensions:
        yield extension
    patterns = (name for name in extensions if name.startswith("_") and matches(name, extension))
    yield from sorted(patterns, key=_specificity)


def parse_dialplan(text: str, *, folder: str = "", variables: str = "", files: Iterable[str] = ()) -> Dialplan:
    """Read the output of the CLI commands `dialplan show` and `dialplan show globals`, line by line.

    Lines that are none of it are passed over.

    `folder` (`candidate/`, say) comes before every file name, so that a place says in which configuration it is.
    `files` are the paths of the configuration's files in it: Asterisk shows their names without folders.
    """
    paths = _by_name(files)
    contexts: dict[str, dict[str, dict[str, Priority]]] = {}
    includes: dict[str, list[Include]] = {}
    hints: dict[str, dict[str, Hint]] = {}
    context = extension = caller = ""
    for line in (found[0] for found in _LINE.finditer(text)):  # one by one: there may be a million
        if line.startswith("[") and (header := _CONTEXT.match(line)):
            context = header["context"]
            contexts.setdefault(context, {})
        elif "Include" in line and (include := _INCLUDE.match(line)):
            includes.setdefault(context, []).append(Include.of(include["included"]))
        elif found := ("hint: " in line and _HINT.match(line)) or _PRIORITY.match(line):
            place = _place(found["place"], folder, paths)
            if found["exten"] is not None:  # else it is one more line of the extension before
                extension, caller = found["exten"], f"/{found['caller']}" if found["caller"] else ""
            if found.re is _HINT:
                hints.setdefault(context, {})[extension] = Hint(found["devices"], place)
            else:
                priority = Priority(found["app"], place, found["label"] or "")
                extensions = contexts.setdefault(context, {})
                extensions.setdefault(extension, {})[found["priority"] + caller] = priority
    named = dict(line.strip().split("=", 1) for line in variables.splitlines() if "=" in line)
    return Dialplan(contexts, {name: tuple(inner) for name, inner in includes.items()}, hints, named)


def _has_name(written: str, ran: str) -> bool:
    return written.partition("(")[0].strip().lower() == ran.partition("(")[0].strip().lower()


def _fits(written: str, ran: str) -> bool:
    """Whether an application as written may be what ran: variables and expressions may have been anything."""
    return _ran(written).fullmatch(ran) is not None


@lru_cache(4096)
def _ran(written: str) -> re.Pattern[str]:
    first, *rest = map(re.escape, _pieces(written))
    middle = "".join(f"(?>.*?{piece})" for piece in rest[:-1])  # the nearest each, so that no search goes back
    return re.compile(first + middle + "".join(f".*{last}" for last in rest[-1:]), re.DOTALL)


def _pieces(written: str) -> list[str]:
    """What stands between the variables and expressions of a text, however they are nested."""
    pieces, depth, start = list[str](), 0, 0
    for at, char in enumerate(written):
        if char in "{[" and (depth or written[at - 1 : at] == "$"):
            if not depth:
                pieces.append(written[start : at - 1])
            depth += 1
        elif depth and char in "}]":
            depth -= 1
            start = at + 1
    return [*pieces, written[start:] if not depth else ""]


def matches(pattern: str, extension: str) -> bool:
    """Whether Asterisk's extension pattern (`_9NXX.`) matches a dialled extension."""
    if not pattern.startswith("_"):
        return pattern == extension
    return re.fullmatch(_regex(pattern[1:]), extension, re.DOTALL) is not None


ELEMENT = re.compile(r"\[(?P<members>[^\]]+)\]|.", re.DOTALL)
"""What stands for one character (or, as `.` and `!`, for many) in a pattern."""
_CLASSES = {"X": "[0-9]", "Z": "[1-9]", "N": "[2-9]", ".": ".+", "!": ".*", "-": ""}


@lru_cache(4096)
def _regex(pattern: str) -> str:
    return "".join(map(_character, ELEMENT.finditer(pattern)))


def _character(found: re.Match[str]) -> str:
    if found["members"]:
        return "[" + re.escape(found["members"]).replace(r"\-", "-") + "]"
    char = found[0]
    return _CLASSES.get(char.upper() if char in "xzn" else char, re.escape(char))


def _specificity(pattern: str) -> tuple[int, int, str]:
    """Earlier is more specific: literal characters first, wildcards that eat everything last."""
    return (pattern.endswith((".", "!")), -sum(c not in "XZN.!" for c in pattern.upper()), pattern)


def _place(text: str, folder: str, paths: Mapping[str, str]) -> Place | None:
    file, colon, line = text.rpartition(":")
    return Place(intern(folder + paths.get(file, file)), int(line)) if colon and line.isdigit() else None


def _by_name(files: Iterable[str]) -> Mapping[str, str]:
    """Files in folders by their bare names, where one alone has it."""
    found: dict[str, list[str]] = {}
    for path in files:
        found.setdefault(path.rpartition("/")[2], []).append(path)
    return {name: paths[0] for name, paths in found.items() if len(paths) == 1}
