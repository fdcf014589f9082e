"""Rules about the manager interface: events, responses and their headers."""

from __future__ import annotations

from harness.judge.rules.rule import ADDED, CHANGED, REMOVED, Match, Rule, Witness, is_filled
from harness.model import Held, Severity

__all__ = ["HEADER_RULES", "LOST_HEADER", "RULES", "UNHEARD"]

LOST_HEADER = "ami-header-lost"

_AMI, _RESPONSE = frozenset({"ami"}), frozenset({"Response"})
_PAUSE = "Event: QueueMemberPause\nMemberName: ann\nPaused: 1"
_SPEAKS = "\n\n".join(["Agi: script\nChannel: PJSIP/ann-00000001\nLine: VERBOSE {}"] * 2)
_STATUS = "Response: Success\nCoreCurrentCalls: 0"


def _is_unknown(held: Held) -> bool:
    return isinstance(held, str) and held.startswith("Invalid/unknown command")


HEADER_RULES = (
    Rule(
        LOST_HEADER,
        "{event} has no header {field} any more",
        Severity.BREAKING,
        "A program that reads the header finds nothing.",
        "Search the site's programs for it.",
        match=Match(kinds=REMOVED, whole=False),
        witness=Witness(_PAUSE + "\nReason: lunch", _PAUSE),
        shared=True,
    ),
    Rule(
        "ami-header-added",
        "{event} has a new header {field}",
        Severity.ADDITIVE,
        "Programs that ignore what they do not know do not notice.",
        "Check programs that count headers or refuse unknown ones.",
        match=Match(kinds=ADDED, whole=False),
        witness=Witness(_STATUS, _STATUS + "\nCoreProcessedCalls: 1"),
        shared=True,
    ),
    Rule(
        "value-filled",
        "{event}: {field} is {candidate} where it was empty",
        Severity.ADDITIVE,
        "A header or field that held nothing holds something now.",
        "Check programs that take the empty value for an answer.",
        match=Match(frozenset({"ami", "cel", "queue"}), CHANGED, values=is_filled),
        witness=Witness(_PAUSE + "\nReason: ", _PAUSE + "\nReason: back from lunch"),
    ),
)

UNHEARD = Rule(
    "ami-header-unheard",
    "{event} has no header {field} any more, which said nothing unusual, and nobody listens",
    Severity.INFO,
    "A hang-up without a cause is a normal one, and no manager user of the site is told of anything.",
    "Nothing, unless a program is to listen.",
    match=Match(kinds=REMOVED, events=frozenset({"HangupRequest"}), fields=frozenset({"Cause"})),
    witness=Witness("Event: HangupRequest\nUniqueid: 1.1\nCause: 16", "Event: HangupRequest\nUniqueid: 1.1"),
    shared=True,
)
"""What a lost header is called where nobody can miss it."""

RULES = (
    Rule(
        "ami-action-unknown",
        "The manager action is unknown to the candidate: {candidate}",
        Severity.BREAKING,
        "A program that sends the action gets an error.",
        "Use the action that took its place (PJSIPShowEndpoints for SIPpeers, MixMonitor for Monitor).",
        match=Match(_AMI, CHANGED, _RESPONSE, frozenset({"Message"}), candidate=_is_unknown),
        witness=Witness(
            "Response: Success\nMessage: Peer status list will follow",
            "Response: Error\nMessage: Invalid/unknown command: SIPpeers.",
        ),
    ),
    Rule(
        "ami-response-changed",
        "An action is answered {candidate} instead of {old}",
        Severity.BREAKING,
        "A program takes it for a failure, or for a success.",
        "See what the message says.",
        match=Match(_AMI, CHANGED, _RESPONSE, _RESPONSE),
        witness=Witness("Response: Success", "Response: Error"),
    ),
    Rule(
        "ami-event-lost",
        "{event} does not come any more",
        Severity.BREAKING,
        "A program that waits for the event waits in vain.",
        "Search the site's programs for it.",
        match=Match(_AMI, REMOVED, whole=True),
        witness=Witness("Event: Unheard\nA: 1", ""),
    ),
    Rule(
        "ami-event-added",
        "{event} comes now",
        Severity.ADDITIVE,
        "Programs that ignore what they do not know do not notice.",
        "Check programs that refuse unknown events.",
        match=Match(_AMI, ADDED, whole=True),
        witness=Witness("", "Event: Unheard\nA: 1"),
        shared=True,
    ),
    Rule(
        "ami-event-moved",
        "{event} comes in another order",
        Severity.REVIEW,
        "A program may rely on the order.",
        "Check that it does not.",
        match=Match(_AMI, frozenset({"moved"})),
        witness=Witness("Event: Unheard\n\nEvent: Unseen", "Event: Unseen\n\nEvent: Unheard"),
    ),
    Rule(
        "ami-value-changed",
        "{event}: {field} is {candidate} instead of {old}",
        Severity.REVIEW,
        "A program that reads the header sees another value.",
        "Search the site's programs for it.",
        match=Match(_AMI, CHANGED),
        witness=Witness("Event: Unheard\nA: 1", "Event: Unheard\nA: 2"),
    ),
    Rule(
        "unclassified",
        "{event} of {subject} differs",
        Severity.REVIEW,
        "No rule knows this difference: that is no reason to call it harmless.",
        "Look at the two traces.",
        match=Match(),
        witness=Witness(_SPEAKS.format("a", "b"), _SPEAKS.format("b", "a")),
    ),
)
