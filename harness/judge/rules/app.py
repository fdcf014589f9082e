"""Rules about the site's own programs: what became of them, what they asked, were answered and were told."""

from __future__ import annotations

from harness.judge.rules.rule import ADDED, CHANGED, REMOVED, Match, Rule, Witness, one_of
from harness.model import Severity

__all__ = ["RULES"]


def _said(interface: str, kind: str, *headers: str) -> str:
    return "\n".join(("App: orders", f"Interface: {interface}", f"Kind: {kind}", *headers))


def _process(kind: str, *headers: str) -> str:
    return _said("process", kind, *headers)


def _asked(*headers: str) -> str:
    return _said("ami", "action", "ActionID: 1", *headers)


def _answered(*headers: str) -> str:
    return "\n\n".join((_asked("Action: Originate"), _said("ami", "response", *headers, "ActionID: 1")))


def _event(kind: str, body: str = "{}") -> str:
    return _said("ari", "event", f"Type: {kind}", f"Body: {body}")


_APP = frozenset({"app"})
_ASKS, _ANSWERED, _GETS = frozenset({"asks"}), frozenset({"answers"}), frozenset({"gets"})
_STARTED = _event("StasisStart", '{"args": [], "channel": {"id": "1.1", "name": "PJSIP/ann"}}')
_LESS = _event("StasisStart", '{"args": [], "channel": {"id": "1.1"}}')
_DIGITS = _event("ChannelDtmfReceived", '{"digit": "1", "x": 1}'), _event("ChannelDtmfReceived", '{"digit": "2"}')
_HANGUP = "Event: Hangup\nUniqueid: 1.1"
_HEARD = "\n\n".join((_said("ami", "event", "Event: Hangup"), _said("ami", "event", "Event: Newstate"), _HANGUP))
_UNHEARD = "\n\n".join((_said("ami", "event", "Event: Newstate"), _HANGUP))

RULES = (
    Rule(
        id="app-not-ready",
        title="The program {subject} does not become ready beside the candidate",
        severity=Severity.BREAKING,
        why="What it does for the site is not done.",
        advice="See its last line, and what it asked and was answered before (traces).",
        match=Match(_APP, CHANGED, fields=frozenset({"Result"}), parts=frozenset({"ready"})),
        witness=Witness(_process("ready", "Result: yes"), _process("ready", "Result: ended with exit code 1")),
    ),
    Rule(
        id="app-exited",
        title="The program {subject} ends by itself beside the candidate: {candidate}",
        severity=Severity.BREAKING,
        why="What it does for the site is not done from then on.",
        advice="See its last line, and what it asked and was answered before (traces).",
        match=Match(_APP, ADDED | CHANGED, parts=frozenset({"exited"})),
        witness=Witness("", _process("exited", "Result: ended with exit code 1")),
    ),
    Rule(
        id="app-traceback",
        title="The program {subject} fails beside the candidate: {candidate}",
        severity=Severity.BREAKING,
        why="It met something that it was not written for, and did not do what it was to do.",
        advice="Look at the line of the program that is named, and at what Asterisk said to it before.",
        match=Match(_APP, ADDED | CHANGED, parts=frozenset({"traceback"})),
        witness=Witness("", _process("traceback", "Exception: KeyError: 'channel'", "Where: app.py in start")),
    ),
    Rule(
        id="app-not-stopped",
        title="The program {subject} does not end as before: {candidate}",
        severity=Severity.REVIEW,
        why="It may hang in a conversation with Asterisk.",
        advice="See what it waits for when it is told to end.",
        match=Match(_APP, ADDED | CHANGED | REMOVED, parts=frozenset({"stopped"})),
        witness=Witness(_process("stopped", "Result: ended"), _process("stopped", "Result: was killed")),
    ),
    Rule(
        id="app-recovered",
        title="The program {subject} fails no more: {old}",
        severity=Severity.INFO,
        why="Beside the old release it fails, beside the candidate it does not.",
        advice="Nothing to do.",
        match=Match(_APP, REMOVED, parts=frozenset({"exited", "traceback"})),
        witness=Witness(_process("traceback", "Exception: KeyError: 'channel'"), ""),
    ),
    Rule(
        id="app-conversation-broken",
        title="The conversation of {subject} breaks off or cannot be read: {candidate}",
        severity=Severity.BREAKING,
        why="The program, or Asterisk, did not get what it was waiting for.",
        advice="See who ended it (traces), and whether both still speak the same protocol.",
        match=Match(_APP, ADDED | CHANGED, parts=frozenset({"broken"})),
        witness=Witness("", _said("ari", "broken", "Problem: the connection ended within a message")),
    ),
    Rule(
        id="app-not-told",
        title="{event} no more, though it happens",
        severity=Severity.BREAKING,
        why="The privileges or the event filter of the program's manager user keep the event from it.",
        advice="Compare the user's `read` and `eventfilter` in manager.conf with what the candidate asks for.",
        match=Match(_APP, CHANGED, parts=frozenset({"hears"}), candidate=one_of("no")),
        witness=Witness(_HEARD, _UNHEARD),
    ),
    Rule(
        id="app-told-less",
        title="{event} on one release only, as it happens there only",
        severity=Severity.INFO,
        why="The event itself came or went, which is a finding of its own.",
        advice="See that finding; the program is one that has it in its stream.",
        match=Match(_APP, parts=frozenset({"hears"})),
        witness=Witness(_HEARD, _said("ami", "event", "Event: Newstate")),
        shared=True,
    ),
    Rule(
        id="app-field-lost",
        title="{event} without {field} now",
        severity=Severity.BREAKING,
        why="A program that reads the field finds nothing.",
        advice="Search the program for it.",
        match=Match(_APP, REMOVED, parts=_ANSWERED | _GETS, whole=False),
        witness=Witness(_STARTED, _LESS),
        shared=True,
    ),
    Rule(
        id="app-field-added",
        title="{event} with a new field {field}",
        severity=Severity.ADDITIVE,
        why="Programs that ignore what they do not know do not notice.",
        advice="Check programs that refuse unknown fields.",
        match=Match(_APP, ADDED, parts=_ANSWERED | _GETS, whole=False),
        witness=Witness(_LESS, _STARTED),
        shared=True,
    ),
    Rule(
        id="app-refused",
        title="{event}: {candidate} instead of {old}",
        severity=Severity.BREAKING,
        why="The program takes it for a failure, or for a success.",
        advice="See what the answer says, and what the candidate wants in its place.",
        match=Match(_APP, CHANGED, fields=frozenset({"Response", "Status"}), parts=_ANSWERED),
        witness=Witness(_answered("Response: Success"), _answered("Response: Error")),
    ),
    Rule(
        id="app-answer-changed",
        title="{event}: {field} is {candidate} instead of {old}",
        severity=Severity.REVIEW,
        why="The program reads another value.",
        advice="Look at what it does with the value.",
        match=Match(_APP, CHANGED, parts=_ANSWERED),
        witness=Witness(_answered("Message: queued"), _answered("Message: in the queue")),
    ),
    Rule(
        id="app-answer-lost",
        title="{event} no more: {old}",
        severity=Severity.BREAKING,
        why="The program waits for something that does not come, or did not ask for it.",
        advice="See what it asked before.",
        match=Match(_APP, REMOVED, parts=_ANSWERED, whole=True),
        witness=Witness(_answered("Response: Success"), _asked("Action: Originate")),
    ),
    Rule(
        id="app-request-lost",
        title="{event} no more: {old}",
        severity=Severity.BREAKING,
        why="The program does not do there what it did: it was told or answered something else before.",
        advice="See what it was told and answered before.",
        match=Match(_APP, REMOVED, parts=_ASKS, whole=True),
        witness=Witness(_asked("Action: Originate"), ""),
    ),
    Rule(
        id="app-request-changed",
        title="{event} with {field} {candidate} instead of {old}",
        severity=Severity.REVIEW,
        why="The program was told or answered something else before.",
        advice="See what it was told and answered before.",
        match=Match(_APP, parts=_ASKS, whole=False),
        witness=Witness(_asked("Action: Originate", "Exten: 1"), _asked("Action: Originate", "Exten: 2")),
    ),
    Rule(
        id="app-request-added",
        title="{event} now: {candidate}",
        severity=Severity.REVIEW,
        why="The program does more than it did: it was told or answered something else before.",
        advice="See what it was told and answered before.",
        match=Match(_APP, ADDED, parts=_ASKS, whole=True),
        witness=Witness("", _asked("Action: Originate")),
    ),
    Rule(
        id="app-event-lost",
        title="{event} no more for {subject}",
        severity=Severity.BREAKING,
        why="A program that waits for the event waits in vain.",
        advice="Search the program for it.",
        match=Match(_APP, REMOVED, parts=_GETS, layer="effect", whole=True),
        witness=Witness(_STARTED, ""),
    ),
    Rule(
        id="app-event-added",
        title="{event} now",
        severity=Severity.ADDITIVE,
        why="Programs that ignore what they do not know do not notice.",
        advice="Check programs that refuse unknown events.",
        match=Match(_APP, ADDED, parts=_GETS, layer="effect", whole=True),
        witness=Witness("", _STARTED),
        shared=True,
    ),
    Rule(
        id="app-order-changed",
        title="{event} in another order",
        severity=Severity.REVIEW,
        why="The program may rely on the order.",
        advice="Check that it does not.",
        match=Match(_APP, frozenset({"moved"}), layer="effect"),
        witness=Witness("\n\n".join(_DIGITS), "\n\n".join(_DIGITS[::-1])),
    ),
    Rule(
        id="app-path-changed",
        title="{event} differs for {subject}",
        severity=Severity.INFO,
        why="What a mechanism of the dialplan leaves behind.",
        advice="Nothing, unless the program reads it.",
        match=Match(_APP, layer="path"),
        witness=Witness(
            _event("ChannelVarset", '{"variable": "MACRO_EXTEN", "value": "a"}'),
            _event("ChannelVarset", '{"variable": "MACRO_EXTEN", "value": "b"}'),
        ),
    ),
    Rule(
        id="app-event-changed",
        title="{event} with {field} {candidate} instead of {old}",
        severity=Severity.REVIEW,
        why="The program is told something else.",
        advice="Look at what it does with the value.",
        match=Match(_APP),
        witness=Witness(_event("ChannelDestroyed", '{"cause": 17}'), _event("ChannelDestroyed", '{"cause": 19}')),
    ),
)
