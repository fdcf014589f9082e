"""Asterisk's tables → items with attributes. Pure; one function for each command's output.

A function raises `Unreadable` when the text is not what the command prints: an empty table and a table that
was not understood are never the same. A command that this Asterisk does not have is an empty table: what it
would show is not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from harness.model import Attributes

__all__ = ["Items", "Unreadable", "absent", "clean"]

Items = dict[str, Attributes]

_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
_MACHINE = re.compile(r"^No ethernet interface found.*\n", re.MULTILINE)
_NONE: Mapping[str, str] = {}


class Unreadable(ValueError):
    """The text is not the table that was asked for; the message says what came instead."""


def clean(text: str) -> str:
    """Without colours, carriage returns, and what a remote console says of the machine."""
    return _MACHINE.sub("", _ESCAPES.sub("", text).replace("\r", ""))


def absent(text: str) -> bool:
    """Whether Asterisk says that it has no such command, hence nothing that the command shows."""
    return text.startswith("No such command")


def _lines(text: str, heading: str) -> Iterator[str]:
    """Lines after the one that has the heading. Unreadable if it never comes."""
    if absent(text):
        return
    before, found, rest = text.partition(heading)
    if not found:
        raise Unreadable(f"expected {heading!r}, got {before.strip()[:80]!r}")
    yield from rest.splitlines()[1:]


def _rows(text: str, heading: str, pattern: str) -> Iterator[re.Match[str]]:
    """Lines after the heading that begin as the pattern says."""
    return filter(None, (re.match(pattern, line) for line in _lines(text, heading)))


def pairs(text: str, separator: str = ":") -> Iterator[tuple[str, str]]:
    """`name : value` lines, both stripped."""
    for line in text.splitlines():
        name, found, value = line.partition(separator)
        if found and name.strip():
            yield name.strip(), value.strip()


def modules(text: str) -> Items:
    """`module show`: every module that runs, without `.so`."""
    rows = _rows(text, "Module ", r"(\S+) .*\d+\s+Running(?:\s|$)")
    return {row[1].removesuffix(".so"): _NONE for row in rows}


def applications(text: str) -> Items:
    """`core show applications`."""
    return {row[1]: _NONE for row in _rows(text, "-= Registered Asterisk Applications", r"\s+(\w+): ")}


def functions(text: str) -> Items:
    """`core show functions`. The first column is cut at 20 characters: the second has the whole name."""
    rows = _rows(text, "Installed Custom Functions", r"([A-Z][A-Z0-9_]*)(?:\s+(\1[A-Z0-9_]*)|\s|$)")
    return {row[2] or row[1]: _NONE for row in rows}


def technologies(text: str) -> Items:
    """`core show channeltypes`."""
    return {row[1]: _NONE for row in _rows(text, "Type ", r"(\w+)\s.*\s(?:yes|no)\s*$")}


def codecs(text: str) -> Items:
    """`core show codecs`: every format by name with its type."""
    rows = _rows(text, "ID TYPE", r"\s+\d+\s+(\w+)\s+\S+\s+(\S+)\s")
    return {row[2]: {"type": row[1]} for row in rows}


def pjsip(kind: str, text: str) -> Items:
    """`pjsip show endpoints`, aors, transports: names, and for a transport its protocol and address."""
    if absent(text) or "No objects found" in text:
        return {}
    items: Items = {}
    for row in _rows(text, "=====", rf"(?: | {{6}})?{kind}:\s+(\S+)\s*(.*)"):
        name = row[1].partition("/")[0] if kind == "Endpoint" else row[1]
        details = row[2].split()
        is_transport = kind == "Transport" and len(details) >= 4
        items[name] = {"protocol": details[0], "bind": details[3]} if is_transport else _NONE
    return items


def pjsip_parameters(text: str) -> Attributes:
    """`pjsip show endpoint NAME`: its settings."""
    return dict(pairs("\n".join(_lines(text, "ParameterName")), " : "))


def registrations(text: str) -> Items:
    """`pjsip show registrations`: names."""
    if "No objects found" in text:
        return {}
    return {row[1]: _NONE for row in _rows(text, "=====", r" (\S+?)/\S")}


def sip_peers(text: str) -> Items:
    """`sip show peers`: names."""
    rows = _rows(text, "Name/username", r"(?!.* sip peers \[)([^\s/]+)(?:/\S+)?\s+\S")
    return {row[1]: {"technology": "SIP"} for row in rows}


_QUEUE = re.compile(r"(\S+) has \d+ calls \(max (\S+)\) in '(\w+)' strategy .* within (\d+)s")
_MEMBER = re.compile(r"      (?:(.*) \()?([^\s()]+/[^\s()]+)(?: from [^\s()]+)?\)?(?: with penalty (\d+))?(.*)$")


def queues(text: str) -> tuple[Items, Items]:
    """`queue show`: queues, and members by `queue interface`."""
    if absent(text) or text.startswith("No queues"):
        return {}, {}
    found: Items = {}
    members: Items = {}
    queue = ""
    for line in text.splitlines():
        if header := _QUEUE.match(line):
            queue = header[1]
            found[queue] = {"max": header[2], "strategy": header[3], "servicelevel": header[4]}
        elif queue and (member := _MEMBER.match(line)):
            flags = member[4]
            members[f"{queue} {member[2]}"] = {
                "name": member[1] or member[2],
                "penalty": member[3] or "0",
                "ringinuse": "disabled" if "ringinuse disabled" in flags else "enabled",
                "paused": "yes" if "(paused" in flags else "no",
            }
    if not found:
        raise Unreadable(f"no queue in {text.strip()[:80]!r}")
    return found, members


def mailboxes(text: str) -> Items:
    """`voicemail show users`: mailboxes by `number@context` with name, time zone, new messages."""
    if text.startswith("There are no voicemail users"):
        return {}
    rows = _rows(text, "Context ", r"(\S+)\s+(\S+)\s(.{1,25})\s+(?:(\S+)\s+)?(\d+)\s*$")
    return {
        f"{row[2]}@{row[1]}": {"name": row[3].strip(), "zone": row[4] or "", "new messages": row[5]}
        for row in rows
    }


def voicemail_zones(text: str) -> dict[str, str]:
    """`voicemail show zones`: name → time zone of the system."""
    if text.startswith("There are no voicemail zones"):
        return {}
    rows = (line.split(None, 2) for line in _lines(text, "Zone "))
    return {row[0]: row[1] for row in rows if len(row) > 1}


def names(heading: str, text: str) -> Items:
    """A list of one name a line below a ruled heading."""
    found = (line.strip() for line in _lines(text, heading))
    return {name: _NONE for name in found if name and not name.startswith("-") and " " not in name}


def profile(text: str) -> Attributes:
    """`confbridge show profile ...`: its settings. END Marked got a twin in later releases."""
    if absent(text) or "No conference" in text:
        raise Unreadable(text.strip()[:80])
    return {name.removesuffix(" (All)"): value for name, value in pairs(text) if name != "Name"}


def menu(text: str) -> Attributes:
    """`confbridge show menu NAME`: keys and what they do."""
    return dict(pairs(text, "="))


def manager_users(text: str) -> Items:
    """`manager show users`: names. In the lab there is always one, in production there may be none."""
    return {} if text.startswith("There are no manager users") else names("username", text)


def manager_user(text: str) -> Attributes:
    """`manager show user NAME`: permissions; the order of their names does not count."""
    found = dict(pairs(text))
    if "username" not in found:
        raise Unreadable(text.strip()[:80])
    permissions = {name: ",".join(sorted(found.get(name, "").split(","))) for name in ("read perm", "write perm")}
    return permissions | {"ACL": found.get("ACL", "")}


def ari_users(text: str) -> Items:
    """`ari show users`: names with whether they may only read."""
    rows = _rows(text, "r/o?", r"\s*(Yes|No)\s(?:.*\s)?(\S+)\s*$")
    return {row[2]: {"read only": row[1]} for row in rows}


def parking_lots(text: str) -> Items:
    """`parking show`: lots with their settings."""
    if absent(text):
        return {}
    if "Parking General Options" not in text:
        raise Unreadable(text.strip()[:80])
    lots = text.split("Parking Lot: ")[1:]
    return {lot.partition("\n")[0].strip(): dict(pairs(lot.partition("\n")[2])) for lot in lots}


_OF_MUSIC = frozenset({"Mode", "Directory", "Application", "Format"})


def music_classes(text: str) -> Items:
    """`moh show classes`: classes with mode, folder or programme."""
    if text.strip() and not absent(text) and "Class: " not in text:
        raise Unreadable(text.strip()[:80])
    items: Items = {}
    for part in text.split("Class: ")[1:]:
        name, _, rest = part.partition("\n")
        items[name.strip()] = {key: value for key, value in pairs(rest) if key in _OF_MUSIC}
    return items


def features(text: str) -> Items:
    """`features show`: the code in force for each feature that has one."""
    items: Items = {}
    for line in _lines(text, "Builtin Feature"):
        name, code = line[:26].strip(), line[34:].strip()
        if code and not line.startswith(("-", "Dynamic Feature")):
            items[name] = {"code": code}
    return items


# What later releases call a backend, which they print up to its 19th character → its name before.
_BACKENDS = {"CDR File custom backend": "cdr-custom", "CDR sqlite3 custom backend": "cdr_sqlite3_custom"}
_SHOWN = 18


def cdr(text: str) -> Items:
    """`cdr show status`: settings, and backends as items of their own. Names that only changed are made equal."""
    head, found, rest = text.partition("* Registered Backends")
    if "Call Detail Record (CDR) settings" not in head:
        raise Unreadable(text.strip()[:80])
    items: Items = {"CDR": dict(pairs(head))}
    backends = (line.strip() for line in rest.splitlines()) if found else ()
    for name in backends:
        if name and not name.startswith("-") and name != "(none)":
            items[f"CDR backend {_backend(name)}"] = _NONE
    return items


def _backend(name: str) -> str:
    """One name of a backend in all releases."""
    cut = len(name) >= _SHOWN
    return next((old for new, old in _BACKENDS.items() if name == new or (cut and new.startswith(name))), name)


def cel(text: str) -> Items:
    """`cel show status`: whether it is on, and each event, application and subscriber."""
    if "CEL Logging" not in text:
        raise Unreadable(text.strip()[:80])
    items: Items = {}
    for name, value in pairs(text):
        if name == "CEL Logging":
            items["CEL"] = {"Logging": value}
        else:
            items[f"{name} {value}"] = _NONE
    return items
