"""What Asterisk makes up anew in each call, and what is chance: names, ids, moments, measurements, as data.

Who looks for the id of a call in a text, masks one, or wants to know whether a value is a measurement, asks here.
The ledger and the log's tail (`record/`) still have expressions of their own for names of channels.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = [
    "CHANNEL",
    "TOKEN",
    "argument_of",
    "asks_statistics",
    "base_name",
    "ids_in",
    "is_call_id",
    "is_chance",
    "is_channel",
    "is_kept_up",
    "is_mechanism",
    "is_of_technology",
    "is_set",
    "is_statistic",
    "is_status",
    "is_text",
    "masked_line",
    "seconds_in",
    "variable_seconds_in",
]

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
# Who makes channels. Others are known by a number that begins as a counter; a sound `menu/x-20260101` is none.
_TECHNOLOGY = (
    "(?:PJSIP|SIP|Local|IAX2|DAHDI|Zap|Console|ALSA|OSS|Agent|MGCP|Skinny|SCCP|USTM|Motif|Gtalk|Jingle|Mobile|Dongle|"
    "Quectel|OOH323|H323|mISDN|Phone|VPB|NBS|MulticastRTP|UnicastRTP|AudioSocket|WebSocket|Snoop|Recorder|Announcer|"
    "CBAnn|CBRec|Bridge|Surrogate|Parked|AsyncGoto|Transfered|Message|TestChannel)/"
)
# PJSIP/101-0000002a, Local/9@x-0000000a;1, UnicastRTP/127.0.0.1:4000-0x7f3c88, AudioSocket/h:9092-<uuid>
_NUMBER = rf"-(?:0x[0-9a-f]+|{_UUID}|[0-9a-f]{{8}})(?![0-9A-Za-z-])"
_ENDS = r"(?:;[12])?(?:<[A-Z]+>)?"
_MIDDLE = r"""(?:\[[0-9A-Fa-f:.]+\])?[^\s,;&|()"'\[\]{}<>]{0,200}?"""
_COUNTED = rf"[A-Za-z]\w{{0,40}}/{_MIDDLE}-0000[0-9a-f]{{4}}(?![0-9A-Za-z-])"
CHANNEL = rf"\b(?:{_TECHNOLOGY}{_MIDDLE}{_NUMBER}|{_COUNTED}){_ENDS}"
"""A channel's name with the number that makes it one."""

# One pass over a text finds every kind of volatile token; a dictionary of names then knows which one it is.
TOKEN = re.compile(
    rf"""
      (?P<channel>{CHANNEL})
    | (?P<uuid>\b{_UUID}\b)
    | (?P<unique>\b(?:[\w.-]{{1,80}}-)?[12]\d{{9}}\.\d+\b)
    | (?P<ours>\b[0-9a-f]{{14}}[ab]\b)
    | (?P<moment>\b\d{{4}}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[+-]\d{{4}})?)
    | (?P<stamp>\b20\d{{6}}[-_]?\d{{6}}\b)
    | (?P<epoch>\b1\d{{9}}\b)
    | (?P<address>\b\d{{1,3}}\.\d{{1,3}}\.\d{{1,3}}\.\d{{1,3}}\b)
    | (?P<pointer>\b0x[0-9a-f]{{6,}}\b)
    | (?P<hash>(?<=;@)[0-9a-f]{{32}}\b)
    """,
    re.VERBOSE,
)
_IDS = re.compile(rf"{CHANNEL}|\b{_UUID}\b|\b(?:[\w.-]{{1,80}}-)?[12]\d{{9}}\.\d+\b|\b[0-9a-f]{{14}}[ab]\b")

_READ = 4_000

# The end of a channel's name that no other channel has. These count calls in their own way, which only in a name
# that is whole can be told from a number that means something.
_LAST_NUMBER = re.compile(rf"{_NUMBER}(?={_ENDS}$)")
_WHOLE = re.compile(rf"{_TECHNOLOGY}[^\s,&|()]+")
_OWN_NUMBERS = re.compile(
    r"((?:IAX2|Skinny)/.+)-\d{1,5}|(DAHDI/i\d+/[^-]*)-[0-9a-f]{1,8}|((?:Mobile|Motif)/.+)-[0-9a-f]{4}"
)


def base_name(channel: str) -> str:
    """A channel's name without the number that makes it one: `PJSIP/101`, `Local/9@x;1`, `IAX2/provider`."""
    if own := _OWN_NUMBERS.fullmatch(channel):
        return own[own.lastindex or 0]
    return _LAST_NUMBER.sub("", channel)


def is_channel(text: str) -> bool:
    """Whether a text is the name of a channel and nothing else."""
    return _WHOLE.fullmatch(text) is not None


def ids_in(texts: Iterable[str]) -> tuple[str, ...]:
    """Names and ids of channels, bridges and playbacks in texts (in the beginning of a huge one), each once."""
    return tuple(dict.fromkeys(id_ for text in texts if len(text) > 8 for id_ in _IDS.findall(text, 0, _READ)))


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Names on every surface (manager, ARI, AGI), by the reason why they are not compared: the same is masked on all.
_WHY_CHANCE = {
    "when it was": """
        Timestamp EventTime EventTV SessionTV StartTime AnswerTime EndTime LoginTime LastCall LastPause JoinTime
        Uptime LastReload CoreStartupDate CoreStartupTime CoreReloadDate CoreReloadTime ParkingTimeout
        timestamp creationtime startup_time last_reload_time""",
    "how quick the network was": "DurationMs duration_ms RoundtripUsec roundtrip_usec",
    "which connection, question or machine it is": """
        SessionID CallID PriorCallID CommandId ActionID SequenceNumber RemoteAddress LocalAddress SystemName
        protocol_id asterisk_id agi_threadid""",
    "of which build it is": "AppFile AppFunction AppLine agi_version AsteriskVersion AMIversion system.version",
    "what others do at that moment, or did before": """
        BridgeNumChannels BridgeVideoSource video_source_id CallsTaken CoreCurrentCalls""",
    "it says in words what stands beside it": "Cause-txt cause_txt",
    "who is let see it": "Privilege",
    "how a bridge is put together inside": "BridgeTechnology BridgeVideoSourceMode BridgeCreator",
}
_CHANCE = frozenset().union(*map(_names, _WHY_CHANCE.values()))
# Fields in which the old release differs from itself again and again, too rarely for a few replays to show.
_RACES = {
    ("CEL BRIDGE_ENTER", "Peer"): "which of two channels enters a bridge first is chance",
    ("CEL BRIDGE_EXIT", "Peer"): "which of two channels leaves a bridge first is chance",
    ("PeerStatus", "Time"): "how long a packet took",
    ("QueueSummary", "Available"): "it follows device states, which come late",
}

_SETS = _names("""
    Contacts ActiveChannels Auths OutboundAuths Aor Aors IdentifyBy NamedCallGroup NamedPickupGroup Mailboxes
""")

# How many of its units make a second, by header or leaf; in an event where it is another number there.
_SECONDS = {
    "Duration": 1.0, "BillableSeconds": 1.0, "HoldTime": 1.0, "Holdtime": 1.0, "TalkTime": 1.0, "RingTime": 1.0,
    "Ringtime": 1000.0, "ParkingDuration": 1.0, "Wait": 1.0, "Seconds": 1.0, "LongestHoldTime": 1.0,
    "Logintime": 1.0, "AnsweredTime": 1.0,
    "duration": 1.0, "talking_duration": 1.0, "silence_duration": 1.0,
    "AgentRingNoAnswer RingTime": 1000.0, "ChannelTalkingStop Duration": 1000.0,
    "ARI ChannelTalkingFinished duration": 1000.0, "UserEvent Wait": 0.0, "UserEvent Seconds": 0.0,
}  # fmt: skip
_VARIABLE_SECONDS = {
    "ANSWEREDTIME": 1.0, "DIALEDTIME": 1.0, "RINGTIME": 1.0, "PROGRESSTIME": 1.0, "QEHOLDTIME": 1.0,
    "ANSWEREDTIME_MS": 1000.0, "DIALEDTIME_MS": 1000.0, "RINGTIME_MS": 1000.0, "PROGRESSTIME_MS": 1000.0,
    "QUEUEWAIT": 1.0, "QUEUEWAIT_MS": 1000.0, "MEETMESECS": 1.0, "MESSAGE_DURATION": 1.0, "VM_DUR": 1.0,
    "CDR(duration)": 1.0, "CDR(billsec)": 1.0,
}  # fmt: skip
_CLOCK = re.compile(r"(\d+):(\d\d):(\d\d)")


def is_chance(label: str, name: str) -> bool:
    """Whether a header, leaf or part is a moment, a connection, the build or a count of what others did.

    That is never the behaviour of a release. `label` is the event that has it; of `a.b.c` the last part counts.
    """
    if name in _CHANCE or (label, name) in _RACES:
        return True
    _, dot, last = name.rpartition(".")
    return bool(dot) and last in _CHANCE


def seconds_in(event: str, name: str, value: str) -> float | None:
    """A duration in seconds; None when that header or leaf of the event holds none."""
    unit = _SECONDS.get(f"{event} {name}", _SECONDS.get(name))
    return _in_seconds(value, unit) if unit else None


def variable_seconds_in(name: str, value: str) -> float | None:
    """A duration in seconds; None when the channel variable (or function) holds none."""
    unit = _VARIABLE_SECONDS.get(name)
    return _in_seconds(value, unit) if unit else None


def _in_seconds(value: str, unit: float) -> float | None:
    if clock := _CLOCK.fullmatch(value):
        return 3600.0 * int(clock[1]) + 60.0 * int(clock[2]) + int(clock[3])
    try:
        return float(value) / unit if value else None
    except ValueError:
        return None


_STATISTICS = _names("""
    RTPAUDIOQOS RTPAUDIOQOSJITTER RTPAUDIOQOSLOSS RTPAUDIOQOSRTT RTPAUDIOQOSMES RTPVIDEOQOS RTPTEXTQOS
    RTPAUDIOQOSBRIDGED RTPAUDIOQOSJITTERBRIDGED RTPAUDIOQOSLOSSBRIDGED RTPAUDIOQOSRTTBRIDGED RTPAUDIOQOSMESBRIDGED
    OSPINAUDIOQOS OSPOUTAUDIOQOS
    QUEUEHOLDTIME QUEUETALKTIME QUEUECOMPLETED QUEUEABANDONED QUEUESRVLEVELPERF
""")
_STATISTICS_ASKED = re.compile(r"channels\.rtpstatistics|GET \S*/rtp_statistics")
_CALL_IDS = _names("BRIDGEPVTCALLID SIPCALLID VM_DATE ORIG_VM_DATE")
# What Macro, Gosub, Monitor and MixMonitor leave behind or are steered by, by their whole names: a site that goes
# from Macro to Gosub, or from Monitor to MixMonitor, changes these on purpose.
_MECHANISM = _names("""
    ARGC LOCAL(ARGC) GOSUB_RETVAL
    MACRO_EXTEN MACRO_CONTEXT MACRO_PRIORITY MACRO_OFFSET MACRO_DEPTH MACRO_RESULT MACRO_IN_HANGUP
    MIXMONITOR_FILENAME MONITORED MONITOR_FILENAME MONITOR_EXEC MONITOR_EXEC_ARGS MONITOR_OPTIONS
""")
_OF_CHAN_SIP = _names("SIPCALLID SIPURI SIPUSERAGENT T38CALL")
_KEPT_UP = _names("BRIDGEPEER BRIDGEPVTCALLID")
_STATUS = re.compile(r"(?:[A-Z]+_)?[A-Z]*STATUS|BRIDGERESULT|DIRECTORY_RESULT|CONFBRIDGE_RESULT")
_ARGUMENT = re.compile(r"ARG[1-9]\d*|LOCAL\((ARG[1-9]\d*)\)")


def is_statistic(variable: str) -> bool:
    """Whether a channel variable holds statistics, of the network or of a queue's life so far: never a finding of
    their own."""
    return variable.lstrip("_") in _STATISTICS


def is_kept_up(variable: str) -> bool:
    """Whether Asterisk sets it anew whenever anything in the bridge moves: how often is chance."""
    return variable in _KEPT_UP


def asks_statistics(request: str) -> bool:
    """Whether a request of ARI, or an operation, is for statistics of the network."""
    return _STATISTICS_ASKED.fullmatch(request) is not None


def is_call_id(variable: str) -> bool:
    """Whether a channel variable names a call or a moment that no other run has, in whatever form."""
    return variable in _CALL_IDS


def is_text(variable: str) -> bool:
    """Whether what a channel variable holds is told as it is: no statistics, no call's id, no duration."""
    return not (is_statistic(variable) or is_call_id(variable) or variable in _VARIABLE_SECONDS)


def is_mechanism(variable: str, value: str) -> bool:
    """Whether a channel variable is what a mechanism of the dialplan leaves behind, not what a script reads.

    Gosub always sets what a subroutine returns; it is read only where it holds something.
    """
    return variable.lstrip("_") in _MECHANISM and not (value and variable == "GOSUB_RETVAL")


def is_status(variable: str) -> bool:
    """Whether a channel variable says how an application ended (PLAYBACKSTATUS). How a dial ended is more."""
    return variable != "DIALSTATUS" and _STATUS.fullmatch(variable) is not None


def is_of_technology(variable: str) -> bool:
    """Whether chan_sip sets a channel variable by itself, and chan_pjsip never does."""
    return variable in _OF_CHAN_SIP


def is_set(name: str) -> bool:
    """Whether a header holds names with commas between them, in whatever order."""
    return name in _SETS


def argument_of(variable: str) -> str:
    """`ARG1` for what Macro calls `ARG1` and Gosub `LOCAL(ARG1)`: what a subroutine is given. Else empty."""
    found = _ARGUMENT.fullmatch(variable)
    return (found[1] or found[0]) if found else ""


# In what the command line answers: clocks, and what counts for the whole instance since it was started. A time is
# a setting unless its line says that it passes.
_PASSES = re.compile(r"(?i)\b(?:uptime|reload|elapsed|ago|since|up for)\b")
_UNIT = r"(?:year|week|day|hour|minute|min|second|sec)s?\b"
_TIME = re.compile(rf"\b\d+ {_UNIT}(?:,? (?:and )?\d+ {_UNIT})*|\b(?:\d+h)?\d+m\d+s\b")
_LINE_MASKS = tuple(
    (re.compile(pattern), mask)
    for pattern, mask in (
        (r"\b\d+:\d\d:\d\d\b", "<time>"),
        (r"(?<=\()\d+(?= ms\))|\b\d+s(?= (?:holdtime|talktime)\b)|(?<=Avail )( *)(?:\d+\.\d+|nan)\b", "<time>"),
        (r"\b\d+(?:\.\d+)?%(?= within\b)", "<share>"),
        (r"^\d+( (?:of \d+ max )?active (?:channel|call)|(?<=\d) call)s?\b(?= processed|$| +\()", r"<count>\1s"),
        (r"(?<=has taken )(?:no calls yet|\d+ calls? \(last was [^)]{0,40}\))", "<count> calls"),
        (r"\b\d+(?= +(?:Running|Not Running)\b)", "<count>"),
        (r"\b[0-9a-f]{10}(?= +(?:Avail|Unavail|NonQual|Created|Unknown|Unqualified|Reachable))", "<hash>"),
    )
)
_DIGIT = re.compile(r"\d")


def masked_line(line: str) -> str:
    """A line that a command of the command line printed, without clocks and counters of the whole instance."""
    if not _DIGIT.search(line):
        return line
    if _PASSES.search(line):
        line = _TIME.sub("<time>", line)
    for pattern, mask in _LINE_MASKS:
        line = pattern.sub(mask, line)
    return line
