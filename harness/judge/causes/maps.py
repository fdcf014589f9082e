"""The loaded dialplans of both sides, by which findings get their place in the site's files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.asterisk.dialplan.show import Dialplan
from harness.asterisk.log import place_in
from harness.model import Place, Spot

__all__ = ["Maps"]

_READ = re.compile(r"\$\{(\w+)")
_OURS = "harness-"
"""Files of the harness's own: nothing in them is the site's to mend."""


@dataclass(frozen=True, slots=True)
class Maps:
    """The loaded dialplans of both sides, and where the site names its programs.

    `is_listened_to` is False where no manager user of the site can be told of anything.
    """

    old: Dialplan = field(default_factory=Dialplan)
    candidate: Dialplan = field(default_factory=Dialplan)
    programs: Mapping[str, Place] = field(default_factory=dict)
    is_listened_to: bool = True

    def where(self, spot: Spot | None, *, newer: bool = False) -> Place | None:
        """File and line of a context, extension and priority, looked up on the side where it was seen first."""
        if spot is None:
            return None
        first, second = (self.candidate, self.old) if newer else (self.old, self.candidate)
        found = first.place(*spot) or second.place(*spot)
        return None if found and found.file.rpartition("/")[2].startswith(_OURS) else found

    def named(self, message: str) -> Place | None:
        """The line of a file that a line of the candidate's log names, in the folder of its dialplan."""
        found = place_in(message)
        if found is None:
            return None
        file, line = found
        folder, inside, _ = next(iter(sorted(self.candidate.files)), "").partition("/")
        return Place(f"{folder}/{file}" if inside else file, line)

    def written(self, spot: Spot | None) -> str:
        """What stands at a priority on either side: `Set(X=${Y}) [Y=7]`, with global variables."""
        if spot is None:
            return ""
        found = ((dialplan.find(*spot), dialplan.variables) for dialplan in (self.old, self.candidate))
        return "\n".join(dict.fromkeys(_written(one.application, names) for one, names in found if one))


def _written(application: str, variables: Mapping[str, str]) -> str:
    """With the values of the global variables that it reads."""
    read = dict.fromkeys(name for name in _READ.findall(application) if name in variables)
    values = ", ".join(f"{name}={variables[name]}" for name in read)
    return f"{application} [{values}]" if values else application
