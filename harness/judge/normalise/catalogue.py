"""What is known of Asterisk's events: where each belongs, what of it is compared and what is not.

Every channel event carries a snapshot of its channel. Comparing the snapshot on each event would show one
difference twenty times and whatever happened to be true when the event was sent, so an event is compared by
the headers that are its own, and by *which* headers it has. Events that are about the snapshot itself name the
parts that count in `shows`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cache

from harness.model import Layer, Value, shown

__all__ = [
    "CALL_ENDS",
    "OF_AN_INSTANT",
    "SNAPSHOT",
    "UNKNOWN",
    "Kind",
    "answer_kind",
    "are_alike",
    "field_layer",
    "in_layer",
    "kind_of",
]

_PARTS = (
    "Channel ChannelState ChannelStateDesc CallerIDNum CallerIDName ConnectedLineNum ConnectedLineName "
    "Language AccountCode Context Exten Priority Uniqueid Linkedid"
).split()
_WHOSE = (
    "Dest LocalOne LocalTwo Transferer Transferee TransferTarget Parkee Parker ParkerDial OrigTransferer "
    "SecondTransferer Source Target"
).split()
SNAPSHOT = frozenset(whose + part for whose in ("", *_WHOSE) for part in _PARTS)
CALL_ENDS = "LINKEDID_END"
"""Of a record of CEL: of the call as a whole, with the snapshot of whichever channel happened to end last."""
# Asterisk makes these of two snapshots of a channel that it compares: of two changes in quick succession it may
# tell one, of one in the moment of the hangup none (main/manager_channels.c, res/stasis/app.c). That an agent is
# done with a caller is told with the caller's snapshot, which is gone if he has hung up (apps/app_queue.c).
_TOLD_BY_SNAPSHOTS = """NewCallerid NewConnectedLine NewAccountCode ChannelCallerId ChannelConnectedLine
    AgentComplete""".split()
# Whether a channel is asked to hang up depends on who ends first, whether somebody talks on a few frames, when a
# phone is asked whether it is there on a timer.
_BY_CHANCE = """HangupRequest SoftHangupRequest ChannelHangupRequest ConfbridgeTalking ContactStatus PeerStatus
    ContactStatusChange PeerStatusChange""".split()
OF_AN_INSTANT = frozenset([*_TOLD_BY_SNAPSHOTS, *_BY_CHANCE])
"""Events that come, or do not, as a busy machine has it."""


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """How one kind of event is compared. There is one of each: plans are looked up by it.

    `stream` names the sequence of its channel that it belongs to (order counts only inside a stream).
    `surface` is what a person would look at. `shows` are the parts of the snapshot that are its point.
    `drops` are headers of its own that never count. `subject` is the header that says whose event it is.
    `bag` means that the order inside the stream does not count either.
    """

    stream: str
    surface: str = "ami"
    layer: Layer = "effect"
    shows: tuple[str, ...] = ()
    drops: frozenset[str] = frozenset()
    subject: str = "Uniqueid"
    bag: bool = False


UNKNOWN = Kind("events")
_CALLER_ID = ("CallerIDNum", "CallerIDName")
_LINE = ("ConnectedLineNum", "ConnectedLineName")
_MEMBER_STATE = frozenset({"Status"})  # of the device, which comes late

_KINDS = {
    "Newchannel": Kind("state", "call", shows=("ChannelStateDesc", "Context", "Exten", "Language", "AccountCode")),
    "Newstate": Kind("state", "call", shows=("ChannelStateDesc",)),
    "Hangup": Kind("state", "call", shows=("AccountCode", "Language")),
    "HangupRequest": Kind("hangup-request", "call"),
    "SoftHangupRequest": Kind("hangup-request", "call"),
    "NewCallerid": Kind("caller-id", "call", shows=_CALLER_ID),
    "NewConnectedLine": Kind("connected-line", "call", shows=_LINE),
    "NewAccountCode": Kind("account", "call", shows=("AccountCode",)),
    "Rename": Kind("rename", "call", "path"),
    "Newexten": Kind("path", "dialplan", "path", shows=("Context", "Priority"), drops=frozenset({"Exten"})),
    "VarSet": Kind("variable", "dialplan"),
    "UserEvent": Kind("user-event", "dialplan"),
    "DialBegin": Kind("dial", "call", shows=("DestChannel",)),
    "DialState": Kind("dial-state", "call", shows=("DestChannel",), bag=True),
    "DialEnd": Kind("dial-end", "call", shows=("DestChannel",), bag=True),
    "LocalBridge": Kind("local", "call", "path", subject="LocalOneUniqueid"),
    "LocalOptimizationBegin": Kind("local", "call", "path", subject="LocalOneUniqueid"),
    "LocalOptimizationEnd": Kind("local", "call", "path", subject="LocalOneUniqueid"),
    "BridgeCreate": Kind("bridge", "call", "path", subject="BridgeUniqueid"),
    "BridgeDestroy": Kind("bridge", "call", "path", subject="BridgeUniqueid"),
    "BridgeEnter": Kind("bridge", "call"),
    "BridgeLeave": Kind("bridge", "call"),
    "BridgeMerge": Kind("bridge", "call", "path", subject="ToBridgeUniqueid"),
    "DTMFBegin": Kind("dtmf-begin", "call", "path"),
    "DTMFEnd": Kind("dtmf", "call", "path"),
    "MusicOnHoldStart": Kind("music", "call"),
    "MusicOnHoldStop": Kind("music", "call"),
    "Hold": Kind("hold", "call"),
    "Unhold": Kind("hold", "call"),
    "QueueMemberPause": Kind("queue-pause", "queue", drops=_MEMBER_STATE, subject="MemberName"),
    "MessageWaiting": Kind("mailbox", "call", subject="Mailbox"),
    "CEL": Kind("cel", "cel", shows=("Context", "Exten", "AccountCode"), subject="UniqueID"),
    "Cdr": Kind("cdr", "cdr", shows=("Channel", "AccountCode"), subject="UniqueID", bag=True),
    "Playback": Kind("played", "call"),
}

# Not compared, with the reason: kept in the trace all the same.
_LEFT_OUT = {
    "DeviceStateChange": "sent for every instant of overlapping calls: `lamps.py` reads what lasts",
    "DeviceStateChanged": "the same, as ARI calls it",
    "ExtensionStatus": "follows device states: `lamps.py` reads where it does not",
    "PresenceStatus": "follows device states",
    "QueueMemberStatus": "as ExtensionStatus; pauses, and members who come and go, have events of their own",
    "RTCPSent": "statistics of the network",
    "RTCPReceived": "statistics of the network",
    "TestEvent": "only in builds made for testing; what was played is taken from it first",
    "OriginateResponse": "the harness's own call",
    "SuccessfulAuth": "a log-in, without relation to the call",
    "ChallengeSent": "a log-in, without relation to the call",
    "ChallengeResponseFailed": "a log-in, without relation to the call",
}

# Values that stand for the same thing, and the fields in which they do. Who hangs up into an application ends with
# cause 0 or 16 on 16.28, as chance has it; 22.10 settles on one.
_NORMAL_CAUSES = frozenset({"0", "16"})
_CAUSES = {
    ("Hangup", "Cause"), ("HangupRequest", "Cause"), ("SoftHangupRequest", "Cause"),
    ("VarSet HANGUPCAUSE", "Value"), ("CEL HANGUP", "Extra.hangupcause"),
    ("ARI ChannelDestroyed", "cause"), ("ARI ChannelHangupRequest", "cause"),
}  # fmt: skip

# Fields that say by which way through the dialplan a record came about, not what it is about.
_PATH_FIELDS = {
    "agi": frozenset({"agi_context", "agi_extension", "agi_priority"}),
    "cel": frozenset({"Context", "Exten", "Application", "AppData"}),
    "cdr": frozenset({"LastData"}),
    "file": frozenset({"macrocontext", "context", "exten", "priority"}),
}
_PATH_LEAVES = ("dialplan.", "channel.dialplan.")


@cache
def kind_of(event: str) -> Kind | None:
    """How an event is compared: None when it is left out on purpose, `UNKNOWN` when nothing is known of it."""
    if event in _LEFT_OUT:
        return None
    kind = _KINDS.get(event)
    if kind is not None:
        return kind
    if event.startswith(("Queue", "Agent")):
        return Kind("queue", "queue", drops=_MEMBER_STATE)
    if event.startswith("Confbridge"):
        return Kind("conference", "call")
    return UNKNOWN


@cache
def in_layer(kind: Kind, layer: Layer) -> Kind:
    """The same kind, of another layer."""
    return kind if layer == kind.layer else replace(kind, layer=layer)


@cache
def answer_kind(event: str) -> Kind:
    """How what answers an action is compared: whole, for nothing in it is a mere snapshot."""
    kind = kind_of(event)
    return Kind("answer", "ami", shows=tuple(SNAPSHOT), drops=kind.drops if kind else frozenset())


def are_alike(event: str, header: str, values: Collection[Value]) -> bool:
    """Whether these values stand for the same thing, in an event or in what a program gets of it."""
    is_cause = (event.rpartition(" gets ")[2], header) in _CAUSES
    return is_cause and _NORMAL_CAUSES.issuperset(map(shown, values))


def field_layer(surface: str, header: str, layer: Layer) -> Layer:
    """Whether a difference in a field is effect or path; `layer` is that of the fact as a whole."""
    if header in _PATH_FIELDS.get(surface, ()) or header.startswith(_PATH_LEAVES):
        return "path"
    return layer
