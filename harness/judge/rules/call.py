"""Rules about what caller and callee notice, and about what the dialplan left behind."""

from __future__ import annotations

from harness.judge.rules.rule import (
    ADDED,
    CHANGED,
    REMOVED,
    Match,
    Rule,
    Witness,
    is_measured,
    is_of_chan_sip,
    is_of_mechanism,
    is_of_status,
)
from harness.model import ChangeKind, Severity

__all__ = ["FIRST", "RULES"]

_OTHER: frozenset[ChangeKind] = frozenset({"changed", "moved"})
_CALL, _DIALPLAN, _QUEUE = frozenset({"call"}), frozenset({"dialplan"}), frozenset({"queue"})
_USER_EVENT, _VARIABLE = frozenset({"UserEvent"}), frozenset({"VarSet"})
# What comes with a phone that rings or a caller who is served or gives up, which people notice.
_OF_QUEUE_CALLS = frozenset(
    "AgentCalled AgentRingNoAnswer AgentConnect AgentComplete AgentDump QueueCallerJoin QueueCallerAbandon".split()
)
_TOLD_OF_CALLS = frozenset("HangupRequest SoftHangupRequest ConfbridgeTalking".split())
_CHANNEL = "Channel: Local/9@x-0000000a;1\nUniqueid: 1.1"
_BOB = "Event: Newchannel\nChannel: PJSIP/bob-0000000a\nUniqueid: 2.2\nChannelStateDesc: Down"


def _event(name: str, *headers: str) -> str:
    return "\n".join((f"Event: {name}", _CHANNEL, *headers))


def _variable(name: str, value: str) -> str:
    return _event("VarSet", f"Variable: {name}", f"Value: {value}")


def _runs(argument: str) -> str:
    place = ("Context: x", "Extension: 9", "Priority: 1")
    return _event("Newexten", *place, "Application: NoOp", f"AppData: {argument}")


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
        witness=Witness(_event("UserEvent", "UserEvent: Order", "Id: 7"), ""),
    ),
    Rule(
        "user-event-changed",
        "{event}: {field} is {candidate} instead of {old}",
        Severity.BREAKING,
        "A program of the site reads it.",
        "Look how the dialplan came to this value.",
        match=Match(_DIALPLAN, REMOVED | _OTHER, _USER_EVENT),
        witness=Witness(
            _event("UserEvent", "UserEvent: Route", "Way: open"),
            _event("UserEvent", "UserEvent: Route", "Way: closed"),
        ),
    ),
    Rule(
        "user-event-added",
        "{event} is sent now, or says more",
        Severity.ADDITIVE,
        "The dialplan sends more than it did.",
        "Check that programs ignore what they do not know.",
        match=Match(_DIALPLAN, ADDED, _USER_EVENT),
        witness=Witness("", _event("UserEvent", "UserEvent: Order", "Id: 7")),
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
        witness=Witness(_event("Newstate", "ChannelStateDesc: Up"), ""),
    ),
    Rule(
        "state-changed",
        "{subject}: state {old} is now {candidate}",
        Severity.BREAKING,
        "A channel goes through other states: it is answered, or rings, where it did not.",
        "Look where the dialplan leaves the old way.",
        match=Match(_CALL, events=frozenset({"Newstate", "Newchannel"})),
        witness=Witness(_event("Newstate", "ChannelStateDesc: Up"), _event("Newstate", "ChannelStateDesc: Busy")),
    ),
    Rule(
        "hangup-lost",
        "{subject} is not hung up",
        Severity.BREAKING,
        "The call ended on the old release; on the candidate the channel stays.",
        "A channel that stays blocks lines and costs money: look at the last thing it ran.",
        match=Match(_CALL, REMOVED, frozenset({"Hangup"}), whole=True),
        witness=Witness(_event("Hangup", "Cause: 16"), ""),
    ),
    Rule(
        "hangup-cause-changed",
        "{subject} ends with cause {candidate} instead of {old}",
        Severity.BREAKING,
        "Carriers, phones and scripts act on the hangup cause.",
        "If a script or ${{HANGUPCAUSE}} depends on it, adapt that; else waive it.",
        match=Match(_CALL, _OTHER, frozenset({"Hangup"}), frozenset({"Cause"})),
        witness=Witness(_event("Hangup", "Cause: 16"), _event("Hangup", "Cause: 66")),
    ),
    Rule(
        "dial-result-changed",
        "Dialling from {subject} ends with {candidate} instead of {old}",
        Severity.BREAKING,
        "The dialplan branches on how a dial ended.",
        "Check what the dialplan does with DIALSTATUS there.",
        match=Match(_CALL, _OTHER, frozenset({"DialEnd"}), frozenset({"DialStatus"})),
        witness=Witness(
            _event("DialEnd", "DestChannel: PJSIP/b-00000001", "DialStatus: BUSY"),
            _event("DialEnd", "DestChannel: PJSIP/b-00000002", "DialStatus: CHANUNAVAIL"),
        ),
    ),
    Rule(
        "dial-changed",
        "{subject}: {event} differs",
        Severity.BREAKING,
        "Somebody else is dialled, or in another way.",
        "Check the Dial or Queue there.",
        match=Match(_CALL, events=frozenset({"DialBegin", "DialState", "DialEnd"}), layer="effect"),
        witness=Witness(_event("DialBegin", "DialString: bob"), _event("DialBegin", "DialString: ann")),
    ),
    Rule(
        "caller-id-changed",
        "{subject} shows {field} {candidate} instead of {old}",
        Severity.BREAKING,
        "The other side sees another number or name, or one that was to be withheld.",
        "Check CALLERID() and presentation settings.",
        match=Match(_CALL, events=frozenset({"NewCallerid"})),
        witness=Witness(
            _event("NewCallerid", "CallerIDNum: 100", "CID-CallingPres: 0"),
            _event("NewCallerid", "CallerIDNum: 200", "CID-CallingPres: 0"),
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
            _event("NewConnectedLine", "ConnectedLineNum: 100"),
            _event("NewConnectedLine", "ConnectedLineNum: 200"),
        ),
    ),
    Rule(
        "sound-lost",
        "{subject} does not hear {old} any more",
        Severity.BREAKING,
        "A prompt that was played is not.",
        "Check that the file is there for the candidate, in the channel's language.",
        match=Match(_CALL, REMOVED, frozenset({"Playback"}), whole=True),
        witness=Witness(_event("Playback", "Sound: demo-congrats"), ""),
    ),
    Rule(
        "sound-changed",
        "{subject} hears {candidate} instead of {old}",
        Severity.REVIEW,
        "Another prompt is played.",
        "Check that it is meant.",
        match=Match(_CALL, events=frozenset({"Playback"})),
        witness=Witness(_event("Playback", "Sound: vm-intro"), _event("Playback", "Sound: beep")),
    ),
    Rule(
        "status-unread",
        "{name} on {subject} is {candidate} instead of {old} after the hang-up, and nothing reads it",
        Severity.INFO,
        "An application says how it ended on a channel that is gone; nothing of the dialplan reads it after that.",
        "Nothing, unless a program reads it.",
        match=Match(_DIALPLAN, _OTHER | REMOVED, _VARIABLE, layer="path", values=is_of_status),
        witness=Witness(_variable("PLAYBACKSTATUS", "FAILED"), _variable("PLAYBACKSTATUS", "SUCCESS")),
    ),
    Rule(
        "variable-of-technology-unread",
        "{name} is not set by chan_pjsip, and nothing of the dialplan reads it",
        Severity.INFO,
        "chan_sip sets the variable on every channel by itself.",
        "Nothing, unless a program reads it: chan_pjsip has PJSIP_HEADER() and CHANNEL(pjsip,...) for it.",
        match=Match(_DIALPLAN, _OTHER | REMOVED, _VARIABLE, layer="path", values=is_of_chan_sip),
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
        match=Match(_DIALPLAN, _OTHER, _VARIABLE),
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
    Rule(
        "queue-event-lost",
        "{event} of {subject} does not come any more",
        Severity.BREAKING,
        "What happens to a caller or an agent in a queue is not reported, or does not happen.",
        "Look at queues.conf and the Queue() arguments there.",
        match=Match(_QUEUE, REMOVED, layer="effect", whole=True),
        witness=Witness(_event("QueueCallerJoin", "Queue: support", "Position: 1"), ""),
    ),
    Rule(
        "queue-call-added",
        "{event} of {subject} comes now",
        Severity.REVIEW,
        "A phone of the queue rings, or a caller comes to it or goes, where that was not so.",
        "Look at queues.conf and the Queue() arguments there.",
        match=Match(_QUEUE, ADDED, _OF_QUEUE_CALLS, layer="effect", whole=True),
        witness=Witness("", "Event: AgentCalled\nA: 1"),
    ),
    Rule(
        "queue-event-added",
        "{event} comes now",
        Severity.ADDITIVE,
        "Programs that ignore what they do not know do not notice.",
        "Check programs that refuse unknown events.",
        match=Match(_QUEUE, ADDED, layer="effect", whole=True),
        witness=Witness("", "Event: QueueMemberRinginuse\nMemberName: ann\nRinginuse: 1"),
        shared=True,
    ),
    Rule(
        "queue-changed",
        "{event} of {subject}: {field} is {candidate} instead of {old}",
        Severity.BREAKING,
        "Wallboards and statistics read it.",
        "Look at queues.conf and the Queue() arguments there.",
        match=Match(_QUEUE, _OTHER, layer="effect"),
        witness=Witness(
            _event("QueueCallerJoin", "Queue: support", "Position: 1"),
            _event("QueueCallerJoin", "Queue: support", "Position: 2"),
        ),
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
        match=Match(_CALL, _OTHER),
        witness=Witness(_event("MusicOnHoldStart", "Class: default"), _event("MusicOnHoldStart", "Class: jazz")),
    ),
    Rule(
        "call-event-lost",
        "{subject}: {event} does not come any more",
        Severity.BREAKING,
        "Something that happened in the call does not.",
        "Check whether a person or a program notices.",
        match=Match(_CALL, REMOVED, whole=True),
        witness=Witness(_event("MusicOnHoldStart", "Class: default"), ""),
    ),
    Rule(
        "call-request-added",
        "{event} comes now",
        Severity.ADDITIVE,
        "It says that somebody asks for the call's end, or talks; what happens then is compared beside it.",
        "Check programs that refuse unknown events.",
        match=Match(_CALL, ADDED, _TOLD_OF_CALLS, whole=True),
        witness=Witness("", _event("HangupRequest", "Cause: 16")),
        shared=True,
    ),
    Rule(
        "call-event-added",
        "{subject}: {event} comes now",
        Severity.REVIEW,
        "Something happens in the call that did not.",
        "Check whether a person or a program notices.",
        match=Match(_CALL, ADDED, whole=True),
        witness=Witness("", _event("MusicOnHoldStart", "Class: default")),
    ),
)
