"""Rules about what the dialplan left behind: variables, and the way that a call took through it."""

from __future__ import annotations

from harness.judge.rules.rule import (
    ADDED,
    OTHER,
    REMOVED,
    Match,
    Rule,
    Witness,
    event_text,
    is_of_chan_sip,
    is_of_mechanism,
    is_of_status,
    is_on_both,
)
from harness.model import Severity

__all__ = ["RULES"]

_DIALPLAN, _VARIABLE = frozenset({"dialplan"}), frozenset({"VarSet"})


def _variable(name: str, value: str) -> str:
    return event_text("VarSet", f"Variable: {name}", f"Value: {value}")


def _runs(argument: str) -> str:
    place = ("Context: x", "Extension: 9", "Priority: 1")
    return event_text("Newexten", *place, "Application: NoOp", f"AppData: {argument}")


RULES = (
    Rule(
        "variable-repeated",
        "{name} on {subject} is set less often to what it holds already",
        Severity.INFO,
        "The variable holds the same on both. Macro read an application's arguments twice: what a function sets in"
        " them (DB_RESULT) was set twice.",
        "Nothing, unless a program counts the events.",
        match=Match(_DIALPLAN, REMOVED, _VARIABLE, layer="path", values=is_on_both),
        witness=Witness(
            f"{_variable('DB_RESULT', '7')}\n\n{_variable('DB_RESULT', '7')}", _variable("DB_RESULT", "7")
        ),
    ),
    Rule(
        "status-unread",
        "{name} on {subject} is {candidate} instead of {old} after the hang-up, and nothing reads it",
        Severity.INFO,
        "An application says how it ended on a channel that is gone; nothing of the dialplan reads it after that.",
        "Nothing, unless a program reads it.",
        match=Match(_DIALPLAN, OTHER | REMOVED, _VARIABLE, layer="path", values=is_of_status),
        witness=Witness(_variable("PLAYBACKSTATUS", "FAILED"), _variable("PLAYBACKSTATUS", "SUCCESS")),
    ),
    Rule(
        "variable-of-technology-unread",
        "{name} is not set by chan_pjsip, and nothing of the dialplan reads it",
        Severity.INFO,
        "chan_sip sets the variable on every channel by itself.",
        "Nothing, unless a program reads it: chan_pjsip has PJSIP_HEADER() and CHANNEL(pjsip,...) for it.",
        match=Match(_DIALPLAN, OTHER | REMOVED, _VARIABLE, layer="path", values=is_of_chan_sip),
        witness=Witness(_variable("SIPURI", "here"), ""),
        shared=True,
    ),
    Rule(
        "variable-mechanism-changed",
        "{event} on {subject} differs",
        Severity.INFO,
        "A variable of Macro, Gosub or recording, which a migration changes on purpose.",
        "Nothing, unless a script reads it.",
        match=Match(_DIALPLAN, events=_VARIABLE, layer="path", values=is_of_mechanism),
        witness=Witness(_variable("MACRO_EXTEN", "9"), ""),
    ),
    Rule(
        "variable-changed",
        "{name} on {subject} is {candidate} instead of {old}",
        Severity.BREAKING,
        "Dialplan and scripts read this variable.",
        "Look how the dialplan came to this value.",
        match=Match(_DIALPLAN, OTHER, _VARIABLE),
        witness=Witness(_variable("DIALSTATUS", "BUSY"), _variable("DIALSTATUS", "CANCEL")),
    ),
    Rule(
        "variable-lost",
        "{name} is not set on {subject} any more",
        Severity.BREAKING,
        "Dialplan and scripts may read this variable.",
        "If nothing reads it, waive it.",
        match=Match(_DIALPLAN, REMOVED, _VARIABLE, whole=True),
        witness=Witness(_variable("DIALSTATUS", "BUSY"), ""),
    ),
    Rule(
        "variable-added",
        "{name} is set on {subject} now",
        Severity.ADDITIVE,
        "The candidate sets a variable that the old release did not set.",
        "Check that the dialplan does not use the name for something else.",
        match=Match(_DIALPLAN, ADDED, _VARIABLE, whole=True),
        witness=Witness("", _variable("CHANLOCALSTATUS", "CHANUNAVAIL")),
        shared=True,
    ),
    Rule(
        "path-changed",
        "{subject} takes another way through the dialplan",
        Severity.INFO,
        "Which priorities ran is not what anybody notices; it explains what is.",
        "Nothing by itself.",
        match=Match(_DIALPLAN, events=frozenset({"Newexten"})),
        witness=Witness(_runs("a"), _runs("b")),
    ),
)
