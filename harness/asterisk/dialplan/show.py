"""Where in the site's files a priority stands, from what `dialplan show` printed on an instance.

Asterisk knows file and line of every priority whatever language it was written in, so nothing is parsed twice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.model import Place

__all__ = ["Dialplan", "Priority", "matches", "parse_dialplan"]

_CONTEXT = re.compile(r"^\[ Context '(?P<context>.*)' created by '(?P<by>.*)' \]$")
_PRIORITY = re.compile(
    r"""^\s+(?:'(?P<exten>.*?)'\s(?:\(CID\smatch\s'.*?'\)\s)?=>)?\s*
        (?:\[(?P<label>[^\]]*)\]\s+)?
        (?P<priority>\d+)\.\s(?P<app>.*?)\s+\[(?P<place>[^\[\]]*)\]$""",
    re.VERBOSE,
)
_HINT = re.compile(r"^\s+'(?P<exten>.*?)'\s=>\s+hint: ")
_INCLUDE = re.compile(r"^\s+Include\s=>\s+'(?P<context>[^']*)'")


@dataclass(frozen=True, slots=True)
class Priority:
    """One loaded priority: application with arguments as written, and where."""

    application: str
    place: Place | None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Dialplan:
    """A loaded dialplan: context → extension (or pattern) → priority, and context → included contexts."""

    contexts: Mapping[str, Mapping[str, Mapping[str, Priority]]] = field(default_factory=dict)
    includes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def files(self) -> frozenset[str]:
        """The files that it was read from."""
        places = (
            p.place for extensions in self.contexts.values() for ps in extensions.values() for p in ps.values()
        )
        return frozenset(place.file for place in places if place is not None)

    def find(self, context: str, extension: str, priority: str) -> Priority | None:
        """The priority that runs for a dialled extension, through patterns and includes; None if there is none."""
        return self._find(context, extension, priority, frozenset())

    def place(self, context: str, extension: str, priority: str) -> Place | None:
        """File and line of that priority, None if it is not there or was made at run time."""
        found = self.find(context, extension, priority)
        return found.place if found else None

    def using(self, thing: str, spot: tuple[str, str, str] | None) -> Place | None:
        """Where an application or function is used, nearest at or before `spot` in the same extension."""
        if spot is None:
            return None
        context, extension, priority = spot
        last = int(priority) if priority.isdigit() else 0
        for number in range(last, 0, -1):
            found = self.find(context, extension, str(number))
            if found and f"{thing}(" in found.application:
                return found.place
        return None

    def _find(self, context: str, extension: str, priority: str, seen: frozenset[str]) -> Priority | None:
        extensions = self.contexts.get(context, {})
        exact = extensions.get(extension)
        if exact and priority in exact:
            return exact[priority]
        for pattern in sorted(extensions, key=_specificity):
            if pattern.startswith("_") and priority in extensions[pattern] and matches(pattern, extension):
                return extensions[pattern][priority]
        seen |= {context}
        for included in self.includes.get(context, ()):
            found = None if included in seen else self._find(included, extension, priority, seen)
            if found:
                return found
        return None


def parse_dialplan(text: str, *, folder: str = "") -> Dialplan:
    """Read the output of the CLI command `dialplan show`. Lines that are none of it are passed over.

    `folder` (`candidate/`, say) comes before every file name, so that a place says in which configuration it is.
    """
    contexts: dict[str, dict[str, dict[str, Priority]]] = {}
    includes: dict[str, list[str]] = {}
    context = extension = ""
    for line in text.splitlines():
        if header := _CONTEXT.match(line):
            context, extension = header["context"], ""
            contexts.setdefault(context, {})
        elif included := _INCLUDE.match(line):
            includes.setdefault(context, []).append(included["context"].split("|")[0].split(",")[0])
        elif hinted := _HINT.match(line):  # its priorities follow, without the extension's name
            extension = hinted["exten"]
        elif found := _PRIORITY.match(line):
            extension = found["exten"] if found["exten"] is not None else extension
            priority = Priority(found["app"], _place(found["place"], folder), found["label"] or "")
            contexts.setdefault(context, {}).setdefault(extension, {})[found["priority"]] = priority
    return Dialplan(contexts, {name: tuple(names) for name, names in includes.items()})


def matches(pattern: str, extension: str) -> bool:
    """Whether Asterisk's extension pattern (`_9NXX.`) matches a dialled extension."""
    if not pattern.startswith("_"):
        return pattern == extension
    return re.fullmatch(_regex(pattern[1:]), extension, re.DOTALL) is not None


_CLASSES = {"X": "[0-9]", "Z": "[1-9]", "N": "[2-9]", ".": ".+", "!": ".*", "-": ""}


def _regex(pattern: str) -> str:
    parts: list[str] = []
    rest = pattern
    while rest:
        char, rest = rest[0], rest[1:]
        end = rest.find("]") if char == "[" else -1
        if end > 0:
            members, rest = rest[:end], rest[end + 1 :]
            parts.append("[" + re.escape(members).replace(r"\-", "-") + "]")
        else:
            parts.append(
                _CLASSES.get(char.upper() if char in "xzn" else char) or re.escape(char).replace(r"\-", "")
            )
    return "".join(parts)


def _specificity(pattern: str) -> tuple[int, int, str]:
    """Earlier is more specific: literal characters first, wildcards that eat everything last."""
    return (pattern.endswith((".", "!")), -sum(c not in "XZN.!" for c in pattern.upper()), pattern)


def _place(text: str, folder: str) -> Place | None:
    file, colon, line = text.rpartition(":")
    return Place(folder + file, int(line)) if colon and line.isdigit() else None
