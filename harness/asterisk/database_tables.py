"""What Asterisk prints of its databases → items: connections, realtime families, astdb. Pure."""

from __future__ import annotations

import re

from harness.asterisk.cli_tables import Items, Unreadable, absent

__all__ = ["connections", "entries", "families"]

_NAME = re.compile(r"^\s*Name:\s+(?P<name>\S.*?)\s*$")
_DSN = re.compile(r"^\s*DSN:\s+(?P<dsn>\S.*?)\s*$")
_ACTIVE = re.compile(r"^\s*(?:Number of active connections|Connected): (?P<count>\S+)")
_ENGINE = re.compile(r"^Config Engine: (?P<engine>\S+)")
_FAMILY = re.compile(r"^===> (?P<family>.+?) \(db=(?P<db>.*?), table=(?P<table>.*?)\)\s*$")
_ENTRY = re.compile(r"^(?P<key>/.*?)\s*: (?P<value>.*)$")
_FOUND = re.compile(r"^\d+ results? found\.$")
# Asterisk's own: made anew by each start, or by each phone that registers.
_OWN = ("/pbx/UUID", "/dundi/", "/registrar/", "/subscription_persistence/", "/SIP/Registry", "/IAX/Registry")
_SECRET = re.compile(r"(?i)pin\b|secret|passw|passcode|token")


def connections(odbc: str, pgsql: str) -> Items:
    """`odbc show all` and `realtime show pgsql status`: connections by name with whether there is one."""
    items: dict[str, dict[str, str]] = {}
    name = ""
    if not absent(odbc) and "ODBC DSN Settings" not in odbc:
        raise Unreadable(odbc.strip()[:80])
    for line in odbc.splitlines():
        if found := _NAME.match(line):
            name = found["name"]
            items[name] = {"connected": "no"}
        elif name and (found := _DSN.match(line)):
            items[name]["DSN"] = found["dsn"]
        elif name and (found := _ACTIVE.match(line)) and found["count"].lower() not in ("0", "no"):
            items[name]["connected"] = "yes"
    if pgsql.strip() and not absent(pgsql):
        items["res_pgsql.conf"] = {"connected": "yes" if pgsql.startswith("Connected to") else "no"}
    return dict(items)


def families(text: str) -> Items:
    """`core show config mappings`: what is read from which table, by the family's name."""
    if absent(text):
        raise Unreadable(text.strip()[:80])
    items: Items = {}
    engine = ""
    for line in text.splitlines():
        if found := _ENGINE.match(line):
            engine = found["engine"]
        elif engine and (row := _FAMILY.match(line)):
            items[row["family"]] = {"engine": engine, "database": row["db"], "table": row["table"]}
    return items


def entries(text: str) -> Items:
    """`database show`: astdb by key, without what Asterisk keeps there for itself."""
    items: dict[str, dict[str, str]] = {}
    last: dict[str, str] = {}
    for line in text.splitlines():
        if _FOUND.match(line):
            return dict(items)
        if found := _ENTRY.match(line):
            key = found["key"]
            # What a password is called decides whether its value may be shown.
            last = {"secret" if _SECRET.search(key) else "value": found["value"].rstrip()}
            if not key.startswith(_OWN):
                items[key] = last
        else:
            last.update({name: f"{value}\n{line}".rstrip() for name, value in last.items()})
    raise Unreadable(text.strip()[:80])
