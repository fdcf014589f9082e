"""Asks one running instance what it has loaded and in force."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from harness.ask.over_ami import AmiAsk
from harness.ask.sections import section, sections
from harness.asterisk import cli_tables, database_tables
from harness.asterisk.cli_tables import Items, Unreadable, clean
from harness.asterisk.dialplan.show import Dialplan, parse_dialplan
from harness.asterisk.dialplan.zone_uses import zone_uses
from harness.asterisk.log import read_log
from harness.facts.inventory import Inventory, Listing, StartLine, Table
from harness.lab.instance.overlay import LOG_FILE
from harness.model import Attributes, Place

__all__ = ["TABLES", "modules_on_disk", "start_lines", "take_dialplan", "take_inventory"]

TABLES: Mapping[str, tuple[str, Callable[[str], Items]]] = {
    "module": ("module show", cli_tables.modules),
    "application": ("core show applications", cli_tables.applications),
    "function": ("core show functions", cli_tables.functions),
    "technology": ("core show channeltypes", cli_tables.technologies),
    "codec": ("core show codecs", cli_tables.codecs),
    "aor": ("pjsip show aors", partial(cli_tables.pjsip, "Aor")),
    "transport": ("pjsip show transports", partial(cli_tables.pjsip, "Transport")),
    "registration": ("pjsip show registrations", cli_tables.registrations),
    "sip peer": ("sip show peers", cli_tables.sip_peers),
    "mailbox": ("voicemail show users", cli_tables.mailboxes),
    "parking lot": ("parking show", cli_tables.parking_lots),
    "music class": ("moh show classes", cli_tables.music_classes),
    "feature": ("features show", cli_tables.features),
    "CDR": ("cdr show status", cli_tables.cdr),
    "CEL": ("cel show status", cli_tables.cel),
    "ARI user": ("ari show users", cli_tables.ari_users),
    "realtime family": ("core show config mappings", database_tables.families),
    "astdb entry": ("database show", database_tables.entries),
}
"""Section → the command that shows it and the function that reads what it prints."""

_LISTS: Mapping[str, tuple[str, Callable[[str], Items], Callable[[str], Attributes]]] = {
    "endpoint": ("pjsip show endpoints", partial(cli_tables.pjsip, "Endpoint"), cli_tables.pjsip_parameters),
    "conference bridge": (
        "confbridge show profile bridges",
        partial(cli_tables.names, "Bridge Profiles"),
        cli_tables.profile,
    ),
    "conference user": (
        "confbridge show profile users",
        partial(cli_tables.names, "User Profiles"),
        cli_tables.profile,
    ),
    "conference menu": ("confbridge show menus", partial(cli_tables.names, "Menus"), cli_tables.menu),
    "manager user": ("manager show users", partial(cli_tables.names, "username"), cli_tables.manager_user),
}
"""Section → the command that lists names, how it is read, and how what it shows of one (`… endpoint NAME`) is."""

_OTHERS = (
    "dialplan show",
    "dialplan show globals",
    "queue show",
    "voicemail show zones",
    "core show settings",
    "http show status",
    "manager show settings",
    "ari show status",
    "odbc show all",
    "realtime show pgsql status",
)

_MESSAGES = {"UrgMessages": "urgent messages", "NewMessages": "new messages", "OldMessages": "old messages"}
# What core settings say of the build, the machine and the moment, which is never the site's.
_MACHINE = re.compile(
    r"Version|.*Build Options|.*time|System|Entity ID|PBX UUID|Module directory|Maximum open file handles|"
    r".*verbosity|.*level|Channel storage backend|Running directory|Socket|.*(?:Daemon|PID).*"
)
_ZONES = "/usr/share/zoneinfo/"


async def take_inventory(ask: AmiAsk, *, folder: str = "", tables: Mapping[str, Table] | None = None) -> Inventory:
    """Everything the instance has loaded and in force, in one pass of well under a second.

    `folder` comes before the file name of every place (`candidate/`, say), `tables` are those of its databases.
    What cannot be read is a section with a problem, never an empty one. OSError when AMI does not answer.
    """
    await ask.ready()
    answers, log = await asyncio.gather(_first(ask), _start_log(ask))
    core = dict(cli_tables.pairs(answers["core show settings"]))
    dialplan = parse_dialplan(answers["dialplan show"], folder=folder, variables=answers["dialplan show globals"])
    listed, disk, files = await asyncio.gather(
        _lists(ask, answers),
        modules_on_disk(ask, core.get("Module directory", "")),
        ask.files(core.get("Configuration directory", "/etc/asterisk")),
    )
    found = {name: section(parse, answers[command]) for name, (command, parse) in TABLES.items()}
    found |= listed | _dialplan_sections(answers["dialplan show"], dialplan)
    found |= sections(("queue", "queue member"), lambda: cli_tables.queues(answers["queue show"]))
    found["database connection"] = section(
        database_tables.connections, answers["odbc show all"], answers["realtime show pgsql status"]
    )
    rows = {name: {"rows": str(table.rows)} for name, table in (tables or {}).items()}
    found |= {"database table": Listing(rows), "setting": _settings(answers)}
    found |= {"ARI": _ari(answers), "mailbox": await _with_counts(ask, found["mailbox"])}
    taken = Inventory(found, dialplan, files, log, disk, folder)
    zones = await _zones(ask, answers["voicemail show zones"], taken)
    return replace(taken, sections={**found, "time zone": zones})


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
    text, variables = map(clean, await ask.cli(["dialplan show", "dialplan show globals"]))
    return parse_dialplan(text, folder=folder, variables=variables)


async def _first(ask: AmiAsk) -> dict[str, str]:
    commands = [*_OTHERS, *(row[0] for row in TABLES.values()), *(row[0] for row in _LISTS.values())]
    return dict(zip(commands, map(clean, await ask.cli(commands)), strict=True))


async def _lists(ask: AmiAsk, answers: Mapping[str, str]) -> dict[str, Listing]:
    lists = {name: section(read, answers[command]) for name, (command, read, _) in _LISTS.items()}
    wanted = [(name, item) for name, each in lists.items() for item in each.items]
    texts = await ask.cli([f"{_LISTS[name][0].removesuffix('s')} {item}" for name, item in wanted])
    found: dict[str, Items] = {name: {} for name in lists}
    problems = {name: each.problem for name, each in lists.items()}
    for (name, item), text in zip(wanted, texts, strict=True):
        try:
            found[name][item] = _LISTS[name][2](clean(text))
        except Unreadable as problem:
            problems[name] = f"{item}: {problem}"
    return {name: Listing(items, problem=problems[name]) for name, items in found.items()}


def _dialplan_sections(text: str, dialplan: Dialplan) -> dict[str, Listing]:
    if not text.startswith(("[ Context", "\n[ Context")) and "extensions (" not in text:
        problem = Listing(problem=f"dialplan show: {text.strip()[:80]!r}")
        return dict.fromkeys(("context", "extension", "hint", "include"), problem)
    names: list[str] = []
    places: dict[str, Place] = {}
    first: dict[str, Place] = {}
    for context, lines in dialplan.contexts.items():
        for extension, priorities in lines.items():
            names.append(f"{extension}@{context}")
            if place := next(iter(priorities.values())).place:
                places[names[-1]] = place
                first.setdefault(context, place)
    includes = [(outer, each.context) for outer, inner in dialplan.includes.items() for each in inner]
    hints = {f"{name}@{context}": hint for context, all_ in dialplan.hints.items() for name, hint in all_.items()}
    return {
        "context": Listing({context: {} for context in dialplan.contexts}, first),
        "extension": Listing({name: {} for name in names}, places),
        "include": Listing(
            {f"{inner} in {outer}": {} for outer, inner in includes},
            {f"{inner} in {outer}": first[outer] for outer, inner in includes if outer in first},
        ),
        "hint": Listing(
            {name: {"watches": hint.devices} for name, hint in hints.items()},
            {name: hint.place for name, hint in hints.items() if hint.place},
        ),
    }


def _settings(answers: Mapping[str, str]) -> Listing:
    core = dict(cli_tables.pairs(answers["core show settings"]))
    if "Version" not in core:
        return Listing(problem=f"core show settings: {answers['core show settings'].strip()[:80]!r}")
    site_wide = {name.rstrip(": "): value for name, value in core.items() if not _MACHINE.fullmatch(name)}
    served = (line for line in answers["http show status"].splitlines() if line.startswith("Server Ena"))
    manager = dict(cli_tables.pairs(answers["manager show settings"]))
    return Listing({"Asterisk": site_wide, "HTTP": {"status": next(served, "Disabled")}, "AMI": manager})


def _ari(answers: Mapping[str, str]) -> Listing:
    status = answers["ari show status"]
    enabled = dict(cli_tables.pairs(status)).get("Enabled")
    if cli_tables.absent(status) or "Error getting ARI configuration" in status or enabled not in (None, "Yes"):
        return Listing()
    if enabled is None:
        return Listing(problem=status.strip()[:80])
    return Listing({"ARI": {"served over HTTP": "yes" if "/ari/" in answers["http show status"] else "no"}})


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
    there = await ask.existing(_ZONES + zone for zone in every)
    items = {zone: {"resolves": "yes" if _ZONES + zone in there else "no"} for zone in sorted(every)}
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
        content = await ask.read(LOG_FILE)
    except FileNotFoundError:
        return ()
    return start_lines(content)


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
