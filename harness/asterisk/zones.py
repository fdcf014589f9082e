"""Time zones whose old names the systems of today do not have any more, and what those are called now."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["REGIONS", "RENAMED", "RENAMED_WORDS", "UTC"]

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
    "GB": "Europe/London", "Israel": "Asia/Jerusalem", "Japan": "Asia/Tokyo", "NZ": "Pacific/Auckland",
    "Poland": "Europe/Warsaw", "Portugal": "Europe/Lisbon", "Singapore": "Asia/Singapore",
    "Turkey": "Europe/Istanbul",
}  # fmt: skip
"""Names of one word, which may be anything else as well."""

UTC = frozenset(
    f"{folder}{name}"
    for folder in ("", "Etc/")
    for name in "GMT GMT+0 GMT-0 GMT0 Greenwich UCT UTC Universal Zulu".split()
)
"""Names of UTC itself, which Asterisk takes for a zone that the system does not have."""
