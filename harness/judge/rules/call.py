"""Rules about what caller and callee notice, and about what the dialplan left behind."""

from __future__ import annotations

from harness.judge.rules.rule import ADDED, CHANGED, REMOVED, Match, Rule, Witness, is_measured
from harness.model import ChangeKind, Severity

__all__ = ["FIRST", "RULES"]

_OTHER: frozenset[ChangeKind] = frozenset({"changed", "moved"})
_CALL, _DIALPLAN, _QUEUE = frozenset({"call"}), frozenset({"dialplan"}), frozenset({"queue"})
_USER_EVENT, _VARIABLE = frozenset({"UserEvent"}), frozenset({"VarSet"})
_CHANNEL = "Channel: Local/9@x-0000000a;1\nUniqueid: 1.1"
_BOB = "Event: Newchannel\nChannel: PJSIP/bob-0000000a\nUniqueid: 2.2\nChannelStateDesc: Down"


def _event(name: str, *headers: str) -> str:
    return "\n".join((f"Event: {name}", _CHANNEL, *headers))


FIRST = (
    Rule(
        id="duration-changed",
        title="{subject}: {field} of {event} is {candidate} instead of {old}",
        severity=Severity.REVIEW,
        why="Something takes longer or shorter than the tolerance allows.",
        advice="Set `compare: seconds:` in the scenario if so much is fine.",
        match=Match(kinds=CHANGED, values=is_measured),
        witness=Witness("Event: Cdr\nUniqueID: 1.1\nDuration: 3", "Event: Cdr\nUniqueID: 1.1\nDuration: 9"),
    ),
    Rule(
        id="user-event-lost",
        title="{event} is not sent any more",
        severity=Severity.BREAKING,
        why="A program of the site waits for it.",
        advice="Look where the dialplan leaves the old way.",
        match=Match(_DIALPLAN, REMOVED, _USER_EVENT, whole=True),
        witness=Witness(_event("UserEvent", "UserEvent: Order", "Id: 7"), ""),
    ),
    Rule(
        id="user-event-changed",
        title="{event}: {field} is {candidate} instead of {old}",
        severity=Severity.BREAKING,
        why="A program of the site reads it.",
        advice="Look how the dialplan came to this value.",
        match=Match(_DIALPLAN, REMOVED | _OTHER, _USER_EVENT),
        witness=Witness(
            _event("UserEvent", "UserEvent: Route", "Way: open"),
            _event("UserEvent", "UserEvent: Route", "Way: closed"),
        ),
    ),
    Rule(
        id="user-event-added",
        title="{event} is sent now, or says more",
        severity=Severity.ADDITIVE,
        why="The dialplan sends more than it did.",
        advice="Check that programs ignore what they do not know.",
        match=Match(_DIALPLAN, ADDED, _USER_EVENT),
        witness=Witness("", _event("UserEvent", "UserEvent: Order", "Id: 7")),
    ),
    Rule(
        id="state-after-changed",
        title="After the scenario, {name} has {field} {candidate} instead of {old}",
        severity=Severity.BREAKING,
        why="What a call leaves behind (messages, records, settings, files) differs.",
        advice="Look at what writes it.",
        match=Match(frozenset({"state"})),
        witness=Witness("Name: astdb/x\nValue: 1", "Name: astdb/x\nValue: 2"),
    ),
)
"""Rules that come before the general ones: about time, and about headers of the site's own making."""

RULES = (
    Rule(
        id="expectation-failed",
        title="{candidate}",
        severity=Severity.BREAKING,
        why="The site's own expectation holds on the old release and not on the candidate.",
        advice="See the other differences of this scenario for the reason.",
        match=Match(frozenset({"expectation"})),
        witness=Witness("", "Ending: unmet\nProblem: expected answered, got not answered"),
    ),
    Rule(
        id="channel-lost",
        title="{subject} is not called any more",
        severity=Severity.BREAKING,
        why="The old release made a channel to it in this scenario, the candidate does not.",
        advice="Look where the dialplan leaves the old way (the place of this finding).",
        match=Match(_CALL, REMOVED, frozenset({"Channel"})),
        witness=Witness(_BOB, ""),
    ),
    Rule(
        id="channel-added",
        title="{subject} is called now",
        severity=Severity.REVIEW,
        why="The candidate makes a channel that the old release did not make in this scenario.",
        advice="Check that it is meant; somebody's phone rings, or a call is paid for.",
        match=Match(_CALL, ADDED, frozenset({"Channel"})),
        witness=Witness("", _BOB),
    ),
    Rule(
        id="answer-lost",
        title="{subject} does not reach the state {old} any more",
        severity=Severity.BREAKING,
        why="A channel does not reach a state that it reached on the old release.",
        advice="Look where the dialplan leaves the old way.",
        match=Match(_CALL, REMOVED, frozenset({"Newstate"}), whole=True),
        witness=Witness(_event("Newstate", "ChannelStateDesc: Up"), ""),
    ),
    Rule(
        id="state-changed",
        title="{subject}: state {old} is now {candidate}",
        severity=Severity.BREAKING,
        why="A channel goes through other states: it is answered, or rings, where it did not.",
        advice="Look where the dialplan leaves the old way.",
        match=Match(_CALL, events=frozenset({"Newstate", "Newchannel"})),
        witness=Witness(_event("Newstate", "ChannelStateDesc: Up"), _event("Newstate", "ChannelStateDesc: Busy")),
    ),
    Rule(
        id="hangup-lost",
        title="{subject} is not hung up",
        severity=Severity.BREAKING,
        why="The call ended on the old release; on the candidate the channel stays.",
        advice="A channel that stays blocks lines and costs money: look at the last thing it ran.",
        match=Match(_CALL, REMOVED, frozenset({"Hangup"}), whole=True),
        witness=Witness(_event("Hangup", "Cause: 16"), ""),
    ),
    Rule(
        id="hangup-cause-changed",
        title="{subject} ends with cause {candidate} instead of {old}",
        severity=Severity.BREAKING,
        why="Carriers, phones and scripts act on the hangup cause.",
        advice="If a script or ${{HANGUPCAUSE}} depends on it, adapt that; else waive it.",
        match=Match(_CALL, _OTHER, frozenset({"Hangup"}), frozenset({"Cause"})),
        witness=Witness(_event("Hangup", "Cause: 16"), _event("Hangup", "Cause: 66")),
    ),
    Rule(
        id="dial-result-changed",
        title="Dialling from {subject} ends with {candidate} instead of {old}",
        severity=Severity.BREAKING,
        why="The dialplan branches on how a dial ended.",
        advice="Check what the dialplan does with DIALSTATUS there.",
        match=Match(_CALL, _OTHER, frozenset({"DialEnd"}), frozenset({"DialStatus"})),
        witness=Witness(
            _event("DialEnd", "DestChannel: PJSIP/b-00000001", "DialStatus: BUSY"),
            _event("DialEnd", "DestChannel: PJSIP/b-00000002", "DialStatus: CHANUNAVAIL"),
        ),
    ),
    Rule(
        id="dial-changed",
        title="{subject}: {event} differs",
        severity=Severity.BREAKING,
        why="Somebody else is dialled, or in another way.",
        advice="Check the Dial or Queue there.",
        match=Match(_CALL, events=frozenset({"DialBegin", "DialState", "DialEnd"}), layer="effect"),
        witness=Witness(_event("DialBegin", "DialString: bob"), _event("DialBegin", "DialString: ann")),
    ),
    Rule(
        id="caller-id-changed",
        title="{subject} shows {field} {candidate} instead of {old}",
        severity=Severity.BREAKING,
        why="The other side sees another number or name, or one that was to be withheld.",
        advice="Check CALLERID() and presentation settings.",
        match=Match(_CALL, events=frozenset({"NewCallerid"})),
        witness=Witness(
            _event("NewCallerid", "CallerIDNum: 100", "CID-CallingPres: 0"),
            _event("NewCallerid", "CallerIDNum: 200", "CID-CallingPres: 0"),
        ),
    ),
    Rule(
        id="connected-line-changed",
        title="{subject} is shown another party: {field} {candidate} instead of {old}",
        severity=Severity.REVIEW,
        why="The phone displays whom it is connected to from this.",
        advice="Check CONNECTEDLINE() and the endpoints' trust settings.",
        match=Match(_CALL, events=frozenset({"NewConnectedLine"})),
        witness=Witness(
            _event("NewConnectedLine", "ConnectedLineNum: 100"),
            _event("NewConnectedLine", "ConnectedLineNum: 200"),
        ),
    ),
    Rule(
        id="sound-lost",
        title="{subject} does not hear {old} any more",
        severity=Severity.BREAKING,
        why="A prompt that was played is not.",
        advice="Check that the file is there for the candidate, in the channel's language.",
        match=Match(_CALL, REMOVED, frozenset({"Playback"}), whole=True),
        witness=Witness(_event("Playback", "Sound: demo-congrats"), ""),
    ),
    Rule(
        id="sound-changed",
        title="{subject} hears {candidate} instead of {old}",
        severity=Severity.REVIEW,
        why="Another prompt is played.",
        advice="Check that it is meant.",
        match=Match(_CALL, events=frozenset({"Playback"})),
        witness=Witness(_event("Playback", "Sound: vm-intro"), _event("Playback", "Sound: beep")),
    ),
    Rule(
        id="variable-mechanism-changed",
        title="{event} on {subject} differs",
        severity=Severity.INFO,
        why="A variable of Macro, Gosub or recording, which a migration changes on purpose.",
        advice="Nothing, unless a script reads it.",
        match=Match(_DIALPLAN, events=_VARIABLE, layer="path"),
        witness=Witness(_event("VarSet", "Variable: MACRO_EXTEN", "Value: 9"), ""),
    ),
    Rule(
        id="variable-changed",
        title="{name} on {subject} is {candidate} instead of {old}",
        severity=Severity.BREAKING,
        why="Dialplan and scripts read this variable.",
        advice="Look how the dialplan came to this value.",
        match=Match(_DIALPLAN, _OTHER, _VARIABLE),
        witness=Witness(
            _event("VarSet", "Variable: DIALSTATUS", "Value: BUSY"),
            _event("VarSet", "Variable: DIALSTATUS", "Value: CANCEL"),
        ),
    ),
    Rule(
        id="variable-lost",
        title="{name} is not set on {subject} any more",
        severity=Severity.BREAKING,
        why="Dialplan and scripts may read this variable.",
        advice="If nothing reads it, waive it.",
        match=Match(_DIALPLAN, REMOVED, _VARIABLE, whole=True),
        witness=Witness(_event("VarSet", "Variable: DIALSTATUS", "Value: BUSY"), ""),
    ),
    Rule(
        id="variable-added",
        title="{name} is set on {subject} now",
        severity=Severity.ADDITIVE,
        why="The candidate sets a variable that the old release did not set.",
        advice="Check that the dialplan does not use the name for something else.",
        match=Match(_DIALPLAN, ADDED, _VARIABLE, whole=True),
        witness=Witness("", _event("VarSet", "Variable: CHANLOCALSTATUS", "Value: CHANUNAVAIL")),
        shared=True,
    ),
    Rule(
        id="path-changed",
        title="{subject} takes another way through the dialplan",
        severity=Severity.INFO,
        why="Which priorities ran is not what anybody notices; it explains what is.",
        advice="Nothing by itself.",
        match=Match(_DIALPLAN, events=frozenset({"Newexten"})),
        witness=Witness(
            _event("Newexten", "Context: x", "Extension: 9", "Priority: 1", "Application: NoOp", "AppData: a"),
            _event("Newexten", "Context: x", "Extension: 9", "Priority: 1", "Application: NoOp", "AppData: b"),
        ),
    ),
    Rule(
        id="queue-event-lost",
        title="{event} of {subject} does not come any more",
        severity=Severity.BREAKING,
        why="What happens to a caller or an agent in a queue is not reported, or does not happen.",
        advice="Look at queues.conf and the Queue() arguments there.",
        match=Match(_QUEUE, REMOVED, layer="effect", whole=True),
        witness=Witness(_event("QueueCallerJoin", "Queue: support", "Position: 1"), ""),
    ),
    Rule(
        id="queue-changed",
        title="{event} of {subject}: {field} is {candidate} instead of {old}",
        severity=Severity.BREAKING,
        why="Wallboards and statistics read it.",
        advice="Look at queues.conf and the Queue() arguments there.",
        match=Match(_QUEUE, _OTHER, layer="effect"),
        witness=Witness(
            _event("QueueCallerJoin", "Queue: support", "Position: 1"),
            _event("QueueCallerJoin", "Queue: support", "Position: 2"),
        ),
    ),
    Rule(
        id="call-path-changed",
        title="{subject}: {event} differs",
        severity=Severity.INFO,
        why="How Asterisk puts a call together inside; nobody outside notices.",
        advice="Nothing by itself.",
        match=Match(layer="path"),
        witness=Witness(
            "Event: BridgeCreate\nBridgeUniqueid: b\nBridgeType: basic",
            "Event: BridgeCreate\nBridgeUniqueid: b\nBridgeType: holding",
        ),
    ),
    Rule(
        id="call-event-changed",
        title="{subject}: {field} of {event} is {candidate} instead of {old}",
        severity=Severity.REVIEW,
        why="Something about the call is not as it was.",
        advice="Check whether a person or a program notices.",
        match=Match(_CALL, _OTHER),
        witness=Witness(_event("MusicOnHoldStart", "Class: default"), _event("MusicOnHoldStart", "Class: jazz")),
    ),
    Rule(
        id="call-event-lost",
        title="{subject}: {event} does not come any more",
        severity=Severity.BREAKING,
        why="Something that happened in the call does not.",
        advice="Check whether a person or a program notices.",
        match=Match(_CALL, REMOVED, whole=True),
        witness=Witness(_event("MusicOnHoldStart", "Class: default"), ""),
    ),
    Rule(
        id="call-event-added",
        title="{subject}: {event} comes now",
        severity=Severity.REVIEW,
        why="Something happens in the call that did not.",
        advice="Check whether a person or a program notices.",
        match=Match(_CALL, ADDED, whole=True),
        witness=Witness("", _event("MusicOnHoldStart", "Class: default")),
    ),
)
