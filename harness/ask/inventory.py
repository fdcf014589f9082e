"""Asks one running instance what it has loaded and in force."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from harness.ask.answers import COMMANDS, named_commands, sections_of
from harness.ask.named_files import take_named_files
from harness.ask.over_ami import AmiAsk
from harness.asterisk import cli_tables
from harness.asterisk.cli_tables import Unreadable, clean
from harness.asterisk.dialplan.show import Dialplan, parse_dialplan
from harness.asterisk.dialplan.zone_uses import zone_uses
from harness.asterisk.log import read_log
from harness.asterisk.zones import COMPUTED
from harness.facts.inventory import Inventory, Listing, StartLine, Table
from harness.model import Place

__all__ = ["modules_on_disk", "start_lines", "take_dialplan", "take_inventory"]

_MESSAGES = {"UrgMessages": "urgent messages", "NewMessages": "new messages", "OldMessages": "old messages"}
_ZONES = "/usr/share/zoneinfo/"


async def take_inventory(ask: AmiAsk, *, folder: str = "", tables: Mapping[str, Table] | None = None) -> Inventory:
    """Everything the instance has loaded and in force, in one pass of well under a second.

    `folder` comes before the file name of every place (`candidate/`, say), `tables` are those of its databases.
    What cannot be read is a section with a problem, never an empty one. OSError when AMI does not answer.
    """
    await ask.ready()
    answers, log = await asyncio.gather(_answers(ask), _start_log(ask))
    core = dict(cli_tables.pairs(answers["core show settings"]))
    disk, files = await asyncio.gather(
        modules_on_disk(ask, core.get("Module directory", "")),
        ask.files(core.get("Configuration directory", "/etc/asterisk")),
    )
    dialplan = await _read_dialplan(answers["dialplan show"], answers["dialplan show globals"], folder, files)
    found = await asyncio.to_thread(sections_of, answers, dialplan)
    rows = {name: {"rows": str(table.rows)} for name, table in (tables or {}).items()}
    found |= {"database table": Listing(rows), "mailbox": await _with_counts(ask, found["mailbox"])}
    taken = Inventory(found, dialplan, files, log, disk, folder)
    zones = await _zones(ask, answers["voicemail show zones"], taken)
    named = await take_named_files(ask, taken, core)
    return replace(taken, sections={**found, "time zone": zones, "named file": named})


async def _with_counts(ask: AmiAsk, mailboxes: Listing) -> Listing:
    """The mailboxes with all their messages: `voicemail show users` tells of the new ones only."""
    names = tuple(mailboxes.items)
    answers = await ask.actions([{"Action": "MailboxCount", "Mailbox": name} for name in names]) if names else ()
    items = dict(mailboxes.items)
    for name, answer in zip(names, answers, strict=True):
        headers = dict(answer[0]) if answer else {}
        counts = {ours: headers[header].strip() for header, ours in _MESSAGES.items() if header in headers}
        items[name] = {**items[name], **counts}
    return Listing(items, mailboxes.places, mailboxes.problem)


async def take_dialplan(ask: AmiAsk, *, folder: str = "") -> Dialplan:
    """The dialplan alone."""
    printed, files = await asyncio.gather(
        ask.cli(["dialplan show", "dialplan show globals"]), ask.configuration_files()
    )
    text, variables = map(clean, printed)
    return await _read_dialplan(text, variables, folder, files)


async def _read_dialplan(text: str, variables: str, folder: str, files: Iterable[str]) -> Dialplan:
    """In a thread: a large one takes a second, and another trio's calls go on meanwhile."""
    return await asyncio.to_thread(parse_dialplan, text, folder=folder, variables=variables, files=files)


async def _answers(ask: AmiAsk) -> dict[str, str]:
    """What each command prints: first the lists, then what is shown of each thing in them."""
    lists = await _printed(ask, COMMANDS)
    return lists | await _printed(ask, named_commands(lists))


async def _printed(ask: AmiAsk, commands: Sequence[str]) -> dict[str, str]:
    return dict(zip(commands, map(clean, await ask.cli(commands)), strict=True))


async def _zones(ask: AmiAsk, voicemail_zones: str, taken: Inventory) -> Listing:
    """The zones that dialplan and voicemail name, and whether the system has them."""
    try:
        voicemail = cli_tables.voicemail_zones(voicemail_zones)
    except Unreadable as problem:
        return Listing(problem=str(problem))
    named = (
        (zone, taken.find("voicemail.conf", heading="zonemessages", key=name)) for name, zone in voicemail.items()
    )
    every: dict[str, dict[Place, None]] = {}
    for zone, place in (*zone_uses(taken.dialplan, _variables(taken)), *named):
        every.setdefault(zone, {}).update({place: None} if place else {})
    there = await ask.existing(_ZONES + zone for zone in (*every, "posixrules"))
    computed = COMPUTED.keys() if _ZONES + "posixrules" in there else frozenset[str]()
    resolve = {zone for zone in every if _ZONES + zone in there or zone in computed}
    items = {zone: {"resolves": "yes" if zone in resolve else "no"} for zone in sorted(every)}
    places = {zone: tuple(found) for zone, found in every.items() if found}
    return Listing(items, {zone: found[0] for zone, found in places.items()}, every=places)


def _variables(taken: Inventory) -> Iterator[tuple[str, str, Place]]:
    """Variables that configuration files set: the dialplan's globals, and those of phones and trunks."""
    for option in taken.file("extensions.conf").options("globals"):
        yield option.name, option.value, taken.place(option.place)
    for file in ("pjsip.conf", "sip.conf", "iax.conf", "chan_dahdi.conf", "users.conf"):
        for option in taken.file(file).everywhere("setvar", "set_var"):
            name, _, value = option.value.partition("=")
            yield name.strip().lstrip("_"), value, taken.place(option.place)


async def modules_on_disk(ask: AmiAsk, folder: str) -> frozenset[str]:
    """Names of the modules that could be loaded, without `.so`."""
    found = await ask.names(folder) if folder else ()
    return frozenset(name.removesuffix(".so") for name in found if name.endswith(".so"))


async def _start_log(ask: AmiAsk) -> tuple[StartLine, ...]:
    """Asterisk's log of its start; empty where it writes none."""
    try:
        content = await ask.read_log()
    except FileNotFoundError:
        return ()
    return await asyncio.to_thread(start_lines, content)


def start_lines(content: bytes) -> tuple[StartLine, ...]:
    """What the file of a log says of a start."""
    return tuple(_until_ready(content))


def _until_ready(content: bytes) -> Iterator[StartLine]:
    """Warnings, errors and notices until Asterisk said that it is ready."""
    for line in read_log(content):
        if line.level != "VERBOSE":
            yield StartLine(line.level, line.file, line.message.strip())
        elif "Asterisk Ready." in line.message:
            return
