"""Lines of the site's own files that the page shows, without secrets. Pure.

A file is masked line by line before any of it is kept: an option that is secret by its name, what the owner of
a mailbox or an agent types, what a registration or an address logs in with, what an application asks callers for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from harness.asterisk.secrets import is_secret, line_without_secrets
from harness.model import Place

__all__ = ["Excerpt", "SourceFile", "Sources", "excerpt", "kept_lines", "masked_line"]

AROUND = 3
"""Lines before and after the one that a finding is about."""

_LONGEST = 400
_MASK = "(secret)"
_OPTION = re.compile(r"""(?P<head>^[\s;#/]*["']?(?P<name>[\w./-]+)["']?\s*(?:=>?|:)\s*)(?P<value>\S.*)$""")
_MORE_NAMES = re.compile(r"(?i)secret|passw|passphrase|pwd$|dbpass|(?:^|[_-])pass$|pin$|token|credential|api_?key")
_HARMLESS = ("password_format",)
# `100 => 4321,Name` of voicemail.conf, `agent => 1001,4321,Name`, `conf => 600,1234` of meetme.conf.
_MAILBOX = re.compile(r"^([\s;]*\d+\s*=>?\s*)(?:-?\d+\s*$|[^,\s][^,]*(?=,))")
_SECOND = re.compile(r"^([\s;]*(?:agent|conf)\s*=>?\s*[^,]*,).+")
# `user:password@` and `user:password:user@`, but not `sip:user@`.
_LOGIN = re.compile(r"(?<=[\w.+%-])(?<!\bsip)(?<!\bsips)(?::[^\s:@,&/?'\"(){}$]+){1,2}(?=@)")
_ASKS = re.compile(r"(?i)\b((?:Authenticate|DISA)\()([^,)\s]+)")
_CONNECTS = re.compile(r"(?i)\b(MYSQL\(Connect\s+\S+\s+\S+\s+\S+\s+)(\S+)")
_AUTH = re.compile(r"(?i)^([\s;]*(?:auth|authentication)\s*=>?\s*[^:#]+[:#]).+")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """Lines of one file with their numbers, masked. `name` is as places have it."""

    name: str
    lines: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Sources:
    """What a run keeps of the site's files."""

    schema: str = "asterisk-upgrade-harness/sources/1"
    files: tuple[SourceFile, ...] = ()

    def file(self, name: str) -> SourceFile | None:
        """The lines of a file, None where it was not kept."""
        return next((file for file in self.files if file.name == name), None)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Some lines around a place; `line` is the one that it is about."""

    line: int
    lines: tuple[tuple[int, str], ...]


def kept_lines(name: str, text: str, wanted: Iterable[int], *, whole: bool) -> SourceFile:
    """What is kept of a file: the `wanted` lines and those around them, or all of a dialplan (`whole`)."""
    lines = text.splitlines()
    numbers = range(1, len(lines) + 1) if whole else sorted(_around(wanted, len(lines)))
    return SourceFile(name, tuple((number, masked_line(lines[number - 1])) for number in numbers))


def excerpt(files: Mapping[str, Mapping[int, str]], place: Place) -> Excerpt | None:
    """The lines around a place, None where they were not kept."""
    lines = files.get(place.file, {})
    if place.line not in lines:
        return None
    near = range(place.line - AROUND, place.line + AROUND + 1)
    return Excerpt(place.line, tuple((number, lines[number]) for number in near if number in lines))


def masked_line(line: str) -> str:
    """A line of a configuration or of a program with `(secret)` for each secret in it."""
    option = _OPTION.match(line)
    head = option["head"] if option and _is_secret(option["name"]) else ""
    line = f"{head}{_MASK}" if head else line_without_secrets(line)
    for pattern in (_MAILBOX, _SECOND, _AUTH, _ASKS, _CONNECTS):
        line = pattern.sub(rf"\1{_MASK}", line)
    line = _LOGIN.sub(f":{_MASK}", line)
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."


def _is_secret(name: str) -> bool:
    return name not in _HARMLESS and (is_secret(name) or _MORE_NAMES.search(name) is not None)


def _around(wanted: Iterable[int], last: int) -> Iterator[int]:
    near = {number for line in wanted if line for number in range(line - AROUND, line + AROUND + 1)}
    return (number for number in near if 1 <= number <= last)
