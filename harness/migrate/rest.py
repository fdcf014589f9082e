"""What the candidate has no more and no change takes care of: uses of it in the dialplan, and its files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from harness.asterisk.dialplan.applications import JOIN
from harness.asterisk.dialplan.invocations import invocations_in, key_invocations
from harness.asterisk.dialplan.uses import applications_of, technologies_in, technologies_of
from harness.asterisk.loading import loading_of
from harness.asterisk.modules import CHANNELS, FILES, GONE, file_of
from harness.asterisk.replacements import APPLICATIONS, FUNCTIONS, TECHNOLOGIES
from harness.asterisk.zones import RENAMED
from harness.migrate.dialplan import contexts_of, invocations_of, steps_of
from harness.migrate.model import Left, Subject
from harness.migrate.zones import ZONE
from harness.model import Place

__all__ = ["beyond", "left_over"]

_APPLICATIONS = {name.lower(): (name, advice) for name, advice in APPLICATIONS.items() if name != "ResetCDR"}
_FUNCTION = re.compile(r"(?<!\w)(" + "|".join(FUNCTIONS) + r")\(")
_NAME = re.compile(r"(?<![\w-])(" + "|".join(name for name, _ in _APPLICATIONS.values()) + r")\(", re.IGNORECASE)
_JOINS = re.compile(rf"(?<![\w-])(?:{'|'.join(sorted(JOIN))})\(", re.IGNORECASE)
_FILES: Mapping[str, str] = {
    "sip.conf": "chan_sip went in Asterisk 21. Its peers become endpoints of pjsip.conf: Asterisk's source has"
    " contrib/scripts/sip_to_pjsip/sip_to_pjsip.py for that (Debian does not ship it). Run it on a copy, read what"
    " it writes, and dial PJSIP/... in place of SIP/....",
    "cdr_mysql.conf": "cdr_mysql went in Asterisk 19. Write records with cdr_adaptive_odbc.",
    "app_mysql.conf": "app_mysql went in Asterisk 19. Use functions of func_odbc.conf.",
    "res_config_sqlite.conf": "res_config_sqlite went in Asterisk 19. Use res_config_sqlite3.",
    "cdr_syslog.conf": "cdr_syslog went in Asterisk 21. Use another CDR module, as cdr_custom.",
}


def left_over(subject: Subject) -> tuple[Left, ...]:
    """All that is used and is gone."""
    return (*_dialplan(subject), *_keys(subject), *_other_languages(subject), *_files(subject))


def beyond(found: Iterable[Left], others: Iterable[Left]) -> Iterator[Left]:
    """Findings about things that no other finding names at the same place."""
    words: dict[Place, str] = {}
    for left in others:
        words[left.place] = words.get(left.place, "") + left.what
    for left in found:
        if re.split(r"\W", left.what)[0] not in words.get(left.place, ""):
            yield left


def _dialplan(subject: Subject) -> Iterator[Left]:
    contexts, loading = contexts_of(subject), loading_of(subject.conf("modules.conf"))
    brought = {CHANNELS[module] for module in GONE if module in CHANNELS and not loading.refuses(module)}
    for step in steps_of(subject):
        hinted = technologies_in(step.text) if step.priority == "hint" else ()
        used = [*hinted, *(name for call in invocations_of(step) for name in technologies_of(call))]
        for call in invocations_of(step):
            for name, advice in _replacements(applications_of(call, contexts)):
                yield step.left(f"{name}() is gone", advice)
        for technology in dict.fromkeys(name for name in used if name in TECHNOLOGIES and name in brought):
            what = f"{technology}/... is dialled, and nothing brings it any more"
            yield step.left(what, TECHNOLOGIES[technology])
        for function in dict.fromkeys(_FUNCTION.findall(step.text)):
            yield step.left(f"{function}() is gone", FUNCTIONS[function])


def _keys(subject: Subject) -> Iterator[Left]:
    """Applications that keys of features.conf run."""
    contexts = contexts_of(subject)
    for option, _, invocation in key_invocations(subject.conf("features.conf")):
        for name, advice in _replacements(applications_of(invocation, contexts)):
            yield Left(option.place, f"{name}() is gone, and a key runs it", advice)


def _replacements(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Those that are gone, as they are usually written, with what to do."""
    yield from filter(None, (_APPLICATIONS.get(name.lower()) for name in dict.fromkeys(names)))


def _other_languages(subject: Subject) -> Iterator[Left]:
    """AEL and Lua are not changed: names are looked for in what is no comment."""
    for file, lines in subject.lines.items():
        if not file.endswith((".ael", ".lua")):
            continue
        comment = "//" if file.endswith(".ael") else "--"
        for number, line in enumerate(lines, 1):
            code = line.partition(comment)[0]
            for name, advice in _replacements(_NAME.findall(code)):
                yield Left(Place(file, number), f"{name}() is gone", advice)
            for function in dict.fromkeys(_FUNCTION.findall(code)):
                yield Left(Place(file, number), f"{function}() is gone", FUNCTIONS[function])
            for zone in dict.fromkeys(ZONE.findall(code)):
                what = f"the time zone {zone} may have no such name on the candidate's system"
                yield Left(Place(file, number), what, f"Write {RENAMED[zone]}.")
            for name in _recorded_by_key(code):
                yield Left(
                    Place(file, number), f"w and W of {name} do nothing since Asterisk 21", "Write x and X."
                )


def _recorded_by_key(code: str) -> Iterator[str]:
    """Applications in a line of AEL that let people start a Monitor by a key."""
    for found in _JOINS.finditer(code):
        one = next(invocations_in(code[found.start() :]), None)
        if one and not one.options().names.isdisjoint("wW"):
            yield one.name


def _files(subject: Subject) -> Iterator[Left]:
    loading = loading_of(subject.conf("modules.conf"))
    for module in sorted(GONE):
        file = file_of(module)
        is_its_own = module in FILES or not module.startswith("app_")  # url.conf may be anybody's
        if file in subject.files and is_its_own and not loading.refuses(module):
            yield Left(Place(file, 1), f"{module} is gone, and nothing reads this file", _FILES.get(file, ""))
    if subject.conf("stir_shaken.conf").usable:
        what = "stir_shaken.conf has other sections and options since Asterisk 22"
        yield Left(
            Place("stir_shaken.conf", 1), what, "Write it anew: its sample explains attestation and verification."
        )
