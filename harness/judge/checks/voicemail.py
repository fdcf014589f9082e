"""Voicemail that two modules bring: later releases have one a storage, and two take each other away. Pure."""

from __future__ import annotations

from harness.asterisk.modules import brought_by
from harness.facts.inventory import Inventory

__all__ = ["CLASH", "voicemail_advice"]

CLASH = "Already have an application"
"""What Asterisk says of the second module that brings one."""
_PLAIN, _ODBC, _IMAP = "app_voicemail", "app_voicemail_odbc", "app_voicemail_imap"
_STORES = {_PLAIN: "in files", _ODBC: "in a database", _IMAP: "on a mail server"}
_DEFAULT_TABLE = "voicemessages"


def voicemail_advice(application: str, candidate: Inventory) -> str:
    """Which module to keep: the one that stores where voicemail.conf says. Empty where there are no two."""
    there = [module for module in _STORES if module in candidate.modules_on_disk]
    if application.lower() not in brought_by(_PLAIN) or len(there) < 2:
        return ""
    kept, stores = _wanted(candidate)
    if kept not in there:
        return f"voicemail.conf keeps messages {stores}, and the candidate has no {kept}.so: install its package."
    others = ", ".join(f"`noload = {module}.so`" for module in there if module != kept)
    return f"Keep {kept}, which stores messages {stores} as voicemail.conf says: {others} in modules.conf."


def _wanted(candidate: Inventory) -> tuple[str, str]:
    """The module that stores where voicemail.conf says, and where that is."""
    conf = candidate.file("voicemail.conf")
    if conf.get("general", "odbcstorage"):
        table = conf.get("general", "odbctable", _DEFAULT_TABLE)
        return _ODBC, f"in the table {table} of a database"
    if conf.get("general", "imapserver") or conf.get("general", "imapfolder"):
        return _IMAP, _STORES[_IMAP]
    return _PLAIN, _STORES[_PLAIN]
