"""What Asterisk tells of the states that lamps show: of which devices an event tells, what a call moves. Pure."""

from __future__ import annotations

import re

from harness.asterisk.volatile import base_name
from harness.model import AmiPacket

__all__ = ["LAMPS", "devices_of_hint", "hint_text", "is_lit", "moved_by", "state_of_member", "told_by"]

LAMPS = frozenset({"DeviceStateChange", "ExtensionStatus", "QueueMemberStatus", "MessageWaiting"})
"""The events that tell of them. None names the call that moved them."""

_HINT_TEXTS = {
    "NOT_INUSE": "Idle",
    "UNKNOWN": "Idle",
    "INUSE": "InUse",
    "BUSY": "Busy",
    "INVALID": "Unavailable",
    "UNAVAILABLE": "Unavailable",
    "RINGING": "Ringing",
    "RINGINUSE": "InUse&Ringing",
    "ONHOLD": "Hold",
}
_MEMBER_STATES = (
    "UNKNOWN NOT_INUSE INUSE BUSY INVALID UNAVAILABLE RINGING RINGINUSE ONHOLD".split()
)  # as devicestate.h numbers them
_LIT = frozenset({"INUSE", "BUSY", "RINGING", "RINGINUSE", "ONHOLD"})
_SETS = re.compile(r"(?:DEVICE_STATE|DEVSTATE)\(([^)]+)\)=")
_MAILBOXES = frozenset({"VoiceMail", "VoiceMailMain"})


def told_by(packet: AmiPacket) -> tuple[str, ...]:
    """The devices (`PJSIP/101`) or the mailbox (`mailbox:201@default`) whose state an event tells."""
    match packet.event:
        case "DeviceStateChange":
            return (packet.get("Device"),)
        case "ExtensionStatus":
            return devices_of_hint(packet.get("Hint"))
        case "QueueMemberStatus":
            return (packet.get("StateInterface") or packet.get("Interface"),)
        case "MessageWaiting":
            return (_mailbox(packet.get("Mailbox")),)
    return ()


def moved_by(packet: AmiPacket) -> tuple[str, ...]:
    """The devices and mailboxes whose state an event of a call may move."""
    match packet.event:
        case "Newchannel":
            return (base_name(packet.get("Channel")),)
        case "ConfbridgeJoin":
            return (f"confbridge:{packet.get('Conference')}",)
        case "QueueCallerJoin" | "QueueMemberPause" | "QueueMemberAdded" | "QueueMemberRemoved":
            queue = packet.get("Queue")
            return (f"Queue:{queue}", f"Queue:{queue}_avail")
        case "Newexten" if packet.get("Application") in _MAILBOXES:
            return tuple(_mailbox(box) for box in packet.get("AppData").partition(",")[0].split("&"))
        case "Newexten" if "STATE(" in (data := packet.get("AppData")):
            return tuple(_SETS.findall(data))
    return ()


def devices_of_hint(hint: str) -> tuple[str, ...]:
    """The devices of a hint, without what it says of presence."""
    return tuple(filter(None, hint.partition(",")[0].split("&")))


def hint_text(state: str) -> str:
    """What a hint of one device shows (`InUse`) when the device is in a state (`INUSE`)."""
    return _HINT_TEXTS.get(state, state)


def state_of_member(status: str) -> str:
    """The state of a device by the number that a queue's member has for it; else what was given."""
    return _MEMBER_STATES[int(status)] if status.isdecimal() and int(status) < len(_MEMBER_STATES) else status


def is_lit(state: str) -> bool:
    """Whether it is the state of a device that a call is on."""
    return state in _LIT


def _mailbox(name: str) -> str:
    return f"mailbox:{name if '@' in name else f'{name}@default'}"
