"""Rules about the bill (CDR) and the event log of calls (CEL)."""

from __future__ import annotations

from harness.judge.rules.rule import ADDED, CHANGED, REMOVED, Match, Rule, Witness
from harness.model import Severity

__all__ = ["RULES"]
_CDR, _CEL = frozenset({"cdr"}), frozenset({"cel"})


def _cdr(*headers: str) -> str:
    return "\n".join(("Event: Cdr", "UniqueID: 1.1", "Channel: PJSIP/ann-00000001", *headers))


def _cel(name: str, *headers: str) -> str:
    return "\n".join(("Event: CEL", f"EventName: {name}", "UniqueID: 1.1", *headers))


RULES = (
    Rule(
        "record-path-changed",
        "Records of {subject} name another place of the dialplan",
        Severity.INFO,
        "Context, extension and arguments say by which way a call went, which a migration changes on purpose.",
        "Nothing, unless a program reads these fields.",
        match=Match(_CDR | _CEL, CHANGED, layer="path"),
        witness=Witness(_cel("ANSWER", "Context: macro-desk"), _cel("ANSWER", "Context: sub-desk")),
    ),
    Rule(
        "cdr-record-lost",
        "A call detail record is not written any more: {old}",
        Severity.BREAKING,
        "The call is not billed and not in the statistics.",
        "Check cdr.conf on the candidate and what the dialplan does to the CDR.",
        match=Match(_CDR, REMOVED, whole=True),
        witness=Witness(_cdr("Disposition: ANSWERED"), ""),
    ),
    Rule(
        "cdr-record-added",
        "A further call detail record is written: {candidate}",
        Severity.REVIEW,
        "Billing and statistics count one call more.",
        "Check whether the program that reads the records ignores it (a disposition of FAILED, say).",
        match=Match(_CDR, ADDED, whole=True),
        witness=Witness("", _cdr("Disposition: FAILED")),
    ),
    Rule(
        "cdr-field-changed",
        "CDR of {subject}: {field} is {candidate} instead of {old}",
        Severity.BREAKING,
        "The bill or the statistics read it.",
        "Check what the dialplan sets, and who reads the field.",
        match=Match(_CDR, frozenset({"changed", "moved"})),
        witness=Witness(_cdr("Disposition: BUSY", "Source: 1"), _cdr("Disposition: FAILED", "Source: 1")),
    ),
    Rule(
        "cel-event-lost",
        "{event} of {subject} is not logged any more",
        Severity.BREAKING,
        "What reads the channel event log misses it.",
        "Check cel.conf on the candidate.",
        match=Match(_CEL, REMOVED, whole=True),
        witness=Witness(_cel("ANSWER"), ""),
    ),
    Rule(
        "cel-event-added",
        "{event} is logged now",
        Severity.ADDITIVE,
        "The channel event log has further events.",
        "Name the events wanted in cel.conf, or check that the program which reads them ignores new ones.",
        match=Match(_CEL, ADDED, whole=True),
        witness=Witness("", _cel("STREAM_BEGIN")),
        shared=True,
    ),
    Rule(
        "cel-order-changed",
        "{event} of {subject} is logged in another order",
        Severity.REVIEW,
        "What reads the channel event log may rely on the order.",
        "Check that it does not.",
        match=Match(_CEL, frozenset({"moved"})),
        witness=Witness(
            "\n\n".join((_cel("ANSWER"), _cel("APP_START"))), "\n\n".join((_cel("APP_START"), _cel("ANSWER")))
        ),
    ),
    Rule(
        "cel-field-changed",
        "{event} of {subject}: {field} is {candidate} instead of {old}",
        Severity.REVIEW,
        "What reads the channel event log sees another value.",
        "Check who reads the field.",
        match=Match(_CEL, CHANGED),
        witness=Witness(_cel("HANGUP", "Extra: 16"), _cel("HANGUP", "Extra: 0")),
    ),
)
