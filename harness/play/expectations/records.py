"""Expectations about what is left behind when a call is over: records, messages, files, log lines, astdb."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from harness.play.conditions import device
from harness.play.expectations.evidence import Evidence
from harness.play.expectations.words import lasting, listed, shown
from harness.play.matching import like
from harness.site.reading.document import Node

__all__ = ["astdb", "cdr", "file", "log", "mailbox", "no_log"]

Failure = Callable[[Evidence], str]

_NAMES = {
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
# A second begins between two looks at the clock.
_TOLERANCE = 1


def astdb(_node: Node, value: Node) -> Failure:
    """Keys have values; null is none."""

    def failure(evidence: Evidence) -> str:
        for key, node in value.fields.items():
            wanted, got = (None if node.plain is None else node.text), evidence.astdb.get(key)
            if got is None and wanted is not None:
                return f"{key} is not there"
            if got is not None and (wanted is None or not like(got, wanted)):
                return f"{key} is {got!r}"
        return ""

    return failure


def cdr(_node: Node, value: Node) -> Failure:
    """One record has all of it. Keys are ours, or headers of the event as a site's cdr_manager.conf adds them."""
    wanted = {_NAMES.get(key, key): text for key, text in value.texts().items()}

    def failure(evidence: Evidence) -> str:
        records = evidence.packets("Cdr")
        if any(all(_is(record.values, name, text) for name, text in wanted.items()) for record in records):
            return ""
        if not records:
            return "no record (one is written when a call has ended)"
        found = (shown({key: record.get(key, "(no such field)") for key in wanted}) for record in records)
        return " / ".join(sorted(dict.fromkeys(found)))

    return failure


def _is(record: Mapping[str, str], name: str, wanted: str) -> bool:
    got = record.get(name)
    if got is None:
        return False
    if name in _SECONDS and got.isdigit() and wanted.isdigit():
        return abs(int(got) - int(wanted)) <= _TOLERANCE
    return like(got, wanted) or (name in _CHANNELS and like(device(got), wanted))


def mailbox(_node: Node, value: Node) -> Failure:
    """So many new messages more than before."""

    def failure(evidence: Evidence) -> str:
        for name, node in value.fields.items():
            came = evidence.mailboxes.get(name, 0)
            if came != node.plain:
                return f"{came} came to {name}"
        return ""

    return failure


def file(_node: Node, value: Node) -> Failure:
    """A file was written, and is not empty."""

    def failure(evidence: Evidence) -> str:
        sizes = [size for path, size in evidence.files.items() if like(path, value.text)]
        if any(sizes):
            return ""
        return "an empty one" if sizes else "none"

    return failure


def log(_node: Node, value: Node) -> Failure:
    """The log has such a line."""

    def failure(evidence: Evidence) -> str:
        lines = [line.message.strip() for line in evidence.log]
        return "" if any(like(line, value.text) for line in lines) else listed(dict.fromkeys(lines))

    return failure


def no_log(_node: Node, value: Node) -> Failure:
    """The log has no such line."""

    def failure(evidence: Evidence) -> str:
        lines = (line.message.strip() for line in evidence.log)
        return next((lasting(line) for line in lines if like(line, value.text)), "")

    return failure
