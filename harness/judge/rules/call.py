"""Rules about what caller and callee notice."""

from __future__ import annotations

from harness.judge.rules.rule import (
    ADDED,
    CHANGED,
    OTHER,
    REMOVED,
    Match,
    Rule,
    Witness,
    event_text,
    is_measured,
)
from harness.model import Severity

__all__ = ["FIRST", "RULES"]

_CALL, _DIALPLAN = frozenset({"call"}), frozenset({"dialplan"})
_USER_EVENT = frozenset({"UserEvent"})
_TOLD_OF_CALLS = frozenset("HangupRequest SoftHangupRequest ConfbridgeTalking".split())
_BOB = "Event: Newchannel\nChannel: PJSIP/bob-0000000a\nUniqueid: 2.2\nChannelStateDesc: Down"

FIRST = (
    Rule(
        "duration-changed",
        "{subject}: {field} of {event} is {candidate} instead of {old}",
        Severity.REVIEW,
        "Something takes longer or shorter than the tolerance allows.",
        "Set `compare: seconds:` in the scenario if so much is fine.",
        match=Match(kinds=CHANGED, values=is_measured),
        witness=Witness("Event: Cdr\nUniqueID: 1.1\nDuration: 3", "Event: Cdr\nUniqueID: 1.1\nDuration: 9"),
    ),
    Rule(
        "technology-renamed",
        "SIP is PJSIP now: {candidate} in place of {old}",
        Severity.INFO,
        "The same phones and trunks have another name in channels, hints, queues, records, events and variables.",
        "Look for the old names in what reads them: programs, reports, statistics.",
        match=Match(_CALL, CHANGED, frozenset({"technology"})),
        witness=Witness(
            "Event: Newchannel\nChannel: SIP/bob-0000000a\nUniqueid: 2.2\nChannelStateDesc: Down",
            _BOB,
        ),
        shared=True,
    ),
    Rule(
        "user-event-lost",
        "{event} is not sent any more",
        Severity.BREAKING,
        "A program of the site waits for it.",
        "Look where the dialplan leaves the old way.",
        match=Match(_DIALPLAN, REMOVED, _USER_EVENT, whole=True),
        witness=Witness(event_text("UserEvent", "UserEvent: Order", "Id: 7"), ""),
    ),
    Rule(
        "user-event-changed",
        "{event}: {field} is {candidate} instead of {old}",
        Severity.BREAKING,
        "A program of the site reads it.",
        "Look how the dialplan came to this value.",
        match=Match(_DIALPLAN, REMOVED | OTHER, _USER_EVENT),
        witness=Witness(
            event_text("UserEvent", "UserEvent: Route", "Way: open"),
            event_text("UserEvent", "UserEvent: Route", "Way: closed"),
        ),
    ),
    Rule(
        "user-event-added",
        "{event} is sent now, or says more",
        Severity.ADDITIVE,
        "The dialplan sends more than it did.",
        "Check that programs ignore what they do not know.",
        match=Match(_DIALPLAN, ADDED, _USER_EVENT),
        witness=Witness("", event_text("UserEvent", "UserEvent: Order", "Id: 7")),
    ),
    Rule(
        "state-after-changed",
        "After the scenario, {name} has {field} {candidate} instead of {old}",
        Severity.BREAKING,
        "What a call leaves behind (messages, records, settings, files) differs.",
        "Look at what writes it.",
        match=Match(frozenset({"state"})),
        witness=Witness("Name: astdb/x\nValue: 1", "Name: astdb/x\nValue: 2"),
    ),
)
"""Rules that come before the general ones: about time, and about headers of the site's own making."""

RULES = (
    Rule(
        "expectation-failed",
        "{candidate}",
        Severity.BREAKING,
        "The site's own expectation holds on the old release and not on the candidate.",
        "See the other differences of this scenario for the reason.",
        match=Match(frozenset({"expectation"})),
        witness=Witness("", "Ending: unmet\nProblem: expected answered, got not answered"),
    ),
    Rule(
        "channel-lost",
        "{subject} is not called any more",
        Severity.BREAKING,
        "The old release made a channel to it in this scenario, the candidate does not.",
        "Look where the dialplan leaves the old way (the place of this finding).",
        match=Match(_CALL, REMOVED, frozenset({"Channel"})),
        witness=Witness(_BOB, ""),
    ),
    Rule(
        "channel-added",
        "{subject} is called now",
        Severity.REVIEW,
        "The candidate makes a channel that the old release did not make in this scenario.",
        "Check that it is meant; somebody's phone rings, or a call is paid for.",
        match=Match(_CALL, ADDED, frozenset({"Channel"})),
        witness=Witness("", _BOB),
    ),
    Rule(
        "answer-lost",
        "{subject} does not reach the state {old} any more",
        Severity.BREAKING,
        "A channel does not reach a state that it reached on the old release.",
        "Look where the dialplan leaves the old way.",
        match=Match(_CALL, REMOVED, frozenset({"Newstate"}), whole=True),
        witness=Witness(event_text("Newstate", "ChannelStateDesc: Up"), ""),
    ),
    Rule(
        "state-changed",
        "{subject}: state {old} is now {candidate}",
        Severity.BREAKING,
        "A channel goes through other states: it is answered, or rings, where it did not.",
        "Look where the dialplan leaves the old way.",
        match=Match(_CALL, events=frozenset({"Newstate", "Newchannel"})),
        witness=Witness(
            event_text("Newstate", "ChannelStateDesc: Up"), event_text("Newstate", "ChannelStateDesc: Busy")
        ),
    ),
    Rule(
        "hangup-lost",
        "{subject} is not hung up",
        Severity.BREAKING,
        "The call ended on the old release; on the candidate the channel stays.",
        "A channel that stays blocks lines and costs money: look at the last thing it ran.",
        match=Match(_CALL, REMOVED, frozenset({"Hangup"}), whole=True),
        witness=Witness(event_text("Hangup", "Cause: 16"), ""),
    ),
    Rule(
        "hangup-cause-changed",
        "{subject} ends with cause {candidate} instead of {old}",
        Severity.BREAKING,
        "Carriers, phones and scripts act on the hangup cause.",
        "If a script or ${HANGUPCAUSE} depends on it, adapt that; else waive it.",
        match=Match(_CALL, OTHER, frozenset({"Hangup"}), frozenset({"Cause"})),
        witness=Witness(event_text("Hangup", "Cause: 16"), event_text("Hangup", "Cause: 66")),
    ),
    Rule(
        "dial-result-changed",
        "Dialling from {subject} ends with {candidate} instead of {old}",
        Severity.BREAKING,
        "The dialplan branches on how a dial ended.",
        "Check what the dialplan does with DIALSTATUS there.",
        match=Match(_CALL, OTHER, frozenset({"DialEnd"}), frozenset({"DialStatus"})),
        witness=Witness(
            event_text("DialEnd", "DestChannel: PJSIP/b-00000001", "DialStatus: BUSY"),
            event_text("DialEnd", "DestChannel: PJSIP/b-00000002", "DialStatus: CHANUNAVAIL"),
        ),
    ),
    Rule(
        "dial-changed",
        "{subject}: {event} differs",
        Severity.BREAKING,
        "Somebody else is dialled, or in another way.",
        "Check the Dial or Queue there.",
        match=Match(_CALL, events=frozenset({"DialBegin", "DialState", "DialEnd"}), layer="effect"),
        witness=Witness(event_text("DialBegin", "DialString: bob"), event_text("DialBegin", "DialString: ann")),
    ),
    Rule(
        "caller-id-changed",
        "{subject} shows {field} {candidate} instead of {old}",
        Severity.BREAKING,
        "The other side sees another number or name, or one that was to be withheld.",
        "Check CALLERID() and presentation settings.",
        match=Match(_CALL, events=frozenset({"NewCallerid"})),
        witness=Witness(
            event_text("NewCallerid", "CallerIDNum: 100", "CID-CallingPres: 0"),
            event_text("NewCallerid", "CallerIDNum: 200", "CID-CallingPres: 0"),
        ),
    ),
    Rule(
        "connected-line-changed",
        "{subject} is shown another party: {field} {candidate} instead of {old}",
        Severity.REVIEW,
        "The phone displays whom it is connected to from this.",
        "Check CONNECTEDLINE() and the endpoints' trust settings.",
        match=Match(_CALL, events=frozenset({"NewConnectedLine"}), layer="effect"),
        witness=Witness(
            event_text("NewConnectedLine", "ConnectedLineNum: 100"),
            event_text("NewConnectedLine", "ConnectedLineNum: 200"),
        ),
    ),
    Rule(
        "sound-lost",
        "{subject} does not hear {old} any more",
        Severity.BREAKING,
        "A prompt that was played is not.",
        "Check that the file is there for the candidate, in the channel's language.",
        match=Match(_CALL, REMOVED, frozenset({"Playback"}), whole=True),
        witness=Witness(event_text("Playback", "Sound: demo-congrats"), ""),
    ),
    Rule(
        "sound-changed",
        "{subject} hears {candidate} instead of {old}",
        Severity.REVIEW,
        "Another prompt is played.",
        "Check that it is meant.",
        match=Match(_CALL, events=frozenset({"Playback"})),
        witness=Witness(event_text("Playback", "Sound: vm-intro"), event_text("Playback", "Sound: beep")),
    ),
    Rule(
        "call-path-changed",
        "{subject}: {event} differs",
        Severity.INFO,
        "How Asterisk puts a call together inside; nobody outside notices.",
        "Nothing by itself.",
        match=Match(layer="path"),
        witness=Witness(
            "Event: BridgeCreate\nBridgeUniqueid: b\nBridgeType: basic",
            "Event: BridgeCreate\nBridgeUniqueid: b\nBridgeType: holding",
        ),
    ),
    Rule(
        "call-event-changed",
        "{subject}: {field} of {event} is {candidate} instead of {old}",
        Severity.REVIEW,
        "Something about the call is not as it was.",
        "Check whether a person or a program notices.",
        match=Match(_CALL, OTHER),
        witness=Witness(
            event_text("MusicOnHoldStart", "Class: default"), event_text("MusicOnHoldStart", "Class: jazz")
        ),
    ),
    Rule(
        "call-event-lost",
        "{subject}: {event} does not come any more",
        Severity.BREAKING,
        "Something that happened in the call does not.",
        "Check whether a person or a program notices.",
        match=Match(_CALL, REMOVED, whole=True),
        witness=Witness(event_text("MusicOnHoldStart", "Class: default"), ""),
    ),
    Rule(
        "call-request-added",
        "{event} comes now",
        Severity.ADDITIVE,
        "It says that somebody asks for the call's end, or talks; what happens then is compared beside it.",
        "Check programs that refuse unknown events.",
        match=Match(_CALL, ADDED, _TOLD_OF_CALLS, whole=True),
        witness=Witness("", event_text("HangupRequest", "Cause: 16")),
        shared=True,
    ),
    Rule(
        "call-event-added",
        "{subject}: {event} comes now",
        Severity.REVIEW,
        "Something happens in the call that did not.",
        "Check whether a person or a program notices.",
        match=Match(_CALL, ADDED, whole=True),
        witness=Witness("", event_text("MusicOnHoldStart", "Class: default")),
    ),
)
