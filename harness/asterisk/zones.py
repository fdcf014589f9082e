"""Time zones whose old names the systems of today do not have any more, and what those are called now."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["COMPUTED", "REGIONS", "RENAMED", "RENAMED_WORDS", "UTC"]

REGIONS = frozenset(
    "Africa America Antarctica Arctic Asia Atlantic Australia Brazil Canada Chile Etc Europe Indian Mexico "
    "Pacific US".split()
)
"""With what a zone's name begins."""

# The links of tzdata 2026 that Debian's tzdata has no more, of equal content in tzdata 2024.
RENAMED: Mapping[str, str] = dict(
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

RENAMED_WORDS: Mapping[str, str] = {
    "CET": "Europe/Brussels", "Cuba": "America/Havana", "EET": "Europe/Athens", "EST": "America/Panama",
    "Egypt": "Africa/Cairo", "Eire": "Europe/Dublin", "GB": "Europe/London", "GB-Eire": "Europe/London",
    "HST": "Pacific/Honolulu", "Hongkong": "Asia/Hong_Kong", "Iceland": "Atlantic/Reykjavik",
    "Iran": "Asia/Tehran", "Israel": "Asia/Jerusalem", "Jamaica": "America/Jamaica", "Japan": "Asia/Tokyo",
    "Kwajalein": "Pacific/Kwajalein", "Libya": "Africa/Tripoli", "MET": "Europe/Brussels",
    "MST": "America/Phoenix", "NZ": "Pacific/Auckland", "NZ-CHAT": "Pacific/Chatham",
    "Navajo": "America/Denver", "PRC": "Asia/Shanghai", "Poland": "Europe/Warsaw", "Portugal": "Europe/Lisbon",
    "ROC": "Asia/Taipei", "ROK": "Asia/Seoul", "Singapore": "Asia/Singapore", "Turkey": "Europe/Istanbul",
    "W-SU": "Europe/Moscow", "WET": "Europe/Lisbon",
}  # fmt: skip
"""Names of one word, which may be anything else as well."""

COMPUTED: Mapping[str, str] = {
    "CST6CDT": "America/Chicago", "EST5EDT": "America/New_York", "MST7MDT": "America/Denver",
    "PST8PDT": "America/Los_Angeles",
}  # fmt: skip
"""Names that Asterisk reads itself, as POSIX says, when the system does not have them: when summer begins it takes
from the system's zone `posixrules` (`tzparse` in main/stdtime/localtime.c)."""

UTC = frozenset(
    f"{folder}{name}"
    for folder in ("", "Etc/")
    for name in "GMT GMT+0 GMT-0 GMT0 Greenwich UCT UTC Universal Zulu".split()
)
"""Names of UTC itself, which Asterisk takes for a zone that the system does not have."""
