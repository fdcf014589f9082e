"""What one instance has loaded and in force, as values: section → item → attributes.

Taken by `harness.ask.inventory`; compared by `harness.judge.checks.judging`. Nothing here asks anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from harness.asterisk.conf import Conf, Config
from harness.asterisk.conf.comments import Comments, code_lines
from harness.asterisk.dialplan.show import Dialplan
from harness.asterisk.dialplan.uses import SiteUses, uses_of
from harness.asterisk.log_text import plain_text
from harness.asterisk.readers import is_read
from harness.facts.failed_build import FailedBuild
from harness.facts.site_changes import SiteChange
from harness.model import Attributes, Place

__all__ = ["NOT_IN_IMAGE", "SECTIONS", "Inventory", "Listing", "StartLine", "Table", "baseline"]

_VOLATILE = re.compile(r"0x[0-9a-f]+|\d+")
_NOT_ASKED = "was not asked"
NOT_IN_IMAGE = "the image has no "
"""How a problem begins that says what an image does not bring: documentation, samples."""

SECTIONS = (
    "module", "application", "function", "technology", "codec",
    "context", "extension", "include", "hint",
    "endpoint", "aor", "transport", "registration", "sip peer",
    "queue", "queue member", "mailbox", "conference bridge", "conference user", "conference menu",
    "manager user", "ARI", "ARI user", "parking lot", "music class", "feature", "CDR", "CEL",
    "time zone", "named file", "setting", "release",
    "database connection", "realtime family", "database table", "written table", "written column", "astdb entry",
    "AMI client", "AMI action", "AMI argument", "AMI event", "AMI event header", "AMI answer", "AMI answer header",
    "AMI login", "AMI told", "AMI heard",
    "AGI command",
    "ARI client", "ARI operation", "ARI parameter", "ARI model", "ARI field", "ARI answer", "ARI answer field",
    "ARI right",
)  # fmt: skip
"""Everything that is asked of an instance."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Things of one kind (queues, say) by name. `problem` says in one line why it could not be read.

    `places` say where each is written, `every` all places of those that stand in several.
    """

    items: Mapping[str, Attributes] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    problem: str = ""
    every: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)

    @property
    def is_not_brought(self) -> bool:
        """Whether the image does not say, so that nothing can be compared and nothing is lost."""
        return self.problem.startswith(NOT_IN_IMAGE)


@dataclass(frozen=True, slots=True)
class StartLine:
    """A line of Asterisk's log from start to fully booted: `level` as Asterisk writes it (`WARNING`)."""

    level: str
    file: str
    message: str

    @property
    def normal(self) -> str:
        """What the line says, without level, folders, counts and what else changes from start to start.

        A release's own baseline is made of these.
        """
        return f"{self.file}: {_VOLATILE.sub('#', plain_text(self.message))}"

    def __str__(self) -> str:
        return f"{self.level} {self.file}: {self.message}"


@dataclass(frozen=True)
class Inventory:
    """Everything one instance has in force after its start.

    `files` are the instance's configuration files, path below the configuration folder → text: they say what
    a site asks for and where. They hold secrets, so nothing of them goes into a finding. `modules_on_disk` are
    the modules (without `.so`) that could be loaded, `third_party` those that the site brought, each with a sum
    of its bytes; `binaries` has the sums of modules of these names, whoever brought them; `failed_builds` are
    those of these names that could not be built for it. `version` is the release's, where that was asked.
    `stock` is what that says with stock configuration, `restarted` what a second start of this instance said
    (`StartLine.normal`), where there was one. `folder` comes before every place's file name. `site_changes` is
    what the release documents otherwise of what the site sets, `cited` what release notes say, by section and
    item. `programs` are the texts of what talks to it (the site's apps, AGI scripts and scenarios), by path in
    the site.
    """

    sections: Mapping[str, Listing] = field(default_factory=dict)
    dialplan: Dialplan = field(default_factory=Dialplan)
    files: Mapping[str, str] = field(default_factory=dict, repr=False)
    log: tuple[StartLine, ...] = ()
    modules_on_disk: frozenset[str] = frozenset()
    folder: str = ""
    third_party: Mapping[str, str] = field(default_factory=dict)
    binaries: Mapping[str, str] = field(default_factory=dict)
    failed_builds: Mapping[str, FailedBuild] = field(default_factory=dict)
    version: str = ""
    stock: frozenset[str] | None = None
    restarted: frozenset[str] | None = None
    site_changes: tuple[SiteChange, ...] = ()
    cited: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict, repr=False)
    programs: Mapping[str, str] = field(default_factory=dict, repr=False)
    _config: Config = field(default_factory=Config, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Files are parsed when they are asked for, and once: `Config` remembers what it has read.

        What is replaced of an inventory, but its files, changes nothing of that.
        """
        if self._config.texts is not self.files:
            object.__setattr__(self, "_config", Config(texts=self.files))

    def section(self, name: str) -> Listing:
        """A section; one that was never asked for has a problem instead of items."""
        return self.sections.get(name) or Listing(problem=_NOT_ASKED)

    def has(self, section: str, item: str) -> bool:
        """Whether there is such a thing (names compared as Asterisk does, without regard to case)."""
        return item.lower() in {name.lower() for name in self.section(section).items}

    def file(self, name: str) -> Conf:
        """A configuration file with what it includes; empty where there is none."""
        return self._config.file(name)

    def uses(self) -> SiteUses:
        """All that the dialplan and the configuration use."""
        return self._uses

    @cached_property
    def _uses(self) -> SiteUses:
        members = (member.partition(" ") for member in self.section("queue member").items)
        return uses_of(
            self.dialplan, self, [(device, self.anywhere("queues", queue)) for queue, _, device in members]
        )

    def find(self, file: str, *, heading: str = "", key: str = "") -> Place | None:
        """File and line of a `[heading]`, or of a `key` below it; the file alone if neither is written there.

        Without a heading the key counts in any section. What a file includes is a part of it.
        """
        if file not in self.files:
            return None
        conf = self.file(file)
        for section in conf.named(heading) or (conf.called(heading) if heading else conf.sections):
            found = section.option(key) if key else section if heading else None
            if found:
                return self.place(found.place)
        return self.place(Place(file, 0))

    @cached_property
    def _read_files(self) -> frozenset[str]:
        """The files that Asterisk opens, and those that they include; all where nothing is known to be loaded."""
        modules = frozenset(self.section("module").items)
        if not modules:
            return frozenset(self.files)
        roots = [file for file in self.files if is_read(file, modules)]
        return frozenset(roots).union(*(self._config.file(file).files for file in roots))

    def anywhere(self, prefix: str, heading: str) -> Place | None:
        """The first `[heading]` in the files whose name starts so (`pjsip`: pjsip.conf and what it includes)."""
        for file in sorted(
            file for file in self._read_files if file.startswith(prefix) and file.endswith(".conf")
        ):
            place = self.find(file, heading=heading)
            if place and place.line:
                return place
        return None

    def mention(self, word: str) -> Place | None:
        """The first line of a configuration file that is read, comments apart, that has the word."""
        whole = re.compile(rf"(?<![\w/]){re.escape(word)}(?![\w/])")
        lines = (line for line in self._code if word in line[2])
        return next(
            (Place(self.folder + file, number) for file, number, code in lines if whole.search(code)), None
        )

    @cached_property
    def _code(self) -> Sequence[tuple[str, int, str]]:
        """File, number and code of the lines that are read, file by file."""
        files = sorted(self._read_files & self.files.keys())
        return [(file, *line) for file in files for line in code_lines(self.files[file], Comments())]

    def place(self, place: Place) -> Place:
        """A place in the configuration folder as a report has it."""
        return Place(self.folder + place.file, place.line)

    def messages(self) -> frozenset[str]:
        """The log's normalised warnings, errors and notices."""
        return self._messages

    @cached_property
    def _messages(self) -> frozenset[str]:
        return baseline(self.log)


def baseline(lines: Iterable[StartLine]) -> frozenset[str]:
    """Normalised lines of a start with stock configuration: what no site has to answer for."""
    return frozenset(line.normal for line in lines)


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its rows, and by column in how many of them it says something (not NULL and not empty)."""

    rows: int
    filled: Mapping[str, int] = field(default_factory=dict)
