"""What a site's AGI scripts use that the candidate does not have: applications they run, functions, AGI commands.

Scripts are programs in any language, so they are searched as text for what is gone by name, not understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from harness.facts.release import ReleaseFacts
from harness.facts.site_changes import SiteChange
from harness.model import Place

__all__ = ["script_changes"]

_SPOKEN: Mapping[str, str] = {
    # As a line of AGI, or as an AGI library of the usual kind is called: `EXEC Macro`, appexec("Macro").
    "application": r"\bEXEC\s+[\"']?{name}\b|(?i:exec\w*)\s*\(\s*[\"']{name}\b",
    "function": r"\b{name}\(",
    "AGI command": r"[\"'>\s]{upper}\b",
}


def script_changes(old: ReleaseFacts, candidate: ReleaseFacts, scripts: Mapping[str, str]) -> Iterator[SiteChange]:
    """Each thing that is gone and that a script names, with every line that does. `scripts` are texts by name."""
    for kind, pattern in _SPOKEN.items():
        there = {name.lower() for name in candidate.names(kind)}
        for name in old.names(kind):
            if name.lower() in there:
                continue
            spoken = re.compile(pattern.format(name=re.escape(name), upper=re.escape(name.upper())))
            places = tuple(_places(spoken, scripts))
            if places:
                yield SiteChange("script-uses-gone", f"{kind} {name}", places, old=f"{name} is there")


def _places(spoken: re.Pattern[str], scripts: Mapping[str, str]) -> Iterator[Place]:
    for name, text in scripts.items():
        for number, line in enumerate(text.splitlines(), 1):
            if not line.lstrip().startswith(("#", "//")) and spoken.search(line):
                yield Place(name, number)
