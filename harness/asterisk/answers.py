"""Answers of the interfaces that only read, as items that can be compared field by field. Pure.

What lists answer is known by a name that is the same on every release: an endpoint's, a queue's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from harness.asterisk.ari import leaves
from harness.model import Attributes, Headers, Json

__all__ = ["READ_ONLY", "READ_ONLY_GETS", "ami_answer", "ari_answer"]

READ_ONLY: tuple[str, ...] = tuple(
    """AgentsStatus BridgeList BridgeTechnologyList ConfbridgeListRooms CoreSettings CoreShowChannels CoreStatus
    DeviceStateList ExtensionStateList ParkedCalls Parkinglots PJSIPShowAors PJSIPShowContacts PJSIPShowEndpoints
    PJSIPShowRegistrationsInbound PJSIPShowRegistrationsOutbound PJSIPShowSubscriptionsInbound
    PJSIPShowSubscriptionsOutbound PresenceStateList QueueStatus QueueSummary SIPpeers Status
    VoicemailUsersList""".split()
)
"""Manager actions that only read, and need nothing to be told. PJSIPShowAuths shows secrets: it is left out."""

READ_ONLY_GETS: tuple[str, ...] = tuple(
    """applications asterisk/info asterisk/logging bridges channels deviceStates endpoints
    mailboxes recordings/stored sounds""".split()
)
"""Resources of ARI that only read, and need nothing to be told. Modules are compared by the preflight."""

# Headers that say which one of a list it is, the first that is there.
_NAMES = tuple(
    """ObjectName Name Queue VoiceMailbox Parkinglot Device Exten Presentity Agent Peer Channel
    BridgeTechnology""".split()
)
_MORE = ("Location", "Interface", "VMContext", "Context", "Priority")
# Moments, versions, and what is the machine's: never the behaviour of the release.
_NEVER = re.compile(
    r"ActionID|EventList|ListItems|Message|.*[Vv]ersion|Core(?:Startup|Reload)(?:Date|Time)|CoreMaxFilehandles|"
    r"LoginTime|LastCall|LastPause|.*Uptime|SystemName|Wait|Holdtime|TalkTime|LongestHoldTime|NewMessageCount|"
    r"OldMessageCount|CoreProcessedCalls|.*Expir(?:ation|y).*|UserAgent|Uri|ViaAddress|CallID|RoundtripUsec|"
    r"RegExpire|Hash|Contacts?|DeviceState|State|Status|StatusText|ActiveChannels|InCall|Ping|Timestamp|"
    r"(?:build|status|system)\..*|config\.setid.*|.*creationtime|timestamp|use_count|.*contact.*|channel_ids.*"
)
_LIMIT = 20_000
_PLACE = re.compile(r"\[\d+\]")


def ami_answer(action: str, packets: Iterable[Headers]) -> tuple[dict[str, Attributes], dict[str, Attributes]]:
    """Entries of an answer with their headers, and `Action Event: Header` for all headers that there are."""
    entries: dict[str, Attributes] = {}
    names: dict[str, Attributes] = {}
    for headers in packets:
        values = dict(headers)
        if values.get("EventList") == "Complete" or "Complete" in values.get("Event", ""):
            continue
        kind = values.get("Event", "")
        label = f"{action} {kind}".strip()
        names |= {f"{label}: {name}": {} for name in values if name not in ("ActionID", "EventList", "Message")}
        entry = " ".join(filter(None, (label, *_identity(values)))) if kind else label
        if len(entries) < _LIMIT:
            entries[entry] = _comparable(values, "Message" if values.get("Response") == "Error" else "")
    return entries, names


def ari_answer(path: str, status: int, body: Json) -> tuple[dict[str, Attributes], dict[str, Attributes]]:
    """Entries of an answer with their leaves, and `GET /path: leaf` for all leaves that there are."""
    label = f"GET /{path}"
    entries: dict[str, Attributes] = {label: {"Status": str(status)}}
    names: dict[str, Attributes] = {}
    for number, item in enumerate(body if isinstance(body, list) else [body]):
        found = dict(leaves(item))
        names |= {f"{label}: {_PLACE.sub('[]', name)}": {} for name in found}
        name = _name_of(item) or (str(number) if isinstance(body, list) else "")
        if len(entries) < _LIMIT:
            entry = f"{label} {name}".strip()
            entries[entry] = {**entries.get(entry, {}), **_comparable(found)}
    return entries, names


def _comparable(values: Mapping[str, str], also: str = "") -> Mapping[str, str]:
    return {name: value for name, value in values.items() if name == also or not _NEVER.fullmatch(name)}


def _identity(values: Mapping[str, str]) -> tuple[str, ...]:
    first = next((values[name] for name in _NAMES if values.get(name)), "")
    return (first, *(values[name] for name in _MORE if values.get(name)))


def _name_of(item: Json) -> str:
    if not isinstance(item, dict):
        return ""
    if "technology" in item:
        return f"{item['technology']}/{item.get('resource')}"
    return str(next((item[key] for key in ("name", "id", "channel") if key in item), ""))
