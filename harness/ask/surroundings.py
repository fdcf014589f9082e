"""What is asked around Asterisk rather than of it: its log, the system's time zones, the modules on disk."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from harness.ask.over_ami import AmiAsk
from harness.asterisk import cli_tables
from harness.asterisk.cli_tables import Unreadable
from harness.asterisk.dialplan.show import Dialplan
from harness.asterisk.dialplan.uses import zone_words
from harness.asterisk.log import read_log
from harness.facts.inventory import Section, StartLine

__all__ = ["modules_on_disk", "start_log", "zones"]

_LOG_FILE = "/var/log/asterisk/harness.json"
_ZONES = "/usr/share/zoneinfo/"


async def zones(ask: AmiAsk, answers: Mapping[str, str], dialplan: Dialplan) -> Section:
    """Words of the dialplan, its globals and the voicemail zones that zoneinfo knows or should know."""
    try:
        voicemail = cli_tables.voicemail_zones(answers["voicemail show zones"])
    except Unreadable as problem:
        return Section(problem=str(problem))
    words = zone_words((*_timed(dialplan), *dialplan.variables.values(), *voicemail.values()))
    there = await ask.existing(_ZONES + word for word in words)
    return Section({word: {"resolves": "yes" if _ZONES + word in there else "no"} for word in sorted(words)})


_TIMED = re.compile(r"GotoIfTime|ExecIfTime|IFTIME|STRFTIME|SayUnixTime|DateTime|TIMEZONE|Set\(")


def _timed(dialplan: Dialplan) -> Iterator[str]:
    """Where a time zone may stand: in what asks for the time, sets a variable, or includes at certain hours."""
    yield from (each.application for each in dialplan.priorities() if _TIMED.search(each.application))
    yield from (include.time for includes in dialplan.includes.values() for include in includes)


async def modules_on_disk(ask: AmiAsk, folder: str) -> frozenset[str]:
    """Names of the modules that could be loaded, without `.so`."""
    found = await ask.names(folder) if folder else ()
    return frozenset(name.removesuffix(".so") for name in found if name.endswith(".so"))


async def start_log(ask: AmiAsk) -> tuple[StartLine, ...]:
    """Asterisk's log of its start; empty where it writes none."""
    try:
        content = await ask.read(_LOG_FILE)
    except FileNotFoundError:
        return ()
    return tuple(_until_ready(content))


def _until_ready(content: bytes) -> Iterator[StartLine]:
    """Warnings, errors and notices until Asterisk said that it is ready."""
    for line in read_log(content):
        if line.level != "VERBOSE":
            yield StartLine(line.level, line.file, line.message.strip())
        elif "Asterisk Ready." in line.message:
            return
