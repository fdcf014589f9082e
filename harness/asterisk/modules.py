"""What modules bring and read, of those that are not named after it: facts about Asterisk.

Sources: the modules' own documentation in 16.28, and UPGRADE notes of 17 to 22.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

__all__ = [
    "ACTIONS",
    "BRINGS",
    "BRINGS_OPTIONS",
    "CHANNELS",
    "COMPANIONS",
    "EVENTS",
    "FILES",
    "GONE",
    "REPLACED",
    "SENT_BY",
    "brought_by",
    "file_of",
    "is_own",
]

BRINGS = {
    "app_macro": ("Macro", "MacroExclusive", "MacroExit", "MacroIf"),
    "res_monitor": ("Monitor", "StopMonitor", "ChangeMonitor", "PauseMonitor", "UnpauseMonitor"),
    "app_ices": ("ICES",),
    "app_image": ("SendImage",),
    "app_nbscat": ("NBScat",),
    "app_url": ("SendURL",),
    "chan_sip": (
        "SIPAddHeader", "SIPRemoveHeader", "SIPDtmfMode", "SIPSendCustomINFO",
        "SIPPEER", "SIPCHANINFO", "SIP_HEADER", "SIP_HEADERS", "CHECKSIPDOMAIN",
    ),
    "app_stack": ("Gosub", "GosubIf", "Return", "StackPop", "LOCAL", "LOCAL_PEEK", "STACK_PEEK"),
    "app_voicemail": (
        "VoiceMail", "VoiceMailMain", "VoiceMailPlayMsg", "VMAuthenticate", "VMSayName", "MailboxExists",
        "VM_INFO", "MAILBOX_EXISTS", "VMCOUNT",
    ),
    "app_queue": ("Queue", "AddQueueMember", "RemoveQueueMember", "PauseQueueMember", "QUEUE_MEMBER"),
    "app_confbridge": ("ConfBridge", "ConfKick", "CONFBRIDGE", "CONFBRIDGE_INFO"),
    "res_parking": ("Park", "ParkedCall", "ParkAndAnnounce"),
    "res_agi": ("AGI", "EAGI", "DeadAGI"),
    "app_cdr": ("NoCDR", "ResetCDR"),
}  # fmt: skip
"""Module → applications and functions that it brings. Others are found by name: app_dial brings Dial."""

ACTIONS = {
    "res_monitor": ("Monitor", "StopMonitor", "ChangeMonitor", "PauseMonitor", "UnpauseMonitor"),
    "chan_sip": (
        "SIPnotify", "SIPpeers", "SIPpeerstatus", "SIPqualifypeer", "SIPshowpeer", "SIPshowregistry",
    ),
}  # fmt: skip
"""Module → manager actions that nothing else takes, of modules that went."""

EVENTS = {
    "res_monitor": ("MonitorStart", "MonitorStop"),
    "chan_sip": ("SIPQualifyPeerDone", "SessionTimeout"),
}
"""Module → manager events that nothing else sends, of modules that went."""

SENT_BY = dict.fromkeys(EVENTS["res_monitor"], "Monitor")
"""Manager event → the application that makes it come."""

CHANNELS = {
    "chan_sip": "SIP",
    "chan_pjsip": "PJSIP",
    "chan_iax2": "IAX2",
    "chan_dahdi": "DAHDI",
    "chan_skinny": "Skinny",
    "chan_mgcp": "MGCP",
    "chan_alsa": "Console",
    "chan_oss": "Console",
    "chan_console": "Console",
    "chan_motif": "Motif",
    "chan_mobile": "Mobile",
    "chan_unistim": "USTM",
    "chan_ooh323": "OOH323",
}
"""Module → channel technology."""

FILES = {
    "app_mysql": "app_mysql.conf",
    "app_osplookup": "osp.conf",
    "res_ari": "ari.conf",
    "res_pjsip": "pjsip.conf",
    "chan_pjsip": "pjsip.conf",
    "app_queue": "queues.conf",
    "pbx_config": "extensions.conf",
    "pbx_ael": "extensions.ael",
    "pbx_lua": "extensions.lua",
    "res_musiconhold": "musiconhold.conf",
    "res_rtp_asterisk": "rtp.conf",
    "app_voicemail": "voicemail.conf",
    "cdr_csv": "cdr.conf",
    "chan_iax2": "iax.conf",
    "res_calendar": "calendar.conf",
}
"""Module → the configuration file that makes it do something; others read the file of their own name."""

REPLACED = {
    "chan_sip": "chan_pjsip",
    "app_macro": "app_stack",
    "res_monitor": "app_mixmonitor",
}
"""Module that is gone → the one that does its work now."""

GONE = frozenset(
    """
    app_fax app_ices app_image app_macro app_mysql app_nbscat app_osplookup app_url cdr_mysql cdr_syslog chan_alsa
    chan_mgcp chan_misdn chan_nbs chan_oss chan_phone chan_sip chan_skinny chan_vpb res_config_sqlite res_monitor
    res_pktccops
    """.split()
)
"""Modules that went in or before Asterisk 22."""

COMPANIONS = {
    "res_ari": "res_websocket_client",
    "app_stasis": "res_ari",
    "cdr_custom": "res_cdrel_custom",
    "cdr_sqlite3_custom": "res_cdrel_custom",
    "cel_custom": "res_cdrel_custom",
    "cel_sqlite3_custom": "res_cdrel_custom",
    "res_websocket_client": "res_sorcery_config",
}
"""Measured on 22.10: module → the one without which it does not load. Without the last, Asterisk ends."""


BRINGS_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "app_macro": ("Dial: M", "Queue: macro"),
    "res_monitor": ("Queue: w", "Queue: W", "Dial: w", "Dial: W", "features.conf featuremap: automon"),
}
"""Options of other applications, and of configuration files, that went with a module."""


def file_of(module: str) -> str:
    """The configuration file that makes a module do something."""
    bare = module.partition("_")[2] if module.startswith(("app_", "chan_")) else module
    return FILES.get(module, f"{bare}.conf")


def brought_by(module: str) -> frozenset[str]:
    """Applications and functions that a module brings, in lower case: those listed, and the one of its name."""
    named = () if module.startswith(("chan_", "codec_", "format_")) else (module.partition("_")[2],)
    return frozenset(name.lower() for name in (*BRINGS.get(module, ()), *named))


def is_own(module: str) -> bool:
    """Whether `app_dial` (or `app_dial.so`) comes with Asterisk, in any release since 1.8.

    A candidate brings its own build of those. All others come from somebody else, as do codecs that are sold or
    downloaded, and have to be built for the candidate as well. Sources of the list: the module lists and
    menuselect options of 16.28 and 22.10, and UPGRADE notes for what went before.
    """
    name = module.removesuffix(".so").lower()
    return name in _own() or name.startswith("test_")


@cache
def _own() -> frozenset[str]:
    return frozenset((files("harness.asterisk") / "own_modules.txt").read_text(encoding="utf-8").split())
