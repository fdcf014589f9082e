"""Rules about the site's own programs: what became of them, what they asked, were answered and were told."""

from __future__ import annotations

from harness.judge.rules.rule import ADDED, CHANGED, REMOVED, Match, Rule, Witness, is_filled, one_of
from harness.model import Severity

__all__ = ["RULES"]


def _line(interface: str, kind: str, *headers: str) -> str:
    return "\n".join(("App: orders", f"Interface: {interface}", f"Kind: {kind}", *headers))


def _process(kind: str, *headers: str) -> str:
    return _line("process", kind, *headers)


def _action(*headers: str) -> str:
    return _line("ami", "action", "ActionID: 1", *headers)


def _response(*headers: str) -> str:
    return "\n\n".join((_action("Action: Originate"), _line("ami", "response", *headers, "ActionID: 1")))


def _event(kind: str, body: str = "{}") -> str:
    return _line("ari", "event", f"Type: {kind}", f"Body: {body}")


_APP = frozenset({"app"})
_ASKS, _ANSWERS, _GETS = frozenset({"asks"}), frozenset({"answers"}), frozenset({"gets"})
_START = _event("StasisStart", '{"args": [], "channel": {"id": "1.1", "name": "PJSIP/ann"}}')
_NAMELESS = _event("StasisStart", '{"args": [], "channel": {"id": "1.1"}}')
_DIGITS = _event("ChannelDtmfReceived", '{"digit": "1", "x": 1}'), _event("ChannelDtmfReceived", '{"digit": "2"}')
_HANGUP, _NEWSTATE = "Event: Hangup\nUniqueid: 1.1", _line("ami", "event", "Event: Newstate")
_TOLD = "\n\n".join((_line("ami", "event", "Event: Hangup"), _NEWSTATE, _HANGUP))
_NOT_TOLD = "\n\n".join((_NEWSTATE, _HANGUP))
_LIST = _response("Response: Success")
_ITEM = _line("ami", "response", "Event: PeerEntry", "A: 1", "ActionID: 1")

RULES = (
    Rule(
        "app-greeting-changed",
        "AMI greets {subject} with {candidate} instead of {old}",
        Severity.INFO,
        "Clients decide by the version in the greeting what they ask, and what they make of events.",
        "Where the program does something else now: look for the version in it, and teach it the candidate's.",
        match=Match(_APP, parts=frozenset({"greeting"})),
        witness=Witness(_line("ami", "greeting", "Version: 5.0.5"), _line("ami", "greeting", "Version: 11.0.0")),
        shared=True,
    ),
    Rule(
        "app-not-ready",
        "The program {subject} does not become ready beside the candidate",
        Severity.BREAKING,
        "What it does for the site is not done.",
        "See its last line, and what it asked and was answered before (traces).",
        match=Match(_APP, CHANGED, fields=frozenset({"Result"}), parts=frozenset({"ready"})),
        witness=Witness(_process("ready", "Result: yes"), _process("ready", "Result: ended with exit code 1")),
    ),
    Rule(
        "app-exited",
        "The program {subject} ends by itself beside the candidate: {candidate}",
        Severity.BREAKING,
        "What it does for the site is not done from then on.",
        "See its last line, and what it asked and was answered before (traces).",
        match=Match(_APP, ADDED | CHANGED, parts=frozenset({"exited"})),
        witness=Witness("", _process("exited", "Result: ended with exit code 1")),
    ),
    Rule(
        "app-traceback",
        "The program {subject} fails beside the candidate: {candidate}",
        Severity.BREAKING,
        "It met something that it was not written for, and did not do what it was to do.",
        "Look at the line of the program that is named, and at what Asterisk said to it before.",
        match=Match(_APP, ADDED | CHANGED, parts=frozenset({"traceback"})),
        witness=Witness("", _process("traceback", "Exception: KeyError: 'channel'", "Where: app.py in start")),
    ),
    Rule(
        "app-not-stopped",
        "The program {subject} does not end as before: {candidate}",
        Severity.REVIEW,
        "It may hang in a conversation with Asterisk.",
        "See what it waits for when it is told to end.",
        match=Match(_APP, ADDED | CHANGED | REMOVED, parts=frozenset({"stopped"})),
        witness=Witness(_process("stopped", "Result: ended"), _process("stopped", "Result: was killed")),
    ),
    Rule(
        "app-recovered",
        "The program {subject} fails no more: {old}",
        Severity.INFO,
        "Beside the old release it fails, beside the candidate it does not.",
        "Nothing to do.",
        match=Match(_APP, REMOVED, parts=frozenset({"exited", "traceback"})),
        witness=Witness(_process("traceback", "Exception: KeyError: 'channel'"), ""),
    ),
    Rule(
        "app-conversation-broken",
        "The conversation of {subject} breaks off or cannot be read: {candidate}",
        Severity.BREAKING,
        "The program, or Asterisk, did not get what it was waiting for.",
        "See who ended it (traces), and whether both still speak the same protocol.",
        match=Match(_APP, ADDED | CHANGED, parts=frozenset({"broken"})),
        witness=Witness("", _line("ari", "broken", "Problem: the connection ended within a message")),
    ),
    Rule(
        "app-not-told",
        "{event} no more, though it happens",
        Severity.BREAKING,
        "The privileges or the event filter of the program's manager user keep the event from it.",
        "Compare the user's `read` and `eventfilter` in manager.conf with what the candidate asks for.",
        match=Match(_APP, CHANGED, parts=frozenset({"hears"}), candidate=one_of("no")),
        witness=Witness(_TOLD, _NOT_TOLD),
    ),
    Rule(
        "app-told-less",
        "{event} on one release only, as it happens there only",
        Severity.INFO,
        "The event itself came or went, which is a finding of its own.",
        "See that finding; the program is one that has it in its stream.",
        match=Match(_APP, parts=frozenset({"hears"})),
        witness=Witness(_TOLD, _NEWSTATE),
        shared=True,
    ),
    Rule(
        "app-field-lost",
        "{event} without {field} now",
        Severity.BREAKING,
        "A program that reads the field finds nothing.",
        "Search the program for it.",
        match=Match(_APP, REMOVED, parts=_ANSWERS | _GETS, whole=False),
        witness=Witness(_START, _NAMELESS),
        shared=True,
    ),
    Rule(
        "app-field-added",
        "{event} with a new field {field}",
        Severity.ADDITIVE,
        "Programs that ignore what they do not know do not notice.",
        "Check programs that refuse unknown fields.",
        match=Match(_APP, ADDED, parts=_ANSWERS | _GETS, whole=False),
        witness=Witness(_NAMELESS, _START),
        shared=True,
    ),
    Rule(
        "app-refused",
        "{event}: {candidate} instead of {old}",
        Severity.BREAKING,
        "The program takes it for a failure, or for a success.",
        "See what the answer says, and what the candidate wants in its place.",
        match=Match(_APP, CHANGED, fields=frozenset({"Response", "Status"}), parts=_ANSWERS),
        witness=Witness(_response("Response: Success"), _response("Response: Error")),
    ),
    Rule(
        "app-value-filled",
        "{event}: {field} is {candidate} where it was empty",
        Severity.ADDITIVE,
        "A field that held nothing holds something now.",
        "Check that the program does not take the empty value for an answer.",
        match=Match(_APP, CHANGED, parts=_ANSWERS | _GETS, layer="effect", values=is_filled),
        witness=Witness(_response("Message: "), _response("Message: queued")),
    ),
    Rule(
        "app-answer-added",
        "{event} as well: {candidate}",
        Severity.ADDITIVE,
        "The answer has more in it; programs that ignore what they do not know do not notice.",
        "Check that the program ignores what it does not know.",
        match=Match(_APP, ADDED, parts=_ANSWERS, whole=True),
        witness=Witness(
            _LIST, _LIST + "\n\n" + _line("ami", "response", "Event: PeerEntry", "A: 1", "ActionID: 1")
        ),
    ),
    Rule(
        "app-answer-changed",
        "{event}: {field} is {candidate} instead of {old}",
        Severity.REVIEW,
        "The program reads another value.",
        "Look at what it does with the value.",
        match=Match(_APP, CHANGED, parts=_ANSWERS),
        witness=Witness(_response("Message: queued"), _response("Message: in the queue")),
    ),
    Rule(
        "app-answer-lost",
        "{event} no more: {old}",
        Severity.BREAKING,
        "The program waits for something that does not come, or did not ask for it.",
        "See what it asked before.",
        match=Match(_APP, REMOVED, parts=_ANSWERS, whole=True),
        witness=Witness(_response("Response: Success"), _action("Action: Originate")),
    ),
    Rule(
        "app-request-lost",
        "{event} no more: {old}",
        Severity.BREAKING,
        "The program does not do there what it did: it was told or answered something else before.",
        "See what it was told and answered before.",
        match=Match(_APP, REMOVED, parts=_ASKS, whole=True),
        witness=Witness(_action("Action: Originate"), ""),
    ),
    Rule(
        "app-request-changed",
        "{event} with {field} {candidate} instead of {old}",
        Severity.REVIEW,
        "The program was told or answered something else before.",
        "See what it was told and answered before.",
        match=Match(_APP, parts=_ASKS, whole=False),
        witness=Witness(_action("Action: Originate", "Exten: 1"), _action("Action: Originate", "Exten: 2")),
    ),
    Rule(
        "app-request-added",
        "{event} now: {candidate}",
        Severity.REVIEW,
        "The program does more than it did: it was told or answered something else before.",
        "See what it was told and answered before.",
        match=Match(_APP, ADDED, parts=_ASKS, whole=True),
        witness=Witness("", _action("Action: Originate")),
    ),
    Rule(
        "app-event-lost",
        "{event} no more for {subject}",
        Severity.BREAKING,
        "A program that waits for the event waits in vain.",
        "Search the program for it.",
        match=Match(_APP, REMOVED, parts=_GETS, layer="effect", whole=True),
        witness=Witness(_START, ""),
    ),
    Rule(
        "app-event-added",
        "{event} now",
        Severity.ADDITIVE,
        "Programs that ignore what they do not know do not notice.",
        "Check programs that refuse unknown events.",
        match=Match(_APP, ADDED, parts=_GETS, layer="effect", whole=True),
        witness=Witness("", _START),
        shared=True,
    ),
    Rule(
        "app-order-changed",
        "{event} in another order",
        Severity.REVIEW,
        "The program may rely on the order.",
        "Check that it does not.",
        match=Match(_APP, frozenset({"moved"}), layer="effect"),
        witness=Witness("\n\n".join(_DIGITS), "\n\n".join(_DIGITS[::-1])),
    ),
    Rule(
        "app-path-changed",
        "{event} differs for {subject}",
        Severity.INFO,
        "What a mechanism of the dialplan leaves behind.",
        "Nothing, unless the program reads it.",
        match=Match(_APP, layer="path"),
        witness=Witness(
            _event("ChannelVarset", '{"variable": "MACRO_EXTEN", "value": "a"}'),
            _event("ChannelVarset", '{"variable": "MACRO_EXTEN", "value": "b"}'),
        ),
    ),
    Rule(
        "app-event-changed",
        "{event} with {field} {candidate} instead of {old}",
        Severity.REVIEW,
        "The program is told something else.",
        "Look at what it does with the value.",
        match=Match(_APP),
        witness=Witness(_event("ChannelDestroyed", '{"cause": 17}'), _event("ChannelDestroyed", '{"cause": 19}')),
    ),
)
