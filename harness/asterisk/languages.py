"""Language codes that Asterisk says numbers and dates by, in spite of their being no standard ones. Pure.

A release that knows such a code warns of it, in words that stand in its program: `mx is not a standard language
code.  Please switch to using es_MX instead.` 16.28 has four of them (cz, ge, mx, tw), 22.10 none: it says them in
English. By play of all 676 codes of two letters on both: no other changed but ps, which 22.10 says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from harness.asterisk.conf import Conf
from harness.asterisk.dialplan.arguments import split
from harness.asterisk.dialplan.invocations import application_invocations
from harness.asterisk.dialplan.show import Dialplan
from harness.model import Place

__all__ = ["FILES", "old_languages", "set_by_dialplan", "set_by_file", "set_by_script", "spoken_by"]

_WARNING = re.compile(rb"(\w{2}) is (?:not )?a standard language code[^\0]*?switch to using (\w+) instead")
_LONGEST = 200
_SET = re.compile(r"(?:CHANNEL|SIPCHANINFO|IAXPEER)\(language\)|_*LANGUAGE\(\)", re.IGNORECASE)
_VARIABLE = re.compile(r"\$\{_*(\w+)\}")
_CODE = re.compile(r"[A-Za-z]{2}(?:[_-]\w+)*")
_IN_SCRIPT = re.compile(r"(?i)CHANNEL\(language\)\W{1,6}([a-z]{2}(?:_\w+)*)\b")

FILES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        "pjsip.conf pjsip_wizard.conf sip.conf iax.conf chan_dahdi.conf users.conf skinny.conf mgcp.conf "
        "unistim.conf ooh323.conf misdn.conf console.conf alsa.conf oss.conf motif.conf "
        "chan_mobile.conf confbridge.conf minivm.conf".split(),
        ("language",),
    ),
    "voicemail.conf": ("language",),
    "asterisk.conf": ("defaultlanguage",),
}
"""Configuration file → the options of it that set a language."""

_Use = tuple[str, Place | None]


def old_languages(program: bytes) -> dict[str, str]:
    """Codes that a release's program knows and warns of → what it says to use instead."""
    found = (match.groups() for match in _WARNING.finditer(program))
    return {code.decode(): instead.decode() for code, instead in found}


def spoken_by(language: str, codes: Collection[str]) -> str:
    """The code by which Asterisk would say things in a language, empty for another: it looks at two letters."""
    return next((code for code in codes if language[:2].lower() == code), "")


def set_by_dialplan(dialplan: Dialplan) -> Iterator[_Use]:
    """Languages that channels are given, literally or by a variable that is set somewhere."""
    values = _variables(dialplan)
    for one in application_invocations(dialplan):
        for name, value in _assignments(one.key, one.arguments):
            if _SET.fullmatch(name):
                yield from ((code, where or one.place) for code, where in _codes(value, values))


def set_by_file(name: str, conf: Conf) -> Iterator[tuple[str, Place]]:
    """Languages that a configuration file sets, those of mailboxes and of variables too."""
    for option in conf.everywhere(*FILES.get(name, ()), "setvar", "set_var"):
        variable, is_set, value = option.value.rpartition("=")
        if not is_set or _SET.fullmatch(variable.strip()):
            yield value.strip(), option.place
    if name == "voicemail.conf":
        for section in conf.usable:
            for option in section.options if section.name.lower() not in ("general", "zonemessages") else ():
                for part in option.value.split("|"):
                    key, _, value = part.rpartition(",")[2].partition("=")
                    if key.strip().lower() == "language":
                        yield value.strip(), option.place


def set_by_script(text: str) -> Iterator[tuple[str, int]]:
    """Languages that a program gives to channels, with the line."""
    for number, line in enumerate(text.splitlines(), 1):
        yield from ((code, number) for code in _IN_SCRIPT.findall(line))


def _assignments(key: str, arguments: str) -> Iterator[tuple[str, str]]:
    if key not in ("set", "mset"):
        return
    for part in split(arguments) if key == "mset" else split(arguments, most=1):
        name, _, value = part.text.partition("=")
        yield name.strip(), value.strip().strip('"')


def _variables(dialplan: Dialplan) -> Mapping[str, tuple[_Use, ...]]:
    found: dict[str, list[_Use]] = {
        name.upper(): [(value, None)] for name, value in dialplan.variables.items() if len(value) < _LONGEST
    }
    for one in application_invocations(dialplan):
        for name, value in _assignments(one.key, one.arguments):
            found.setdefault(name.strip("_").upper(), []).append((value, one.place))
    return {name: tuple(values) for name, values in found.items()}


def _codes(value: str, variables: Mapping[str, tuple[_Use, ...]]) -> Iterator[_Use]:
    """The codes that a value may be: its own, or those of the variables in it, which are not followed further."""
    if "$" not in value:
        yield value, None
        return
    for name in _VARIABLE.findall(value):
        yield from (each for each in variables.get(name.upper(), ()) if _CODE.fullmatch(each[0]))
