"""Old names of time zones → the names they are links to: systems of today do not have them any more."""

from __future__ import annotations

import re

from harness.migrate.dialplan import contexts_of
from harness.migrate.model import Change, Edit, Found, Subject, Witness
from harness.model import Place

__all__ = ["CHANGE", "NAMES"]

_WHY = "the system of the candidate may not have the zone's old name (Debian keeps those in tzdata-legacy)"
# The links of tzdata 2026 that Debian's tzdata has no more, of equal content in tzdata 2024. Names of one word
# (GB, Japan) are not here: they may be anything.
NAMES = dict(
    pair.split("=")
    for pair in """
    America/Argentina/ComodRivadavia=America/Argentina/Catamarca
    America/Buenos_Aires=America/Argentina/Buenos_Aires America/Catamarca=America/Argentina/Catamarca
    America/Cordoba=America/Argentina/Cordoba America/Fort_Wayne=America/Indiana/Indianapolis
    America/Godthab=America/Nuuk America/Indianapolis=America/Indiana/Indianapolis
    America/Jujuy=America/Argentina/Jujuy America/Knox_IN=America/Indiana/Knox
    America/Louisville=America/Kentucky/Louisville America/Mendoza=America/Argentina/Mendoza
    America/Rosario=America/Argentina/Cordoba Asia/Ashkhabad=Asia/Ashgabat Asia/Calcutta=Asia/Kolkata
    Asia/Chungking=Asia/Shanghai Asia/Dacca=Asia/Dhaka Asia/Katmandu=Asia/Kathmandu Asia/Macao=Asia/Macau
    Asia/Rangoon=Asia/Yangon Asia/Saigon=Asia/Ho_Chi_Minh Asia/Thimbu=Asia/Thimphu
    Asia/Ujung_Pandang=Asia/Makassar Asia/Ulan_Bator=Asia/Ulaanbaatar Atlantic/Faeroe=Atlantic/Faroe
    Australia/ACT=Australia/Sydney Australia/LHI=Australia/Lord_Howe Australia/NSW=Australia/Sydney
    Australia/North=Australia/Darwin Australia/Queensland=Australia/Brisbane
    Australia/South=Australia/Adelaide Australia/Tasmania=Australia/Hobart
    Australia/Victoria=Australia/Melbourne Australia/West=Australia/Perth Brazil/Acre=America/Rio_Branco
    Brazil/DeNoronha=America/Noronha Brazil/East=America/Sao_Paulo Brazil/West=America/Manaus
    Canada/Atlantic=America/Halifax Canada/Central=America/Winnipeg Canada/Eastern=America/Toronto
    Canada/Mountain=America/Edmonton Canada/Newfoundland=America/St_Johns Canada/Pacific=America/Vancouver
    Canada/Saskatchewan=America/Regina Canada/Yukon=America/Whitehorse Chile/Continental=America/Santiago
    Chile/EasterIsland=Pacific/Easter Europe/Kiev=Europe/Kyiv Europe/Uzhgorod=Europe/Kyiv
    Europe/Zaporozhye=Europe/Kyiv Mexico/BajaNorte=America/Tijuana Mexico/BajaSur=America/Mazatlan
    Mexico/General=America/Mexico_City Pacific/Enderbury=Pacific/Kanton US/Alaska=America/Anchorage
    US/Aleutian=America/Adak US/Arizona=America/Phoenix US/Central=America/Chicago
    US/East-Indiana=America/Indiana/Indianapolis US/Eastern=America/New_York US/Hawaii=Pacific/Honolulu
    US/Indiana-Starke=America/Indiana/Knox US/Michigan=America/Detroit US/Mountain=America/Denver
    US/Pacific=America/Los_Angeles US/Samoa=Pacific/Pago_Pago
    """.split()
)
_ZONE = re.compile(r"(?<![\w/+-])(" + "|".join(map(re.escape, NAMES)) + r")(?![\w/+-])")
# Their arguments are names of files.
_FILES = re.compile(r"(?i)\s*(playback|background|controlplayback|read|record|monitor|mixmonitor|agi|system)\b")


def _find(subject: Subject) -> Found:
    edits: list[Edit] = []
    for place, value in _values(subject):
        line = subject.line(place)
        start = line.find(value, line.find("=") + 1)
        if start < 0 or ";--" in line:
            continue
        for found in _ZONE.finditer(value):
            edits.append(
                Edit(place.file, place.line, start + found.start(), start + found.end(), NAMES[found[1]], _WHY)
            )
    return Found(tuple(dict.fromkeys(edits)))


def _values(subject: Subject) -> list[tuple[Place, str]]:
    """What may name a zone: the dialplan with its variables, and the zones of voicemail."""
    found: list[tuple[Place, str]] = []
    for context in contexts_of(subject).values():
        found += [(step.place, step.text) for step in context.steps if not _FILES.match(step.text)]
        found += [(option.place, option.value) for option in context.others if option.name.lower() == "include"]
    for file, names in (("extensions.conf", {"globals"}), ("voicemail.conf", {"zonemessages"})):
        for section in subject.conf(file).usable:
            if section.name.lower() in names:
                found += [(option.place, option.value) for option in section.options]
    return found


CHANGE = Change(
    "time-zone",
    _find,
    Witness(
        {"extensions.conf": "[globals]\nTZ = US/Eastern ; ours\n[a]\n"
         "include => b,09:00-17:00,mon-fri,*,*,US/Pacific\n"
         "exten => 1,1,GotoIfTime(*,*,*,*,Asia/Calcutta?x)\n same => n,Playback(US/Eastern)\n",
         "voicemail.conf": "[zonemessages]\neastern=US/Eastern|'vm-received' Q\n"},
        {"extensions.conf":
         "[globals]\nTZ = America/New_York ; ours\n[a]\n"
         "include => b,09:00-17:00,mon-fri,*,*,America/Los_Angeles\n"
         "exten => 1,1,GotoIfTime(*,*,*,*,Asia/Kolkata?x)\n same => n,Playback(US/Eastern)\n",
         "voicemail.conf": "[zonemessages]\neastern=America/New_York|'vm-received' Q\n"},
    ),
)  # fmt: skip
