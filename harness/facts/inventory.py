"""What one instance has loaded and in force, as values: section → item → attributes.

Taken by `harness.ask.inventory`; compared by `harness.judge.checks.judging`. Nothing here asks anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from harness.asterisk.dialplan.show import Dialplan
from harness.facts.site_changes import SiteChange
from harness.model import Attributes, Place

__all__ = ["SECTIONS", "Inventory", "LogLine", "Section", "Table", "baseline", "find_line", "normal_message"]

_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
_VOLATILE = re.compile(r"0x[0-9a-f]+|\d+")
_HEADING = re.compile(r"\s*\[([^\]]+)\]")
_NOT_ASKED = "was not asked"

SECTIONS = (
    "module", "application", "function", "technology", "codec",
    "context", "extension", "include", "hint",
    "endpoint", "aor", "transport", "registration", "sip peer",
    "queue", "queue member", "mailbox", "conference bridge", "conference user", "conference menu",
    "manager user", "ARI", "ARI user", "parking lot", "music class", "feature", "CDR", "CEL",
    "time zone", "setting", "release",
    "database connection", "realtime family", "database table", "written table", "written column", "astdb entry",
    "AMI client", "AMI action", "AMI argument", "AMI event", "AMI event header", "AMI answer", "AMI answer header",
    "AMI login", "AMI told", "AMI heard",
    "AGI command",
    "ARI client", "ARI operation", "ARI parameter", "ARI model", "ARI field", "ARI answer", "ARI answer field",
    "ARI right",
)  # fmt: skip
"""Everything that is asked of an instance."""


@dataclass(frozen=True, slots=True)
class Section:
    """Things of one kind (queues, say) by name. `problem` says in one line why it could not be read."""

    items: Mapping[str, Attributes] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of Asterisk's log from start to fully booted: `level` as Asterisk writes it (`WARNING`)."""

    level: str
    file: str
    message: str

    @property
    def normal(self) -> str:
        """The line without what changes from start to start; what a release's own baseline is made of."""
        return normal_message(self.level, self.file, self.message)

    def __str__(self) -> str:
        return f"{self.level} {self.file}: {self.message}"


@dataclass(frozen=True, slots=True)
class Inventory:
    """Everything one instance has in force after its start.

    `files` are the instance's configuration files, path below the configuration folder → text: they say what
    a site asks for and where. They hold secrets, so nothing of them goes into a finding. `modules_on_disk` are
    the modules (without `.so`) that could be loaded, `third_party` those that the site brought. `folder` comes
    before every place's file name. `site_changes` is what the release documents otherwise of what the site sets,
    `cited` what release notes say, by section and item.
    """

    sections: Mapping[str, Section] = field(default_factory=dict)
    dialplan: Dialplan = field(default_factory=Dialplan)
    files: Mapping[str, str] = field(default_factory=dict, repr=False)
    log: tuple[LogLine, ...] = ()
    modules_on_disk: frozenset[str] = frozenset()
    folder: str = ""
    third_party: frozenset[str] = frozenset()
    site_changes: tuple[SiteChange, ...] = ()
    cited: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict, repr=False)

    def section(self, name: str) -> Section:
        """A section; one that was never asked for has a problem instead of items."""
        return self.sections.get(name) or Section(problem=_NOT_ASKED)

    def has(self, section: str, item: str) -> bool:
        """Whether there is such a thing (names compared as Asterisk does, without regard to case)."""
        return item.lower() in {name.lower() for name in self.section(section).items}

    def place(self, file: str, *, heading: str = "", key: str = "") -> Place | None:
        """File and line of a `[heading]`, or of a `key` below it; the file alone if neither is written there."""
        text = self.files.get(file)
        if text is None:
            return None
        return Place(self.folder + file, find_line(text, heading=heading, key=key))

    def anywhere(self, prefix: str, heading: str) -> Place | None:
        """The first `[heading]` in the files whose name starts so (`pjsip`: pjsip.conf and what it includes)."""
        for file in sorted(self.files):
            line = find_line(self.files[file], heading=heading) if file.startswith(prefix) else 0
            if line:
                return Place(self.folder + file, line)
        return None

    def mention(self, word: str) -> Place | None:
        """The first line of a configuration file, comments apart, that has the word."""
        whole = re.compile(rf"(?<![\w/]){re.escape(word)}(?![\w/])")
        for file in sorted(self.files):
            for number, line in enumerate(self.files[file].splitlines(), 1):
                if whole.search(line.partition(";")[0]):
                    return Place(self.folder + file, number)
        return None

    def messages(self) -> frozenset[str]:
        """The log's normalised warnings and errors."""
        return baseline(self.log)


class _Line(Protocol):
    """A line of Asterisk's log, whoever read it."""

    @property
    def level(self) -> str: ...
    @property
    def file(self) -> str: ...
    @property
    def message(self) -> str: ...


def baseline(lines: Iterable[_Line]) -> frozenset[str]:
    """Normalised warnings and errors of a start with stock configuration: what no site has to answer for."""
    wanted = (line for line in lines if line.level in ("WARNING", "ERROR"))
    return frozenset(normal_message(line.level, line.file, line.message) for line in wanted)


def find_line(text: str, *, heading: str = "", key: str = "") -> int:
    """Number of the line that has a `[heading]`, or a `key =` below it (anywhere, without heading); 0 if none."""
    current = ""
    for number, line in enumerate(text.splitlines(), 1):
        if found := _HEADING.match(line):
            current = found[1].strip()
            if not key and current == heading:
                return number
        elif key and (not heading or current == heading):
            name, sign, _ = line.partition("=")
            if sign and name.strip() == key:
                return number
    return 0


def normal_message(level: str, file: str, message: str) -> str:
    """A log line without colours, numbers and addresses."""
    return f"{level} {file}: {_VOLATILE.sub('#', _ESCAPES.sub('', message)).strip()}"


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its rows, and by column in how many of them it says something (not NULL and not empty)."""

    rows: int
    filled: Mapping[str, int] = field(default_factory=dict)
