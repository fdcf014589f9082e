"""What Asterisk's command line answers, command by command, as sections of an inventory. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial

from harness.ask.sections import section, sections
from harness.asterisk import cli_tables, database_tables
from harness.asterisk.cli_tables import Items, Unreadable
from harness.asterisk.dialplan.show import Dialplan
from harness.facts.inventory import Listing
from harness.model import Attributes, Place

__all__ = ["COMMANDS", "TABLES", "named_commands", "sections_of"]

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
    "manager user": ("manager show users", cli_tables.manager_users, cli_tables.manager_user),
}
"""Section → the command that lists names, how it is read, and how what it shows of one (`… endpoint NAME`) is."""

_NOT_ASKED = "was not asked"
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

# What core settings say of the build, the machine and the moment, which is never the site's. Directories are each
# release's own, as the overlay says.
_MACHINE = re.compile(
    r"Version|.*Build Options|.*time|System|Entity ID|PBX UUID|Maximum open file handles|"
    r".*verbosity|.*level|Channel storage backend|Socket|.*(?:Daemon|PID).*|"
    r".* directory|Configuration file|ASTDB"
)

COMMANDS = (*_OTHERS, *(row[0] for row in TABLES.values()), *(row[0] for row in _LISTS.values()))
"""What is asked first; what `named_commands` says of the answers comes next."""


def named_commands(answers: Mapping[str, str]) -> tuple[str, ...]:
    """The commands that show what the lists in the answers name, one by one."""
    return tuple(_command(name, item) for name in _LISTS for item in _listing(name, answers).items)


def sections_of(answers: Mapping[str, str], dialplan: Dialplan) -> dict[str, Listing]:
    """Everything that the answers to `COMMANDS` and `named_commands` say; `dialplan` is what they show of it.

    What cannot be read, or was not asked, is a section with a problem.
    """
    given = {command: answers.get(command, _NOT_ASKED) for command in COMMANDS}
    found = {name: section(parse, given[command]) for name, (command, parse) in TABLES.items()}
    found |= {name: _details(name, answers) for name in _LISTS}
    found |= _dialplan_sections(given["dialplan show"], dialplan)
    found |= sections(("queue", "queue member"), lambda: cli_tables.queues(given["queue show"]))
    found["database connection"] = section(
        database_tables.connections, given["odbc show all"], answers.get("realtime show pgsql status", "")
    )
    return found | {"setting": _settings(given), "ARI": _ari(given)}


def _command(name: str, item: str) -> str:
    return f"{_LISTS[name][0].removesuffix('s')} {item}"


def _listing(name: str, answers: Mapping[str, str]) -> Listing:
    command, read, _ = _LISTS[name]
    return section(read, answers.get(command, _NOT_ASKED))


def _details(name: str, answers: Mapping[str, str]) -> Listing:
    """A list with what is shown of each thing in it."""
    listing, read = _listing(name, answers), _LISTS[name][2]
    items: Items = {}
    problem = listing.problem
    for item in listing.items:
        try:
            items[item] = read(answers.get(_command(name, item), _NOT_ASKED))
        except Unreadable as unreadable:
            problem = f"{item}: {unreadable}"
    return Listing(items, problem=problem)


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
