"""Just enough of Asterisk's configuration format to add to a file without breaking it.

Says which sections and settings a file has, its `#include`s followed, and where each stands.
The full reader, with templates and inheritance, is in `harness.site`; the overlay needs places, not meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

__all__ = ["Setting", "decode", "encode", "has_section", "settings"]

_SECTION = re.compile(r"\[(?P<name>[^]]*)]\s*(?:\((?P<options>[^)]*)\))?")
_INCLUDE = re.compile(r"#(?:try)?include\s+[\"<]?(?P<file>[^\">]+)", re.IGNORECASE)
_ETC = "/etc/asterisk/"


@dataclass(frozen=True, slots=True)
class Setting:
    """A line of a file: a setting, or (with `key` empty) the heading of a section. `index` counts from 0.

    `section` and `key` are in lower case, as Asterisk does not tell cases apart.
    `template`: the heading says `(!)`.
    """

    file: str
    index: int
    section: str
    key: str = ""
    value: str = ""
    template: bool = False


def decode(content: bytes) -> str:
    """Bytes of a file as text, each byte a character, so that nothing is lost whatever its encoding."""
    return content.decode("latin-1")


def encode(text: str) -> bytes:
    """The bytes of text read with `decode`."""
    return text.encode("latin-1")


def has_section(files: Mapping[str, bytes], file: str, section: str) -> bool:
    """Whether `[section]` can be added to with `(+)` at the end of a file: it, or what it includes, has one.

    A template of that name does not count: Asterisk looks for none when it adds.
    """
    headings = (line for line in settings(files, file) if not line.key and not line.template)
    return any(line.section == section.lower() for line in headings)


def settings(files: Mapping[str, bytes], file: str) -> Iterator[Setting]:
    """Headings and settings of a file, in the order in which Asterisk reads them."""
    return iter(_walk(files, file, "", ())[0])


def _walk(files: Mapping[str, bytes], file: str, opened: str, above: tuple[str, ...]) -> tuple[list[Setting], str]:
    """A file begins in the section that was opened last, and goes on in its own after what it includes."""
    found: list[Setting] = []
    section = opened
    if file not in files or file in above:
        return found, opened
    for index, line in _code_lines(decode(files[file])):
        if heading := _SECTION.match(line):
            section = opened = heading["name"].strip().lower()
            found.append(Setting(file, index, section, template="!" in (heading["options"] or "")))
        elif include := _INCLUDE.match(line):
            for name in _included(files, include["file"].strip()):
                inner, opened = _walk(files, name, opened, (*above, file))
                found += inner
        elif "=" in line:
            key, _, value = line.partition("=")
            found.append(Setting(file, index, section, key.strip().lower(), value.removeprefix(">").strip()))
    return found, opened


def _included(files: Mapping[str, bytes], pattern: str) -> list[str]:
    name = pattern.removeprefix(_ETC)
    return sorted(file for file in files if fnmatchcase(file, name))


def _code_lines(text: str) -> Iterator[tuple[int, str]]:
    """Numbered lines without comments: `;` to the end of a line, `;-- ... --;` over lines (they may nest)."""
    depth = 0
    for index, line in enumerate(text.split("\n")):
        code, depth = _uncommented(line, depth)
        if code := code.strip():
            yield index, code


def _uncommented(line: str, depth: int) -> tuple[str, int]:
    code, rest = "", line
    while rest:
        if depth:
            _, ends, rest = rest.partition("--;")
            depth -= bool(ends)
            continue
        at = _comment_start(rest)
        code += rest[:at]
        rest = rest[at:]
        if not rest.startswith(";--") or rest.startswith(";---"):
            break
        depth, rest = depth + 1, rest[3:]
    return code, depth


def _comment_start(text: str) -> int:
    """Index of the first `;` that is not written `\\;`, the length where there is none."""
    return next((at for at, char in enumerate(text) if char == ";" and text[at - 1 : at] != "\\"), len(text))
