"""What the files of a release say of how it was built, without starting it: choices, members, packager's log."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.asterisk.menuselect.members import Member

__all__ = ["PackageFacts"]


@dataclass(frozen=True, slots=True)
class PackageFacts:
    """A release as it was made. `version` is empty where nothing says it.

    `members` are what menuselect let choose from: all of it where the release is a source tree (`whole`), the
    modules alone where it is a package. `makeopts` is the text of the file with what was chosen, `changelog` the
    packager's own log (Debian's); both are empty where it has none.
    """

    version: str = ""
    spec: str = ""
    digest: str = ""
    members: tuple[Member, ...] = ()
    whole: bool = False
    makeopts: str = field(default="", repr=False)
    changelog: str = field(default="", repr=False)

    @property
    def names(self) -> frozenset[str]:
        """Names of all members."""
        return frozenset(member.name for member in self.members)
