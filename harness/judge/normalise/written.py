"""What was written into files → facts: values with names by role, without moments and numbers of files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.asterisk.volatile import is_channel, seconds_in
from harness.asterisk.written_files import CDR, CEL, MAIL, MESSAGE, QUEUE_LOG, SOUND
from harness.judge.normalise.catalogue import CALL_ENDS
from harness.judge.normalise.facts import MASKED, Facts, Pairs, fact
from harness.judge.normalise.reader import Reader
from harness.model import AmiPacket, Headers, Seconds, Value, Written

__all__ = ["RECORD", "WrittenReader"]

RECORD = "Cdr"
"""The event that tells how long a call was."""

_MESSAGE_NUMBER = re.compile(r"(?<=msg)\d{4}\b")
# What a message, a mail or a record holds of when it was, and of ids that nobody else has.
_CHANCE: Mapping[str, frozenset[str]] = {
    MESSAGE: frozenset({"origdate", "origtime", "msg_id"}),
    MAIL: frozenset({"Date", "Message-ID", "Message-Id", "Content-Type", "Received"}),
    CDR: frozenset({"StartTime", "AnswerTime", "EndTime"}),
}
_SURFACES = {CDR: "cdr", CEL: "cel"}
_SECONDS: Mapping[str, frozenset[str]] = {
    MESSAGE: frozenset({"duration"}),
    SOUND: frozenset({"Seconds"}),
    MAIL: frozenset({"Attachment Seconds"}),
    CDR: frozenset({"Duration", "BillableSeconds"}),
}
# How long a caller waited, an agent talked and the like: which of the data of an event of queue_log that is.
_QUEUE_SECONDS = {
    "ABANDON": ("Data3",), "COMPLETEAGENT": ("Data1", "Data2"), "COMPLETECALLER": ("Data1", "Data2"),
    "CONNECT": ("Data1",), "EXITWITHKEY": ("Data4",), "EXITWITHTIMEOUT": ("Data3",), "EXITEMPTY": ("Data3",),
    "TRANSFER": ("Data3", "Data4"), "BLINDTRANSFER": ("Data3", "Data4"), "ATTENDEDTRANSFER": ("Data4", "Data5"),
}  # fmt: skip
_QUEUE_MILLISECONDS = {"RINGNOANSWER": ("Data1",), "RINGCANCELED": ("Data1",)}
# One direction of a call: Monitor and MixMonitor begin and fill it up each in its own way.
_ONE_WAY = re.compile(r"-(?:in|out)\.\w+$")
_OF_SOUND = frozenset({"Seconds", "Silent"})
_FRACTION = re.compile(r"\d{1,6}\.\d{3,6}")
"""As `CDR(duration,f)` is written: no id, which begins with a moment, and no price."""
_WORDS_OF_TIME = re.compile(
    r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, [A-Z][a-z]+ \d\d?, \d{4} at \d\d:\d\d:\d\d(?: [AP]M)?"
    r"|\b\d?\d:\d\d(?::\d\d)?\b"
)


@dataclass(slots=True)
class WrittenReader(Reader):
    """Reads what was written. Records of calls are compared with what the same record was over AMI."""

    _spent: dict[str, tuple[float, ...]] = field(default_factory=dict)

    def happened(self, seen: AmiPacket) -> None:
        """A call record over AMI: how long its call was, tells which columns of a file are durations."""
        spent = (seconds_in(RECORD, name, seen.get(name)) for name in ("Duration", "BillableSeconds"))
        self._spent[seen.get("Channel")] = tuple(one for one in spent if one is not None)

    def read(self, number: int, seen: Written) -> Facts:
        """The fact that a piece of a file is."""
        subject, label, pairs = self._path(seen.path), seen.kind, seen.details
        stream, surface = f"file {seen.kind}", _SURFACES.get(seen.kind, "file")
        if seen.kind == QUEUE_LOG:
            has = dict(pairs)
            subject, label = has["Queue"], f"{QUEUE_LOG} {has['Event']}"
            pairs = tuple(pair for pair in pairs if pair[0] not in ("Queue", "Event"))
        elif seen.kind == MAIL:
            subject = dict(pairs).get("To", "")
        elif seen.kind in _SURFACES:  # of a channel, whichever of its files it stands in
            names, stream = self.masks.aliases.names, f"{stream} {seen.path}"
            subject = next((names[value] for _, value in pairs if is_channel(value) and value in names), subject)
            if seen.kind == CEL and any(value == CALL_ENDS for _, value in pairs):
                subject, pairs = "", tuple((name, value if value == CALL_ENDS else "") for name, value in pairs)
        yield fact(subject, stream, label, self._values(label, seen, pairs), surface, seen=number), True

    def _path(self, path: str) -> str:
        return self.masks.aliases.text(_MESSAGE_NUMBER.sub("####", path))

    def _values(self, label: str, seen: Written, pairs: Headers) -> Pairs:
        spent = next((found for _, value in pairs if (found := self._spent.get(value))), ())
        for name, value in pairs:
            if name in _CHANCE.get(seen.kind, ()) or (name in _OF_SOUND and _ONE_WAY.search(seen.path)):
                yield name, MASKED
            elif (seconds := _seconds(label, seen.kind, name, value, spent)) is not None:
                yield name, Seconds(seconds)
            else:
                yield name, self._text(seen.kind, value)

    def _text(self, kind: str, value: str) -> Value:
        if kind == MAIL:
            value = _WORDS_OF_TIME.sub("<time>", _MESSAGE_NUMBER.sub("####", value))
        return self.masks.text(value)


def _seconds(label: str, kind: str, name: str, value: str, spent: tuple[float, ...]) -> float | None:
    """A duration; None where a value is none."""
    event = label.rpartition(" ")[2]
    try:
        number = float(value)
    except ValueError:
        return None
    if name in _SECONDS.get(kind, ()) or (kind == QUEUE_LOG and name in _QUEUE_SECONDS.get(event, ())):
        return number
    if kind == QUEUE_LOG and name in _QUEUE_MILLISECONDS.get(event, ()):
        return number / 1000
    if kind not in (CDR, CEL) or not name.startswith("Column "):
        return None
    is_measured = _FRACTION.fullmatch(value) or any(abs(number - one) <= 1 for one in spent)
    return number if is_measured else None
