"""What Asterisk's release notes say, each note on its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from harness.asterisk.conf.model import Problem
from harness.asterisk.versions import Version
from harness.model import Place

__all__ = ["Note", "NoteKind", "Notes", "shown_version"]

NoteKind = Literal["upgrade", "user", "developer", "security"]


@dataclass(frozen=True, slots=True)
class Note:
    """One note: what it is about as its file says (`app_queue`, `AMI`), its text in one line, and where it stands.

    `upgrade` notes break what was there, `user` notes tell what is new, `security` names an advisory.
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

    `whole` are the newest versions of files that tell of all before it as well (UPGRADE.txt, CHANGES).
    """

    notes: tuple[Note, ...] = ()
    releases: frozenset[Version] = frozenset()
    whole: frozenset[Version] = frozenset()
    problems: tuple[Problem, ...] = ()


def shown_version(version: Version) -> str:
    """`22.10.1`."""
    return ".".join(map(str, version))
