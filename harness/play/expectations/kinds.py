"""The kinds of expectations: each looks at the evidence and says what was got instead; empty when it holds.

What is said is the same on each instance, so it holds no numbers of channels and calls.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import PurePath

from harness.model import AmiPacket, Playback, like
from harness.play.conditions import device, is_dial, matches
from harness.play.expectations.evidence import Evidence
from harness.site.reading.document import Node

__all__ = ["KINDS"]

_MOST = 8
# Numbers of channels (PJSIP/101-0000002a), call ids (C-000013b2) and threads ([1234]) of Asterisk's log.
_NUMBERS = re.compile(r"(?<=\S)-[0-9a-f]{8}(?:;[12])?\b|\[?\bC-[0-9a-f]{8}\b\]?|\[\d+\]")
_CDR_HEADERS = {
    "source": "Source",
    "destination": "Destination",
    "context": "DestinationContext",
    "caller_id": "CallerID",
    "channel": "Channel",
    "destination_channel": "DestinationChannel",
    "application": "LastApplication",
    "data": "LastData",
    "duration": "Duration",
    "billable_seconds": "BillableSeconds",
    "disposition": "Disposition",
    "account_code": "AccountCode",
    "ama_flags": "AMAFlags",
    "userfield": "UserField",
}
_CHANNELS = frozenset({"Channel", "DestinationChannel"})
_SECONDS = frozenset({"Duration", "BillableSeconds"})
# Bytes with which a recording begins, before any sound: Asterisk's formats wav and wav49.
_HEADERS = {".wav": 44, ".WAV": 60}
# A second begins between two looks at the clock.
_TOLERANCE = 1


# what happens in calls: what ran, rang, was played, set and sent


def _answered(evidence: Evidence, entry: Node) -> str:
    """The first call was, or was not."""
    first = evidence.first_channel
    changes = (*evidence.packets("Newchannel"), *evidence.packets("Newstate"))
    up = any(seen.get("Uniqueid") == first and seen.get("ChannelStateDesc") == "Up" for seen in changes)
    if not first:
        return "no call"
    if up == entry.fields["answered"].plain:
        return ""
    return "an answer" if up else "no answer"


def _applications(evidence: Evidence, entry: Node) -> str:
    """They ran in that order."""
    ran = evidence.applications
    missing = _missing_in_order(entry.strings("applications"), ran, lambda one, name: one.lower() == name.lower())
    return f"no {missing} in its place; these ran: {_enumeration(ran)}" if missing else ""


def _not_applications(evidence: Evidence, entry: Node) -> str:
    """None of them ran."""
    unwanted = {name.lower() for name in entry.strings("not_applications")}
    return _if_any(dict.fromkeys(name for name in evidence.applications if name.lower() in unwanted))


def _dialed(evidence: Evidence, entry: Node) -> str:
    """Each was dialled, and ended so where there is a `result`."""
    result = entry.string("result")
    for target in entry.strings("dialed"):
        if not evidence.dials(target):
            others = sorted({device(seen.get("DestChannel")) for seen in evidence.packets("DialBegin")})
            return f"no {target}; these were dialled: {_enumeration(others)}"
        ends = [seen.get("DialStatus") for seen in evidence.packets("DialEnd") if is_dial(seen, target)]
        if result and not any(like(end, result) for end in ends):
            return f"for {target}: {_enumeration(ends)}"
    return ""


def _not_dialed(evidence: Evidence, entry: Node) -> str:
    """None of them was dialled."""
    return _if_any([target for target in entry.strings("not_dialed") if evidence.dials(target)])


def _played(evidence: Evidence, entry: Node) -> str:
    """These sounds were played in that order."""
    missing = _missing_in_order(entry.strings("played"), evidence.sounds, like)
    return f"no {missing} in its place; these were played: {_enumeration(evidence.sounds)}" if missing else ""


def _not_played(evidence: Evidence, entry: Node) -> str:
    """None of these sounds was played."""
    unwanted = entry.strings("not_played")
    return _if_any(dict.fromkeys(s for s in evidence.sounds if any(like(s, pattern) for pattern in unwanted)))


def _hangup_cause(evidence: Evidence, entry: Node) -> str:
    """The first call ended with it."""
    first = evidence.first_channel
    causes = [seen.get("Cause") for seen in evidence.packets("Hangup") if seen.get("Uniqueid") == first]
    if not causes:
        return "a call that has not ended" if first else "no call"
    return "" if causes[-1] == str(entry.fields["hangup_cause"].plain) else causes[-1]


def _variable(evidence: Evidence, entry: Node) -> str:
    """The last value set on any channel."""
    last = evidence.variables
    for name, pattern in entry.fields["variable"].texts().items():
        if name not in last:
            return f"{name} was never set"
        if not like(last[name], pattern):
            return f"{name} is {last[name]!r}"
    return ""


def _userevent(evidence: Evidence, entry: Node) -> str:
    """A user event of that name with these headers."""
    headers = entry.fields["userevent"].texts()
    wanted = {"UserEvent": headers.pop("name"), **headers}
    return _unmatched(evidence.packets("UserEvent"), wanted, "UserEvent")


def _event(evidence: Evidence, entry: Node) -> str:
    """An event of that name with these headers."""
    headers = entry.fields["event"].texts()
    return _unmatched(evidence.events(headers.pop("name")), headers, "")


def _unmatched(events: Sequence[AmiPacket | Playback], wanted: Mapping[str, str], name: str) -> str:
    """What there is where no event has all that is wanted; first of all those with the same `name` header."""
    if any(matches(event.headers, wanted) for event in events):
        return ""
    if alike := [event for event in events if not name or like(event.get(name), wanted[name])]:
        return " / ".join(_values(alike, wanted, "(none)")[:3])
    others = sorted({event.get(name) for event in events}) if name else ()
    return f"none; of that kind there were: {_enumeration(others)}" if others else "none"


# what is left behind when a call is over: records, messages, files, log lines, astdb


def _astdb(evidence: Evidence, entry: Node) -> str:
    """Keys have values; null is none."""
    for key, node in entry.fields["astdb"].fields.items():
        wanted, got = (None if node.plain is None else node.text), evidence.astdb.get(key)
        if got is None and wanted is not None:
            return f"{key} is not there"
        if got is not None and (wanted is None or not like(got, wanted)):
            return f"{key} is {got!r}"
    return ""


def _cdr(evidence: Evidence, entry: Node) -> str:
    """One record has all of it. Keys are ours, or headers of the event as a site's cdr_manager.conf adds them."""
    wanted = {_CDR_HEADERS.get(key, key): text for key, text in entry.fields["cdr"].texts().items()}
    records = evidence.packets("Cdr")
    if any(all(_has_field(record.values, name, text) for name, text in wanted.items()) for record in records):
        return ""
    if not records:
        return "no record (one is written when a call has ended)"
    return " / ".join(_values(records, wanted, "(no such field)"))


def _has_field(record: Mapping[str, str], name: str, wanted: str) -> bool:
    got = record.get(name)
    if got is None:
        return False
    if name in _SECONDS and got.isdigit() and wanted.isdigit():
        return abs(int(got) - int(wanted)) <= _TOLERANCE
    return like(got, wanted) or (name in _CHANNELS and like(device(got), wanted))


def _mailbox(evidence: Evidence, entry: Node) -> str:
    """So many new messages more than before."""
    for name, node in entry.fields["mailbox"].fields.items():
        came = evidence.mailboxes.get(name, 0)
        if came != node.plain:
            return f"{came} came to {name}"
    return ""


def _file(evidence: Evidence, entry: Node) -> str:
    """A file was written, and is not empty; a recording has sound in it."""
    pattern = entry.string("file")
    found = {path: size for path, size in evidence.files.items() if like(path, pattern)}
    if any(size > _HEADERS.get(PurePath(path).suffix, 0) for path, size in found.items()):
        return ""
    if any(found.values()):
        return f"a recording without sound: a header of {max(found.values())} bytes"
    return "an empty one" if found else "none"


def _log(evidence: Evidence, entry: Node) -> str:
    """The log has such a line."""
    lines = [line.message.strip() for line in evidence.log]
    pattern = entry.string("log")
    return "" if any(like(line, pattern) for line in lines) else _enumeration(dict.fromkeys(lines))


def _no_log(evidence: Evidence, entry: Node) -> str:
    """The log has no such line."""
    lines = (line.message.strip() for line in evidence.log)
    pattern = entry.string("no_log")
    return next((_without_numbers(line) for line in lines if like(line, pattern)), "")


def _missing_in_order(wanted: Sequence[str], got: Sequence[str], same: Callable[[str, str], bool]) -> str:
    """The first of `wanted` that does not come after those before it; others may be between."""
    rest = iter(got)
    return next((one for one in wanted if not any(same(there, one) for there in rest)), "")


def _values(events: Sequence[AmiPacket | Playback], names: Collection[str], default: str) -> list[str]:
    """Those headers of each event in one line, each line once."""
    return sorted(
        {", ".join(f"{name}: {_without_numbers(event.get(name, default))}" for name in names) for event in events}
    )


def _if_any(unwanted: Collection[str]) -> str:
    return _enumeration(unwanted) if unwanted else ""


def _enumeration(things: Iterable[str]) -> str:
    """The last few of many, in order."""
    found = [_without_numbers(thing) for thing in things]
    left_out = f" (and {len(found) - _MOST} before)" if len(found) > _MOST else ""
    return ", ".join(found[-_MOST:]) + left_out if found else "nothing"


def _without_numbers(text: str) -> str:
    """A text without what is different each time."""
    return " ".join(_NUMBERS.sub("", text).split())


def _unreachable(evidence: Evidence, _entry: Node) -> str:
    """A call, or a transfer, reached no extension."""
    return "" if "unreachable" in evidence.in_vain else "an extension each time"


def _refused(evidence: Evidence, _entry: Node) -> str:
    """Asterisk said no to an action."""
    return "" if "refused" in evidence.in_vain else "no action that was refused"


def _nothing(evidence: Evidence, _entry: Node) -> str:
    """Nothing happened."""
    return "" if "nothing" in evidence.in_vain else f"{len(evidence.observations)} observations"


KINDS: Mapping[str, Callable[[Evidence, Node], str]] = {
    "answered": _answered,
    "applications": _applications,
    "not_applications": _not_applications,
    "dialed": _dialed,
    "not_dialed": _not_dialed,
    "played": _played,
    "not_played": _not_played,
    "hangup_cause": _hangup_cause,
    "variable": _variable,
    "userevent": _userevent,
    "event": _event,
    "astdb": _astdb,
    "cdr": _cdr,
    "mailbox": _mailbox,
    "file": _file,
    "log": _log,
    "no_log": _no_log,
    "unreachable": _unreachable,
    "refused": _refused,
    "nothing": _nothing,
}
"""Each by the key of its entry."""
