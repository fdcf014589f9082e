"""The checks: what each reads of an inventory, and what finds the changes in it. A table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from harness.judge.checks.changes import View, tables
from harness.judge.checks.databases import database_changes, unreached, written_changes
from harness.judge.checks.dialplan import dialplan_changes
from harness.judge.checks.log import log_changes
from harness.judge.checks.modules import module_changes
from harness.judge.checks.named_files import file_changes
from harness.judge.checks.options import build_findings, note_findings, option_findings, release_findings
from harness.judge.checks.production import PRODUCTION_SECTIONS, production_changes
from harness.judge.checks.rule import LoadChange
from harness.judge.checks.settings import (
    ari_changes,
    codec_changes,
    endpoint_changes,
    feature_changes,
    record_changes,
)
from harness.judge.checks.surfaces import (
    OFFER_SECTIONS,
    client_changes,
    offer_changes,
    right_changes,
    unused_offers,
)
from harness.judge.checks.uses import use_changes, zone_changes
from harness.site.model import Site

__all__ = ["AFTER_PLAY", "ALL_CHECKS", "CHECKS", "OFFERED", "PRODUCTION", "RESEARCH", "Check", "suite_of"]


@dataclass(frozen=True, slots=True)
class Check:
    """What one check compares, what finds the changes in it, and how people call it.

    `surface` as in `Difference`. `sections` are compared, `needs` only looked at. `prevented` says why it proves
    nothing, empty where it does. `applies` tells whether a site has what it is about.
    """

    title: str
    surface: str
    sections: tuple[str, ...]
    find: Callable[[View], Iterable[LoadChange]] = tables
    needs: tuple[str, ...] = ()
    prevented: Callable[[View], str] = lambda _: ""
    applies: Callable[[Site], bool] = lambda _: True


def suite_of(check: str) -> str:
    """The suite that a check belongs to: `ami` of `ami/actions`."""
    return check.partition("/")[0]


CHECKS: Mapping[str, Check] = {
    "preflight/modules": Check("Modules that the site needs are loaded", "modules", ("module",), module_changes),
    "preflight/applications": Check(
        "Applications, functions and technologies of the dialplan are there",
        "dialplan",
        ("application", "function", "technology"),
        use_changes,
        ("context",),
    ),
    "preflight/dialplan": Check(
        "Contexts, extensions, includes and hints are loaded",
        "dialplan",
        ("context", "extension", "include", "hint"),
        dialplan_changes,
    ),
    "preflight/endpoints": Check(
        "Endpoints, their addresses and transports are loaded",
        "config",
        ("endpoint", "aor", "transport", "registration"),
        endpoint_changes,
        ("sip peer",),
    ),
    "preflight/queues": Check("Queues and their members are loaded", "config", ("queue", "queue member")),
    "preflight/mailboxes": Check("Mailboxes are loaded", "config", ("mailbox",)),
    "preflight/conferences": Check(
        "Conference profiles and menus are loaded",
        "config",
        ("conference bridge", "conference user", "conference menu"),
    ),
    "preflight/manager": Check("Manager users are loaded", "config", ("manager user",)),
    "preflight/ari": Check(
        "ARI answers and its users are loaded", "config", ("ARI", "ARI user"), ari_changes, ("module",)
    ),
    "preflight/parking": Check("Parking lots are loaded", "config", ("parking lot",)),
    "preflight/music": Check("Music on hold classes are loaded", "config", ("music class",)),
    "preflight/features": Check("Feature codes are in force", "settings", ("feature",), feature_changes),
    "preflight/records": Check("CDR and CEL are written as before", "settings", ("CDR", "CEL"), record_changes),
    "preflight/codecs": Check("Codecs that the site allows are there", "settings", ("codec",), codec_changes),
    "preflight/time-zones": Check("Time zones resolve", "settings", ("time zone",), zone_changes),
    "preflight/files": Check(
        "Files that the dialplan and the configuration name are there", "config", ("named file",), file_changes
    ),
    "preflight/settings": Check("Settings of Asterisk, HTTP and AMI are in force", "settings", ("setting",)),
    "preflight/astdb": Check("astdb has what was restored", "config", ("astdb entry",)),
    "preflight/databases": Check(
        "Databases are connected, and read for what they were",
        "config",
        ("database connection", "realtime family", "database table"),
        database_changes,
        prevented=unreached,
    ),
    "databases/written": Check(
        "What is written to databases is written as before",
        "records",
        ("written table", "written column"),
        written_changes,
    ),
    "preflight/options": Check(
        "The candidate knows the options and arguments that the site sets and passes",
        "config",
        ("release",),
        option_findings,
    ),
    "preflight/notes": Check(
        "What the release notes say of what the site uses", "config", ("release",), note_findings
    ),
    "preflight/releases": Check(
        "What kind of move it is, and how long both are supported", "config", ("release",), release_findings
    ),
    "preflight/build": Check(
        "What becomes of the choices of the old release's build",
        "modules",
        ("release",),
        build_findings,
        applies=lambda site: site.old.makeopts is not None,
    ),
    "preflight/interfaces": Check(
        "What AMI, AGI and ARI have no more is used by nothing of the site",
        "config",
        OFFER_SECTIONS,
        unused_offers,
    ),
    "preflight/log": Check("The start logs no new error or warning", "log", (), log_changes),
    "ami/actions": Check(
        "Manager actions and their arguments are there", "ami", ("AMI action", "AMI argument"), offer_changes
    ),
    "ami/events": Check(
        "Manager events and their headers are documented as before",
        "ami",
        ("AMI event", "AMI event header"),
        offer_changes,
    ),
    "ami/answers": Check(
        "Actions that only read are answered as before",
        "ami",
        ("AMI answer", "AMI answer header"),
        offer_changes,
        ("AMI action",),
    ),
    "ami/users": Check(
        "Manager users are let in, and told what they were told",
        "ami",
        ("AMI login", "AMI told", "AMI heard"),
        client_changes,
    ),
    "agi/commands": Check("AGI commands take what they took", "agi", ("AGI command",), offer_changes),
    "ari/operations": Check(
        "ARI operations and their parameters are there", "ari", ("ARI operation", "ARI parameter"), offer_changes
    ),
    "ari/models": Check(
        "ARI models have the fields that they had", "ari", ("ARI model", "ARI field"), offer_changes
    ),
    "ari/users": Check("ARI users may do what they could", "ari", ("ARI right",), right_changes),
    "ari/answers": Check(
        "Resources that are only read answer as before", "ari", ("ARI answer", "ARI answer field"), offer_changes
    ),
}
"""Those of every site by their ids, each with its suite first: `preflight/modules`."""

PRODUCTION = "preflight/production"
"""Compares production with the lab's old instance, for a site that knows what production had in force."""

ALL_CHECKS: Mapping[str, Check] = {
    **CHECKS,
    PRODUCTION: Check(
        "The old instance has loaded and in force what production had",
        "config",
        PRODUCTION_SECTIONS,
        production_changes,
    ),
}

RESEARCH = frozenset({"preflight/options", "preflight/notes", "preflight/releases", "preflight/build"})
"""Checks that look at what the releases say of themselves, with the site's files."""

AFTER_PLAY = frozenset({"ami/users", "ari/users", "databases/written"})
"""Checks of what is only known when everything has been played."""

OFFERED = frozenset(OFFER_SECTIONS)
"""Sections of what the interfaces offer, which take longer to ask."""
