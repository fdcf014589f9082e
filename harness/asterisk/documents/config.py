"""What a release documents of its configuration: files, objects in them, options of these. Pure.

The XML says which there are; `config show help` says what the running code has in force: defaults, types, and
which sections of a file are which object.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

from harness.asterisk.cli_tables import Items

__all__ = ["Documented", "config_objects", "config_options", "documented"]

_HELP = "config show help "
_OPTION = re.compile(r" = \[(?P<type>[^\]]*)\] \(Default: ?(?P<default>.*?)\) \(Regex: (?P<regex>\w+)\)")
_OBJECT = re.compile(
    r"\[category (?P<sign>[=!]~) /(?P<category>\S*)/"
    r"(?: matchfield: (?P<field>[^\]=]+?) = (?P<value>[^\]]*?))?\s*\]"
)
_NO_VALUE = frozenset({"n/a", "(null)"})
_TRUTH: Mapping[str, str] = {"0": "no", "1": "yes", "false": "no", "true": "yes", "off": "no", "on": "yes"}
# Of the core itself; what a module documents is there when the module is.
_OF_A_MODULE = re.compile(r"(app|bridge|cdr|cel|chan|codec|format|func|pbx|res|test)_")


@dataclass(frozen=True, slots=True)
class Documented:
    """An object of a configuration file, or (with `option`) one of its options, as the XML has it."""

    module: str
    file: str
    object: str
    option: str = ""
    default: str = ""

    @property
    def command(self) -> str:
        """What to ask Asterisk's command line about it."""
        return f"{_HELP}{self.module} {self.object} {self.option}".rstrip()

    @property
    def item(self) -> str:
        """`pjsip.conf endpoint`, or `pjsip.conf endpoint: direct_media`."""
        return f"{self.file} {self.object}" + (f": {self.option}" if self.option else "")


def documented(documents: ElementTree.Element, modules: Iterable[str]) -> tuple[Documented, ...]:
    """All objects and options of the core and of modules that are there."""
    return tuple(_documented(documents, frozenset(modules)))


def config_objects(entries: Iterable[Documented], answers: Iterable[str]) -> Items:
    """Objects, with the sections that are one: those whose name `category` matches (or does not: `not`).

    With `field` only sections whose option of that name is `value`. An object for which Asterisk says none of
    that has `type = NAME`, as all of sorcery's.
    """
    items: Items = {}
    for entry, answer in zip(entries, answers, strict=True):
        if not entry.option:
            items.setdefault(entry.item, _sections(entry, answer))
    return items


def config_options(entries: Iterable[Documented], answers: Iterable[str], *, version: str) -> Items:
    """Options, with type and default where Asterisk or the XML says them, and the module that reads them.

    `version` is the whole one, which is no part of a default (`user_agent`).
    """
    items: Items = {}
    for entry, answer in zip(entries, answers, strict=True):
        if entry.option:
            items.setdefault(entry.item, _about(entry, answer, version))
    return items


def _documented(documents: ElementTree.Element, modules: frozenset[str]) -> Iterator[Documented]:
    for info in documents.findall("configInfo"):
        module = info.get("name", "")
        if _OF_A_MODULE.match(module) and module not in modules:
            continue
        for file in info.findall("configFile"):
            if not file.get("name", "").endswith(".conf"):
                continue  # of the core's own, such as buckets
            for each in file.findall("configObject"):
                here = (module, file.get("name", ""), each.get("name", ""))
                yield Documented(*here)
                for option in each.findall("configOption"):
                    if option.get("name"):
                        yield Documented(*here, option.get("name", ""), option.get("default", ""))


def _sections(entry: Documented, answer: str) -> Mapping[str, str]:
    found = _OBJECT.search(_one_line(answer))
    if found is None or (found["sign"], found["category"]) == ("!~", ".?"):
        return {"module": entry.module, "field": "type", "value": entry.object}
    about = {"module": entry.module, "not" if found["sign"] == "!~" else "category": found["category"]}
    return about | ({"field": found["field"], "value": found["value"]} if found["field"] else {})


def _about(entry: Documented, answer: str, version: str) -> Mapping[str, str]:
    found = _OPTION.search(_one_line(answer))
    about = {"module": entry.module}
    if found is None:
        return about | ({"default": entry.default} if entry.default else {})
    default = "" if found["default"] in _NO_VALUE else found["default"]
    if found["type"] == "Boolean" or not default.isdigit():
        default = _TRUTH.get(default.lower(), default)
    default = _without_version(default, version)
    return about | {"default": default} | ({"type": found["type"]} if found["type"] else {})


def _without_version(default: str, version: str) -> str:
    """Without the release's own version, which Asterisk may have cut off at the end."""
    at = default.find(version[:6]) if version else -1
    is_cut = at >= 0 and version.startswith(default[at:])
    return f"{default[:at]}VERSION" if is_cut else default.replace(version or "\0", "VERSION")


def _one_line(answer: str) -> str:
    """Without the line ends at which older releases wrap what they print."""
    return " ".join(answer.split())
