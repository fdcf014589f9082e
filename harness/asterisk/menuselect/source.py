"""What menuselect lets choose from, as a source tree has it: no configure, no build. Pure.

Three places make it: the MODULEINFO comment of each module's source, XML files beside them (`codecs/codecs.xml`,
`build_tools/cflags.xml`), and rules of apps/Makefile for a module that is built several times.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree

from harness.asterisk.menuselect.makeopts import Entry, is_positive
from harness.asterisk.menuselect.members import Member, category_of, member_of

__all__ = ["FOLDERS", "XML_FILES", "source_members"]

FOLDERS: Mapping[str, str] = {
    "addons": "ADDONS",
    "apps": "APPS",
    "bridges": "BRIDGES",
    "cdr": "CDR",
    "cel": "CEL",
    "channels": "CHANNELS",
    "codecs": "CODECS",
    "formats": "FORMATS",
    "funcs": "FUNCS",
    "pbx": "PBX",
    "res": "RES",
    "tests": "TESTS",
}
"""Folders of modules, with their category."""

XML_FILES = (
    *(f"{folder}/{folder}.xml" for folder in FOLDERS),
    "build_tools/cflags.xml",
    "main/channelstorage_makeopts.xml",
    "utils/utils.xml",
    "agi/agi.xml",
    "sounds/sounds.xml",
)
"""Files of members that are no single source. `cflags-devmode.xml` counts only where configure was told so."""

_INFO = re.compile(r"/\*\*\* +MODULEINFO(?P<info>.*?)\*\*\*/", re.DOTALL)
_OPTIONS = re.compile(r"/\*\*\* MAKEOPTS(?P<info>.*?)\*\*\*/", re.DOTALL)
_RULE = re.compile(r"^\.(?P<name>app_\w+)\.moduleinfo:.*\n(?P<lines>(?:\t.*\n?)+)", re.MULTILINE)
_TAG = re.compile(r"(<(?:support_level|defaultenabled|depend|use)[^>]*>[^<]*</[a-z_]+>)")


def source_members(files: Mapping[str, str]) -> tuple[Member, ...]:
    """The members by the texts of a tree's files (by path): sources in `FOLDERS`, `XML_FILES`, apps/Makefile.

    What cannot be read in a file is left out.
    """
    found: dict[Entry, Member] = {}
    for path in sorted(files):
        found |= {member.entry: member for member in _members(path, files[path])}
    found |= {member.entry: member for member in _built_several_times(files.get("apps/Makefile", ""))}
    return tuple(found[entry] for entry in sorted(found))


def _members(path: str, text: str) -> Iterator[Member]:
    folder, _, file = path.partition("/")
    if path.endswith(".xml"):
        yield from _of_xml(text, FOLDERS.get(folder, ""))
    elif file.endswith((".c", ".cc")) and (info := _INFO.search(text)):
        name, element = file.rpartition(".")[0], _element(info["info"])
        if element is not None and category_of(name):  # others are parts of a module
            yield member_of(name, FOLDERS[folder], element)
        if options := _OPTIONS.search(text):
            yield from _of_xml(options["info"], "")


def _of_xml(text: str, usual: str) -> Iterator[Member]:
    """Members of categories, and those that stand in none and belong to their folder's."""
    root = _element(text)
    if root is None:
        return
    for element in root.findall("member"):
        yield member_of(element.get("name", ""), usual, element)
    for category in root.findall("category"):
        name = category.get("name", "").removeprefix("MENUSELECT_")
        for element in category.findall("member"):
            yield member_of(element.get("name", ""), name, element, positive=is_positive(name))


def _built_several_times(makefile: str) -> Iterator[Member]:
    """Rules that write a module's MODULEINFO by `echo`."""
    for rule in _RULE.finditer(makefile):
        element = _element("".join(_TAG.findall(rule["lines"].replace('\\"', '"'))))
        if element is not None:
            yield member_of(rule["name"], "APPS", element)


def _element(text: str) -> ElementTree.Element | None:
    """What a fragment of XML is; None where it is none."""
    try:
        return ElementTree.fromstring(f"<all>{text}</all>")
    except ElementTree.ParseError:
        return None
