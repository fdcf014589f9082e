"""What menuselect lets choose from: the modules of a release, as its XML documentation has them. Pure.

The MODULEINFO comment of each source stands in `core-en_US.xml` as `<module>`. Those of the core's files stand
there too, and are no members. Flags, sounds, utilities and options of modules are in no package.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

from harness.asterisk.menuselect.makeopts import Entry

__all__ = [
    "CATEGORIES",
    "MODULE_CATEGORIES",
    "STORAGES",
    "Member",
    "category_of",
    "documented_members",
    "member_of",
]

_BY_PREFIX: Mapping[str, str] = {
    "app": "APPS",
    "bridge": "BRIDGES",
    "cdr": "CDR",
    "cel": "CEL",
    "chan": "CHANNELS",
    "codec": "CODECS",
    "format": "FORMATS",
    "func": "FUNCS",
    "pbx": "PBX",
    "res": "RES",
    "test": "TESTS",
}
_ADDONS = frozenset("app_mysql cdr_mysql chan_mobile chan_ooh323 format_mp3 res_config_mysql".split())
"""The modules of addons/, which have a category of their own."""
_CORE = frozenset(
    """
    bridge_after bridge_basic bridge_channel bridge_native_dahdi bridge_roles codec_builtin codec_pref format_cache
    format_cap format_compatibility pbx_app pbx_builtins pbx_functions pbx_hangup_handler pbx_ignorepat pbx_include
    pbx_sw pbx_switch pbx_timing pbx_variables
    """.split()
)
"""Files of the core, or parts of other modules, that are called as modules are."""
_PACKAGERS = re.compile(r"app_voicemail_(?:imap|odbc)storage")
"""Debian's names for app_voicemail built several times, in 16."""

_FLAGS = frozenset({"DONT_OPTIMIZE", "OPTIONAL_API", "TEST_FRAMEWORK"})
"""Flags of the build on which members depend."""

MODULE_CATEGORIES = frozenset({*_BY_PREFIX.values(), "ADDONS"})
"""Categories of modules."""
CATEGORIES = MODULE_CATEGORIES | frozenset(
    "CFLAGS CHANNELSTORAGE OPTS_app_voicemail UTILS AGIS EMBED CORE_SOUNDS MOH EXTRA_SOUNDS".split()
)
"""All categories that a release from 13 to 23 has."""

STORAGES: Mapping[str, str] = {
    "FILE_STORAGE": "app_voicemail",
    "ODBC_STORAGE": "app_voicemail_odbc",
    "IMAP_STORAGE": "app_voicemail_imap",
}
"""How voicemail is kept: the option of app_voicemail to 16, and the module that does it later."""


@dataclass(frozen=True, slots=True)
class Member:
    """One thing to choose. `on` is its default.

    `needs` are dependencies outside of Asterisk (`libjwt`), `modules` those on other members.
    """

    name: str
    category: str
    on: bool = True
    needs: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    support: str = ""
    replaced_by: str = ""
    deprecated_in: str = ""
    removed_in: str = ""

    @property
    def entry(self) -> Entry:
        """Category and name."""
        return self.category, self.name


_VOICEMAIL = (
    Member("app_voicemail", "APPS", True, support="core"),
    Member("app_voicemail_imap", "APPS", False, ("imap_tk",), support="core"),
    Member("app_voicemail_odbc", "APPS", False, ("generic_odbc",), support="core"),
)
"""Voicemail where it is several modules: apps/Makefile writes their MODULEINFO, which is in no XML."""


def category_of(name: str) -> str:
    """The category of a module, by its name; empty for what is none (`acl`, `bridge_roles`)."""
    if name in _CORE or _PACKAGERS.fullmatch(name):
        return ""
    prefix, underscore, _ = name.partition("_")
    return "ADDONS" if name in _ADDONS else _BY_PREFIX.get(prefix, "") if underscore else ""


def documented_members(documents: ElementTree.Element) -> tuple[Member, ...]:
    """The members that a release's XML documentation knows, each once, sorted."""
    found: dict[Entry, Member] = {}
    for element in documents.findall("module"):
        name = element.get("name", "").removesuffix(".cc")
        if category := category_of(name):
            found.setdefault((category, name), member_of(name, category, element))
    if ("APPS", "app_voicemail") not in found and documents.find("application[@name='VoiceMail']") is not None:
        found |= {member.entry: member for member in _VOICEMAIL}
    return tuple(found[entry] for entry in sorted(found))


def member_of(name: str, category: str, info: ElementTree.Element, *, positive: bool = False) -> Member:
    """A member, of what stands in its MODULEINFO. Without a word on its default it is on; off where `positive`."""
    depends = [(each.get("type", ""), (each.text or "").strip()) for each in info.findall("depend")]
    internal = [text for type_, text in depends if type_ == "module" or category_of(text) or text in _FLAGS]
    default = info.findtext("defaultenabled", "no" if positive else "yes").strip().lower()
    return Member(
        name,
        category,
        default == "yes",
        tuple(text for _, text in depends if text not in internal),
        tuple(internal),
        info.findtext("support_level", "").strip(),
        info.findtext("replacement", "").strip(),
        info.findtext("deprecated_in", "").strip(),
        info.findtext("removed_in", "").strip(),
    )
