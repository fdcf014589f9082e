"""Release notes: UPGRADE.txt, CHANGES and change logs of all ages, each note on its own. Pure.

Old files (to 19) have headings `--- Functionality changes from Asterisk 16.25.3 to Asterisk 16.26.0 ---`,
`From 16.0.0 to 16.1.0:` or `New in 16.0.0:`, then topics and bullets. Where a file has none (UPGRADE-13.txt), its
name says the version. Change logs (from 20 on) have one heading a release and sections: those called notes are
read, and the fixes in the list of commits. All are read line by line, each line once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from harness.asterisk.conf.model import Problem
from harness.asterisk.versions import Version, parse_version
from harness.model import Place

__all__ = ["Note", "NoteKind", "Notes", "read_notes", "shown_version"]

NoteKind = Literal["upgrade", "user", "developer", "security", "fix"]

_CHANGES = re.compile(
    r"(?i)^[-=\s]*(?:functionality )?changes (?:since|from) asterisk [\w.-]+ to (?:asterisk )?(?P<to>\d[\w.-]*)"
    r"|^from (?:asterisk )?\d[\w.-]* to (?:asterisk )?(?P<later>\d[\w.-]*?):?\s*$"
    r"|^new in (?:asterisk )?(?P<new>\d[\w.-]*?):?\s*$"
)
_RELEASE = re.compile(r"(?i)^#*\s*change log for release (?:asterisk-)?(?P<version>\S+)")
_SECTION = re.compile(r"^(?:#{1,4}\s*)?(?P<name>[A-Z][A-Za-z ]{2,40}):?\s*$")
_SECTIONS: Mapping[str, NoteKind] = {
    "user notes": "user",
    "upgrade notes": "upgrade",
    "developer notes": "developer",
}
_SECURITY = re.compile(r"^\s*[-*]\s+!?(?P<id>GHSA-[\w-]+): (?P<what>.+)")
_COMMITS = frozenset({"summary", "commit list"})
_COMMIT = re.compile(r"^\s*-\s+(?P<what>[a-z][\w/, .]*): (?P<text>.+)")
_FIXES = re.compile(
    r"(?i)\b(fix(es|ed)?|crash\w*|segv|segfault\w*|leak\w*|deadlock\w*|overflow|overrun|race|corrupt\w*|infinite"
    r"|prevent|avoid|don't|double|missing|incorrect|wrong|invalid)\b"
)
_NAMED = re.compile(r"(?i)(?:^|/)UPGRADE-(?P<version>\d+(?:\.\d+)?)(?:\.txt)?(?:\.gz)?$")
_PREAMBLE = re.compile(r"^={3,}(\s|$)")
_BULLET = re.compile(r"^(?P<indent>\s{0,4})[-*•]\s+(?P<text>\S.*)")
_RULE = re.compile(r"^[-=~*#]{4,}\s*$")
_MOST_NOTES, _MOST_LINES, _LONGEST = 20_000, 400_000, 4_000


@dataclass(frozen=True, slots=True)
class Note:
    """One note: what it is about as its file says (`app_queue`, `AMI`), its text in one line, and where it stands.

    `upgrade` notes break what was there, `user` notes tell what is new, `security` names an advisory, `fix` is the
    title of a commit that mends something.
    """

    version: Version
    kind: NoteKind
    heading: str
    text: str
    place: Place

    @property
    def reference(self) -> str:
        """Where to read it: `Upgrade Notes of 21.0.0 (ChangeLog-21.0.0.md:41)`."""
        return f"{self.kind.capitalize()} note of {shown_version(self.version)} ({self.place})"


@dataclass(frozen=True, slots=True)
class Notes:
    """Notes of any number of files. `releases` are the versions that have a heading of their own in a change log.

    `whole` are the newest versions of files that tell of all before it as well (UPGRADE.txt, CHANGES). `fixes` are
    apart from what a person is told to read.
    """

    notes: tuple[Note, ...] = ()
    releases: frozenset[Version] = frozenset()
    whole: frozenset[Version] = frozenset()
    problems: tuple[Problem, ...] = ()
    fixes: tuple[Note, ...] = ()


def shown_version(version: Version) -> str:
    """`22.10.1`."""
    return ".".join(map(str, version))


def read_notes(name: str, text: str) -> Notes:
    """The notes of one file. `name` is what places call it. What cannot be read is a problem."""
    reader = _Reader(name, "upgrade" if "upgrade" in name.lower() else "user")
    if named := _NAMED.search(name):
        reader.begin_named(named["version"])
    for number, line in enumerate(text.splitlines(), 1):
        if number > _MOST_LINES or len(reader.notes) >= _MOST_NOTES:
            reader.problems.append(Problem(Place(name, number), "not read from here on: this is too much"))
            break
        reader.line(number, line[:_LONGEST])
    return reader.done()


@dataclass(slots=True)
class _Reader:
    """One file while it is read. A note is open from its bullet to whatever ends it."""

    name: str
    usual: NoteKind
    notes: list[Note] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    releases: set[Version] = field(default_factory=set)
    whole: set[Version] = field(default_factory=set)
    version: Version | None = None
    kind: NoteKind | None = None
    heading: str = ""
    is_log: bool = False
    in_commits: bool = False
    fixes: list[Note] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)
    _since: int = 0
    _indent: int = 0

    def begin_named(self, version: str) -> None:
        """Notes of a file whose name has the version, until a heading names another."""
        parsed = parse_version(version)
        self.version = parsed and (parsed if len(parsed) > 1 else (*parsed, 0, 0))
        self.kind = self.usual
        if self.version:
            self.whole.add(self.version)

    def line(self, number: int, line: str) -> None:
        bare = line.strip()
        if found := _RELEASE.match(line):
            self._close()
            self.is_log, self.heading, self.kind, self.in_commits = True, "", None, False
            self._dated(found["version"], number, self.releases)
        elif found := _CHANGES.match(line):
            self._close()
            self.is_log, self.heading, self.kind = False, "", self.usual
            self._dated(found["to"] or found["later"] or found["new"], number, self.whole)
        elif self.is_log and (section := _SECTION.match(line)):
            self._close()
            self.kind = _SECTIONS.get(section["name"].lower())
            self.in_commits = section["name"].lower() in _COMMITS
        elif self.is_log and self.kind is None:
            self._advisory(number, line)
            self._fix(number, line)
        elif not self.is_log and _PREAMBLE.match(bare) and not _RULE.match(bare):
            self._close()
        elif not bare or _RULE.match(bare):
            if not self.is_log and _RULE.match(bare):
                self._headed()
        else:
            self._content(number, line, bare)

    def _dated(self, text: str, number: int, versions: set[Version]) -> None:
        self.version = parse_version(text)
        if self.version is None:
            self.problems.append(Problem(Place(self.name, number), f"{text!r} is no version"))
        else:
            versions.add(self.version)

    def _advisory(self, number: int, line: str) -> None:
        if self.version and (found := _SECURITY.match(line)) and "Closed" not in self.heading:
            advisory = f"{found['id']}: {found['what']}"
            if all(note.text != advisory for note in self.notes[-200:]):
                self.notes.append(Note(self.version, "security", "", advisory, Place(self.name, number)))

    def _fix(self, number: int, line: str) -> None:
        if self.version and self.in_commits and (found := _COMMIT.match(line)) and _FIXES.search(found["text"]):
            text = " ".join(f"{found['what']}: {found['text']}".split())
            self.fixes.append(Note(self.version, "fix", "", text, Place(self.name, number)))

    def _headed(self) -> None:
        """A rule below a line makes that line a topic."""
        if len(self._open) == 1 and not self._indent and self._since:
            self.heading = self._open[0].rstrip(":")
            self._open.clear()

    def _content(self, number: int, line: str, bare: str) -> None:
        bullet = _BULLET.match(line)
        indent = len(line) - len(line.lstrip())
        if bullet and (not self._open or indent <= self._indent or not self._indent):
            self._begin(number, bullet["text"].removeprefix("#### "), indent + 1)
        elif not self.is_log and not indent:
            self._begin(number, bare, 0)
            if bare.endswith(":"):
                self.heading = bare.rstrip(":")
                self._open.clear()
        elif self._open:
            self._open.append(bare)
        else:
            self._begin(number, bare, max(indent, 1))

    def _begin(self, number: int, text: str, indent: int) -> None:
        self._close()
        self._open, self._since, self._indent = [text], number, indent

    def _close(self) -> None:
        if self._open and self.version and self.kind:
            text = " ".join(" ".join(self._open).split())
            place = Place(self.name, self._since)
            self.notes.append(Note(self.version, self.kind, self.heading, text, place))
        self._open, self._since, self._indent = [], 0, 0

    def done(self) -> Notes:
        self._close()
        if not self.releases and not self.whole:
            self.problems.append(
                Problem(Place(self.name, 1), "these are no release notes: no version has a heading")
            )
        found = (frozenset(self.releases), frozenset(self.whole), tuple(self.problems), tuple(self.fixes))
        return Notes(tuple(self.notes), *found)
