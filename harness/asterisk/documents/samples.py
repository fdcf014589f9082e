"""Asterisk's sample files: the options they set, and those they only show (`;autofill = no`). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from harness.asterisk.cli_tables import Items
from harness.asterisk.conf.comments import Comments, code_lines

__all__ = ["FEW", "Sampled", "is_dialplan", "read_sample", "sample_items"]

_HEADING = re.compile(r"\[(?P<name>[^\]\[]+)\]\s*+(?:\([^)]*\))?\s*+(?:;.*)?")
_OPTION = re.compile(r"(?P<name>[A-Za-z0-9_][\w./@*-]*)\s*\+?=>?\s*(?P<value>.*)")
_REMARK = re.compile(r"(?<!\S);.*")
# An image may have had a site's own files where samples are looked for: what is secret in these is never told.
_SECRET_NAME = re.compile(r"pass|secret|token|md5|pwd|(?:^|[_-])pin(?:$|[_-])|^\d+$")
_SECRET_VALUE = re.compile(r"[^\s:@/]:[^\s:@/]+@")
_WORDS = 5
"""A value of more words is a sentence about the option, unless it is quoted or has a variable in it."""
_LINES = 20_000
FEW = 3
"""An option with more values than these is a list of examples, whose lines are no defaults."""


@dataclass(frozen=True, slots=True)
class Sampled:
    """An option of a sample file. `shown`: it stands in a comment, as an example or to say the default.

    `section` is that of the last heading, which may stand in a comment too; `type` what that section says of
    its `type`.
    """

    section: str
    name: str
    value: str
    shown: bool
    line: int
    type: str = ""

    @property
    def shown_value(self) -> str:
        """The value as a report may have it, with `;` where it is only shown."""
        return f"{self._mark}{self._value}"

    @property
    def text(self) -> str:
        """Name and value as a report may have them, with `;` where they are only shown."""
        return f"{self._mark}{self.name} = {self._value}".rstrip()

    @property
    def _mark(self) -> str:
        return ";" if self.shown else ""

    @property
    def _value(self) -> str:
        secret = self.value and (_SECRET_NAME.search(self.name) or _SECRET_VALUE.search(self.value))
        return "(secret)" if secret else self.value


def read_sample(text: str) -> tuple[Sampled, ...]:
    """All options of a sample file, in the order of its lines. Sentences that hold a `=` are left out."""
    lines = "\n".join(text.split("\n", _LINES)[:_LINES])
    code = dict(code_lines(lines, Comments()))
    found: list[Sampled] = []
    block: list[Sampled] = []
    section = ""
    for number, line in enumerate(lines.split("\n"), 1):
        shown = number not in code
        content = line.strip().lstrip(";-").strip() if shown else code[number]
        if heading := _HEADING.fullmatch(content):
            found += _with_type(block)
            block, section = [], heading["name"]
        elif option := _option(content, shown=shown):
            block.append(Sampled(section, *option, shown, number))
    return (*found, *_with_type(block))


def sample_items(samples: Mapping[str, str]) -> Items:
    """`queues.conf: autofill` of all sample files, with what each section says of it (`[general]`: `;no`)."""
    items: dict[str, dict[str, str]] = {}
    for file, text in samples.items():
        if is_dialplan(file):
            continue
        values_of: dict[tuple[str, str], dict[str, None]] = {}
        for each in read_sample(text):
            items.setdefault(f"{file}: {each.name}", {})
            values_of.setdefault((f"{file}: {each.name}", f"[{each.section.lower()}]"), {}).setdefault(
                each.shown_value
            )
        for (item, section), values in values_of.items():
            if len(values) <= FEW:
                items[item][section] = " | ".join(sorted(values))
    return dict(items)


def is_dialplan(file: str) -> bool:
    """Whether a sample file is an example of a dialplan, whose lines are no options."""
    return file.startswith("extensions")


def _option(content: str, *, shown: bool) -> tuple[str, str] | None:
    found = _OPTION.fullmatch(content)
    if found is None:
        return None
    value = _REMARK.sub("", found["value"]).strip() if shown else found["value"].strip()
    is_sentence = len(value.split()) > _WORDS and not re.search(r"[\"$]|\d,", value)
    return None if shown and is_sentence else (found["name"].lower(), value)


def _with_type(block: list[Sampled]) -> Iterator[Sampled]:
    """The options below one heading, with its type."""
    kind = next((each.value.lower() for each in block if each.name == "type"), "")
    return (replace(each, type=kind) for each in block)
