"""Old names of time zones → the names they are links to: systems of today do not have them any more."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.asterisk.zones import RENAMED, RENAMED_WORDS
from harness.migrate.dialplan import contexts_of
from harness.migrate.model import BeforeAfter, Edit, Rewrite, Subject
from harness.model import Place

__all__ = ["CHANGE", "ZONE"]

_WHY = "the system of the candidate may not have the zone's old name (Debian keeps those in tzdata-legacy)"
ZONE = re.compile(r"(?<![\w/+-])(" + "|".join(map(re.escape, RENAMED)) + r")(?![\w/+-])")
"""An old name of a zone, in any text."""
# Their arguments are names of files.
_FILES = re.compile(r"(?i)\s*(playback|background|controlplayback|read|record|monitor|mixmonitor|agi|system)\b")


def _find(subject: Subject) -> Iterator[Edit]:
    for place, value in _values(subject):
        line = subject.line(place)
        start = line.find(value, line.find("=") + 1)
        for found in ZONE.finditer(value) if start >= 0 and ";--" not in line else ():
            yield Edit(place, start + found.start(), start + found.end(), RENAMED[found[1]], _WHY)
    yield from _voicemail(subject)


def _voicemail(subject: Subject) -> Iterator[Edit]:
    """What stands before the bar is a zone, whatever word it is."""
    for option in subject.conf("voicemail.conf").options("zonemessages"):
        zone, line = option.value.partition("|")[0].strip(), subject.line(option.place)
        start = line.find(zone, line.find("=") + 1)
        name = RENAMED.get(zone) or RENAMED_WORDS.get(zone)
        if name and start >= 0 and ";--" not in line:
            yield Edit(option.place, start, start + len(zone), name, _WHY)


def _values(subject: Subject) -> Iterator[tuple[Place, str]]:
    """What may name a zone in the dialplan and its variables."""
    for context in contexts_of(subject).values():
        yield from ((step.place, step.text) for step in context.steps if not _FILES.match(step.text))
        yield from ((each.place, each.value) for each in context.others if each.name.lower() == "include")
    yield from ((option.place, option.value) for option in subject.conf("extensions.conf").options("globals"))


CHANGE = Rewrite(
    "time-zone",
    _find,
    BeforeAfter(
        {"extensions.conf": "[globals]\nTZ = US/Eastern ; ours\n[a]\n"
         "include => b,09:00-17:00,mon-fri,*,*,US/Pacific\n"
         "exten => 1,1,GotoIfTime(*,*,*,*,Asia/Calcutta?x)\n same => n,Playback(US/Eastern)\n",
         "voicemail.conf": "[zonemessages]\neastern=US/Eastern|'vm-received' Q\ntokyo => Japan|'Japan' Q\n"
         "house=EST5EDT|Q\n"},
        {"extensions.conf":
         "[globals]\nTZ = America/New_York ; ours\n[a]\n"
         "include => b,09:00-17:00,mon-fri,*,*,America/Los_Angeles\n"
         "exten => 1,1,GotoIfTime(*,*,*,*,Asia/Kolkata?x)\n same => n,Playback(US/Eastern)\n",
         "voicemail.conf": "[zonemessages]\neastern=America/New_York|'vm-received' Q\n"
         "tokyo => Asia/Tokyo|'Japan' Q\nhouse=EST5EDT|Q\n"},
    ),
)  # fmt: skip
